#include "flows/receive_telegram.hpp"

#include <utility>

#include "base/log.hpp"
#include "keep_webhook.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/group_chats.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::telegram::ChatChange;
using messaging::telegram::Update;
using registry::Channel;
using Kind = ChatChange::Kind;

constexpr std::string_view kBlockText = "telegram/block";

registry::Address address_of(storage::Transaction& tx, const ChatChange& change, UnixSeconds now) {
    return registry::ensure_address(tx, Channel::kTelegram, change.chat_id, now);
}

/// Everybody on that number is on this chat too.
void link_people(storage::Transaction& tx, const ChatChange& change, UnixSeconds now) {
    for (const Channel channel : {Channel::kWhatsapp, Channel::kSms}) {
        const auto known = registry::find_address(tx, system_viewer(), channel, change.value);
        if (!known) {
            continue;
        }
        for (const registry::Person& person :
             registry::people_on_address(tx, system_viewer(), known->address_id)) {
            const auto added = registry::attach_address(
                tx, system_viewer(), person.person_id,
                {.channel = Channel::kTelegram, .external_id = change.chat_id}, now);
            if (!added) {
                log_info("telegram.not_linked", {{"code", added.error().code}});
            }
        }
    }
}

void take(storage::Transaction& tx, const ChatChange& change, std::int64_t update_id,
          UnixSeconds now) {
    switch (change.kind) {
        case Kind::kLeftGroup:
            messaging::note_telegram_group(tx, address_of(tx, change, now).address_id, change.value,
                                           false, now);
            return;
        case Kind::kBlocked:
            registry::suppress_address(tx, address_of(tx, change, now).address_id,
                                       registry::kAllPurposes,
                                       {.channel = Channel::kTelegram,
                                        .text_version = kBlockText,
                                        .evidence = "update:" + std::to_string(update_id)},
                                       now);
            return;
        case Kind::kSharedPhone:
            link_people(tx, change, now);
            return;
        case Kind::kJoinedGroup:
            messaging::note_telegram_group(tx, address_of(tx, change, now).address_id, change.value,
                                           true, now);
            return;
        case Kind::kMoved:
            (void)registry::move_address(tx, address_of(tx, change, now).address_id, change.value);
            return;
        case Kind::kStarted:    // her "start" is a message, and answered as one
        case Kind::kUnblocked:  // not yet a yes
            return;
    }
}

}  // namespace

void receive_telegram_update(MessagingContext& context, const net::Request& request,
                             std::function<void(int)> done) {
    if (!messaging::telegram::secret_fits(context.telegram,
                                          request.header("x-telegram-bot-api-secret-token"))) {
        done(kHookRefused);
        return;
    }
    Result<Update> update = messaging::telegram::read_update(request.body);
    if (!update) {
        keep_webhook(context, Channel::kTelegram, std::unexpected(std::move(update).error()),
                     request.body, {}, std::move(done));
        return;
    }
    messaging::Webhook webhook = std::move(update->webhook);
    auto more = [&context, kept = std::move(*update)](storage::Transaction& tx) {
        const UnixSeconds now = context.flows.clock.now();
        for (const ChatChange& change : kept.changes) {
            take(tx, change, kept.update_id, now);
        }
        if (!kept.callback_id.empty()) {
            tx.after_commit([&context, id = kept.callback_id] {
                if (context.telegram_pressed) {
                    context.telegram_pressed(id);
                }
            });
        }
    };
    keep_webhook(context, Channel::kTelegram, std::move(webhook), request.body, std::move(more),
                 std::move(done));
}

}  // namespace haat::flows
