#include "flows/group_chats.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/log.hpp"
#include "flows/sync_provider.hpp"
#include "mail_state.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::GroupChat;
using messaging::GroupChatId;
using messaging::GroupChatState;

constexpr int kMessages = 50;
constexpr int kOk = 200;
constexpr int kClientErrors = 400;
constexpr int kServerErrors = 500;

/// The first of our numbers that may send; empty if there is none.
std::string number_for_group(storage::Transaction& tx) {
    for (const messaging::SenderNumberRow& number : messaging::list_numbers(tx)) {
        if (!number.resting) {
            return number.state.provider_number_id;
        }
    }
    return {};
}

/// What a text of the answer says, by two names; empty if it does not.
std::string request_id_in(std::string_view body) {
    boost::system::error_code error;
    const boost::json::value document = boost::json::parse(body, error);
    const boost::json::value* id =
        error || !document.is_object() ? nullptr : document.get_object().if_contains("request_id");
    return id != nullptr && id->is_string() ? std::string(id->get_string()) : std::string();
}

int error_code_in(std::string_view body) {
    boost::system::error_code error;
    const boost::json::value document = boost::json::parse(body, error);
    const boost::json::value* code = error ? nullptr : document.find_pointer("/error/code", error);
    return code != nullptr && code->is_int64() ? static_cast<int>(code->get_int64()) : -1;
}

GroupMessage message_of(const MessagingContext& context, const messaging::MailRow& mail) {
    return {.mail_id = mail.mail_id,
            .text = mail.text,
            .state = mail_state(context.delivery, mail),
            .created_at = mail.created_at};
}

std::optional<GroupMessage> find_message(const MessagingContext& context, storage::Transaction& tx,
                                         AddressId address_id, MailId mail_id) {
    for (const messaging::MailRow& mail : messaging::mail_to(tx, address_id, kMessages)) {
        if (mail.mail_id == mail_id) {
            return message_of(context, mail);
        }
    }
    return std::nullopt;
}

/// Whether words may go there now; the permit asks once more.
Result<void> check_open(storage::Transaction& tx, const GroupChat& chat) {
    if (chat.state != GroupChatState::kOpen) {
        return refuse(ErrorKind::kConflict, "messaging.group_closed");
    }
    const messaging::GroupPermit permit = messaging::read_group_permit(tx, chat.address_id);
    if (permit.stopped.has(registry::MessagePurpose::kNotice)) {
        return refuse(ErrorKind::kConflict, "messaging.group_stopped");
    }
    return {};
}

/// Told by the provider's answer; without one the webhook will tell.
void note_answer(MessagingContext& context, GroupChatId group_chat_id,
                 const net::ClientResult& answer) {
    const bool answered = answer.outcome == net::Outcome::kAnswered;
    const bool refused =
        answered && answer.status >= kClientErrors && answer.status < kServerErrors;
    const std::string request_id =
        answered && answer.status == kOk ? request_id_in(answer.body) : std::string();
    if (!refused && request_id.empty()) {
        log_warning("group_chat.no_answer", {{"status", answer.status}});
        return;
    }
    const UnixSeconds now = context.flows.clock.now();
    context.flows.database.write([&](storage::Transaction& tx) {
        if (refused) {
            messaging::note_group_refusal(tx, group_chat_id, error_code_in(answer.body), now);
        } else {
            messaging::note_group_request(tx, group_chat_id, request_id, now);
        }
    });
}

}  // namespace

Result<GroupChat> make_group_chat(MessagingContext& context, const Viewer& viewer,
                                  const GroupChatWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const ProviderAccount* provider = context.provider;
    const UnixSeconds now = context.flows.clock.now();
    const auto asked =
        context.flows.database.write([&](storage::Transaction& tx) -> Result<GroupChat> {
            const std::string number = number_for_group(tx);
            if (provider == nullptr || number.empty()) {
                return refuse(ErrorKind::kConflict, "flows.no_provider");
            }
            GroupChat chat = HAAT_TRY(messaging::add_group_chat(tx, viewer,
                                                                {.device_id = wish.device_id,
                                                                 .number = number,
                                                                 .place_id = wish.place_id,
                                                                 .title = wish.title},
                                                                now));
            if (chat.is_new) {
                storage::audit(tx, now, viewer.account_id, "group_chat.make",
                               "group_chat:" + std::to_string(chat.group_chat_id.value), "{}");
            }
            return chat;
        });
    if (!asked || !asked->is_new) {
        return asked;
    }
    // Recorded before, and asked for once: a second time could make a second group.
    const net::ClientResult answer = provider->client.post_blocking(
        "/" + asked->number + "/groups", messaging::new_group_json(asked->title),
        {{"Authorization", "Bearer " + provider->access_token}});
    note_answer(context, asked->group_chat_id, answer);
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<GroupChat> {
        GroupChat chat = HAAT_TRY(messaging::find_group_chat(tx, viewer, asked->group_chat_id));
        chat.is_new = true;
        return chat;
    });
}

Result<std::vector<GroupChat>> list_group_chats(MessagingContext& context, const Viewer& viewer) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    return context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::list_group_chats(tx, viewer); });
}

Result<GroupChat> put_group_chat(MessagingContext& context, const Viewer& viewer,
                                 GroupChatId group_chat_id, PlaceId place_id) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<GroupChat> {
        HAAT_TRY(messaging::put_group_chat(tx, viewer, group_chat_id, place_id, now));
        storage::audit(tx, now, viewer.account_id, "group_chat.put",
                       "group_chat:" + std::to_string(group_chat_id.value), "{}");
        return messaging::find_group_chat(tx, viewer, group_chat_id);
    });
}

Result<GroupMessage> write_to_group(MessagingContext& context, MailSender& sender,
                                    const Viewer& viewer, GroupChatId group_chat_id,
                                    std::string_view device_id, std::string_view text) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<GroupMessage> {
        const GroupChat chat = HAAT_TRY(messaging::find_group_chat(tx, viewer, group_chat_id));
        if (const auto earlier = messaging::find_mail_by_device(tx, device_id)) {
            const auto mine = find_message(context, tx, chat.address_id, earlier->mail_id);
            return mine ? Result<GroupMessage>(*mine)
                        : refuse(ErrorKind::kConflict, "messaging.ticket_device_reused");
        }
        HAAT_TRY(check_open(tx, chat));
        const MailId mail_id =
            HAAT_TRY(sender.write_first(tx, {.device_id = std::string(device_id),
                                             .by_account_id = viewer.account_id,
                                             .address_id = chat.address_id,
                                             .body = {.text = std::string(text)}}));
        storage::audit(tx, now, viewer.account_id, "group_chat.write",
                       "group_chat:" + std::to_string(group_chat_id.value), "{}");
        announce(tx, context.flows, "message", 0, "updated", now);
        return *find_message(context, tx, chat.address_id, mail_id);
    });
}

Result<std::vector<GroupMessage>> read_group_messages(MessagingContext& context,
                                                      const Viewer& viewer,
                                                      GroupChatId group_chat_id) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    return context.flows.database.read(
        [&](storage::Transaction& tx) -> Result<std::vector<GroupMessage>> {
            const GroupChat chat = HAAT_TRY(messaging::find_group_chat(tx, viewer, group_chat_id));
            std::vector<GroupMessage> messages;
            for (const auto& mail : messaging::mail_to(tx, chat.address_id, kMessages)) {
                messages.push_back(message_of(context, mail));
            }
            return messages;
        });
}

}  // namespace haat::flows
