#include "flows/conversations.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "allowed.hpp"
#include "announce.hpp"
#include "mail_state.hpp"
#include "messaging/tickets.hpp"
#include "registry/people.hpp"
#include "speak_too.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr int kThreadMessages = 100;  // each way
constexpr std::int64_t kMailLifeSeconds = 86'400;

ThreadMessage sent_message(const messaging::Delivery& delivery, const messaging::MailRow& mail) {
    return {.key = "out:" + std::to_string(mail.mail_id.value),
            .from_her = false,
            .text = mail.text,
            .at = mail.created_at,
            .state = mail_state(delivery, mail),
            .buttons = mail.buttons,
            .by_person = static_cast<bool>(mail.by_account_id)};
}

std::vector<ThreadMessage> messages_of(const MessagingContext& context, storage::Transaction& tx,
                                       AddressId address_id, int limit) {
    std::vector<ThreadMessage> messages;
    for (const messaging::InboundRow& row : messaging::messages_from(tx, address_id, limit)) {
        messages.push_back({.key = "in:" + std::to_string(row.inbound_id.value),
                            .text = row.text,
                            .at = row.received_at,
                            .state = "received"});
    }
    for (const messaging::MailRow& mail : messaging::mail_to(tx, address_id, limit)) {
        messages.push_back(sent_message(context.delivery, mail));
    }
    // Within one second what she wrote comes before what she was answered.
    std::ranges::sort(messages, [](const ThreadMessage& a, const ThreadMessage& b) {
        return std::tuple(a.at, !a.from_her, a.key) < std::tuple(b.at, !b.from_her, b.key);
    });
    return messages;
}

ConversationRow row_of(const messaging::Conversation& conversation,
                       const std::vector<ThreadMessage>& messages) {
    ConversationRow row{.conversation = conversation,
                        .last_text = conversation.last_text,
                        .last_at = conversation.last_inbound_at};
    if (!messages.empty()) {
        row.last_text = messages.back().text;
        row.last_from_her = messages.back().from_her;
        row.last_at = messages.back().at;
    }
    for (auto it = messages.rbegin(); it != messages.rend() && it->from_her; ++it) {
        ++row.unanswered;
    }
    return row;
}

/// Her conversation on WhatsApp, if the viewer may see her.
Result<messaging::Conversation> conversation_with(storage::Transaction& tx, const Viewer& viewer,
                                                  PersonId person_id) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    HAAT_TRY(registry::find_person(tx, viewer, person_id));
    const auto addresses = HAAT_TRY(registry::addresses_of(tx, viewer, person_id));
    for (const registry::PersonAddress& address : addresses) {
        if (auto conversation = messaging::find_conversation(tx, address.address_id)) {
            return *conversation;
        }
    }
    return refuse(ErrorKind::kNotFound, "flows.no_conversation");
}

}  // namespace

Result<std::vector<ConversationRow>> list_inbox(MessagingContext& context, const Viewer& viewer,
                                                bool only_waiting, std::int64_t before, int limit) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    return context.flows.database.read([&](storage::Transaction& tx) {
        std::vector<ConversationRow> rows;
        for (const messaging::Conversation& conversation :
             messaging::list_conversations(tx, viewer, only_waiting, before, limit)) {
            rows.push_back(
                row_of(conversation, messages_of(context, tx, conversation.address_id, 5)));
        }
        return rows;
    });
}

Result<Thread> read_thread(MessagingContext& context, const Viewer& viewer, PersonId person_id) {
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<Thread> {
        const messaging::Conversation conversation =
            HAAT_TRY(conversation_with(tx, viewer, person_id));
        Thread thread;
        thread.messages = messages_of(context, tx, conversation.address_id, kThreadMessages);
        thread.row = row_of(conversation, thread.messages);
        return thread;
    });
}

Result<ThreadMessage> answer_as_officer(MessagingContext& context, MailSender& sender,
                                        const Viewer& viewer, PersonId person_id,
                                        std::string_view device_id, std::string_view text) {
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<ThreadMessage> {
        const messaging::Conversation conversation =
            HAAT_TRY(conversation_with(tx, viewer, person_id));
        if (const auto earlier = messaging::find_mail_by_device(tx, device_id)) {
            return sent_message(context.delivery, *earlier);
        }
        if (now >= conversation.window_open_until()) {
            return refuse(ErrorKind::kConflict, "flows.window_closed");
        }
        HAAT_TRY(sender.queue(tx, {.device_id = std::string(device_id),
                                   .by_account_id = viewer.account_id,
                                   .address_id = conversation.address_id,
                                   .person_id = person_id,
                                   .body = {.text = std::string(text)},
                                   .expires_at = {now.value + kMailLifeSeconds}}));
        speak_too(tx, conversation.address_id, person_id, {.text = std::string(text)}, now);
        storage::audit(tx, now, viewer.account_id, "conversation.answer",
                       "person:" + std::to_string(person_id.value), "{}");
        announce(tx, context.flows, "message", person_id.value, "updated", now);
        return sent_message(context.delivery, *messaging::find_mail_by_device(tx, device_id));
    });
}

Result<void> close_conversation(MessagingContext& context, const Viewer& viewer,
                                PersonId person_id) {
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        messaging::Conversation conversation = HAAT_TRY(conversation_with(tx, viewer, person_id));
        for (const messaging::Ticket& ticket :
             messaging::open_tickets_on(tx, conversation.address_id)) {
            HAAT_TRY(messaging::close_ticket(tx, viewer, ticket.inbound_id, "", now));
        }
        conversation.wants_person = false;
        conversation.changed_at = now;
        messaging::save_conversation(tx, conversation);
        storage::audit(tx, now, viewer.account_id, "conversation.close",
                       "person:" + std::to_string(person_id.value), "{}");
        announce(tx, context.flows, "message", person_id.value, "updated", now);
        return {};
    });
}

}  // namespace haat::flows
