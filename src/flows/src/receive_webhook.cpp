#include "flows/receive_webhook.hpp"

#include <utility>

#include "flows/sync_provider.hpp"
#include "keep_webhook.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "messaging/group_chats.hpp"

namespace haat::flows {
namespace {

/// What it tells about templates, numbers and the account; what uses a template follows its status
/// after the commit, by the worker that `templates_changed` wakes.
void store_account(MessagingContext& context, storage::Transaction& tx,
                   const std::vector<messaging::AccountEvent>& events) {
    std::vector<std::string> moved = store_account_events(tx, events, context.flows.clock.now());
    if (!moved.empty()) {
        tx.after_commit([&context, names = std::move(moved)] {
            if (context.templates_changed) {
                context.templates_changed(names);
            }
        });
    }
}

}  // namespace

void receive_whatsapp_webhook(MessagingContext& context, std::string body,
                              std::string_view signature, std::function<void(int)> done) {
    if (!messaging::whatsapp::signature_fits(context.whatsapp_app_secret, body, signature)) {
        done(kHookRefused);
        return;
    }
    Result<messaging::Webhook> webhook =
        messaging::whatsapp::read_webhook(body, context.whatsapp_phone_number_ids);
    // Nearly all webhooks are nothing but statuses, or nothing but messages.
    const bool is_common = webhook && webhook->ignored == 0;
    if (is_common && webhook->messages.empty() && !webhook->statuses.empty()) {
        context.delivery.absorb_statuses(
            std::move(webhook->statuses),
            [done = std::move(done)](bool kept) { done(hook_answer(kept)); });
        return;
    }
    std::vector<messaging::AccountEvent> events;
    std::vector<messaging::GroupEvent> groups;
    if (!is_common) {
        events = messaging::read_account_events(body);
        groups = messaging::read_group_events(body, context.whatsapp_phone_number_ids);
    }
    std::function<void(storage::Transaction&)> more;
    if (!events.empty() || !groups.empty()) {
        more = [&context, events = std::move(events),
                groups = std::move(groups)](storage::Transaction& tx) {
            store_account(context, tx, events);
            for (const messaging::GroupEvent& group : groups) {
                messaging::apply_group_event(tx, group, context.flows.clock.now());
            }
        };
    }
    keep_webhook(context, registry::Channel::kWhatsapp, std::move(webhook), std::move(body),
                 std::move(more), std::move(done));
}

}  // namespace haat::flows
