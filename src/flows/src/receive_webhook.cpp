#include "flows/receive_webhook.hpp"

#include <memory>
#include <utility>

#include "announce.hpp"
#include "base/log.hpp"
#include "flows/sync_provider.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "messaging/inbox.hpp"

namespace haat::flows {
namespace {

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kUnavailable = 503;

void store(MessagingContext& context, storage::Transaction& tx, const messaging::Webhook& webhook) {
    const UnixSeconds now = context.flows.clock.now();
    const std::int64_t stored =
        messaging::store_messages(tx, registry::Channel::kWhatsapp, webhook.messages, now);
    (void)context.delivery.record_statuses(tx, webhook.statuses);
    if (stored > 0) {
        announce(tx, context.flows, "message", 0, "created", now);
        tx.after_commit([&context] {
            if (context.inbound_stored) {
                context.inbound_stored();
            }
        });
    }
}

/// What it tells about templates, numbers and the account; what uses a template follows its status
/// after the commit, by the worker that `templates_changed` wakes.
void store_account(MessagingContext& context, storage::Transaction& tx,
                   const std::vector<messaging::AccountEvent>& events) {
    if (events.empty()) {
        return;
    }
    std::vector<std::string> moved = store_account_events(tx, events, context.flows.clock.now());
    if (!moved.empty()) {
        tx.after_commit([&context, names = std::move(moved)] {
            if (context.templates_changed) {
                context.templates_changed(names);
            }
        });
    }
}

/// Nearly all webhooks of a broadcast are nothing but statuses.
bool is_only_statuses(const messaging::Webhook& webhook) {
    return !webhook.statuses.empty() && webhook.messages.empty() && webhook.ignored == 0;
}

int answer_to(bool kept) {
    if (!kept) {
        log_error("webhook.not_kept");
    }
    return kept ? kOk : kUnavailable;
}

}  // namespace

void receive_whatsapp_webhook(MessagingContext& context, std::string body,
                              std::string_view signature, std::function<void(int)> done) {
    if (!messaging::whatsapp::signature_fits(context.whatsapp_app_secret, body, signature)) {
        done(kUnauthorized);
        return;
    }
    auto webhook = std::make_shared<Result<messaging::Webhook>>(
        messaging::whatsapp::read_webhook(body, context.whatsapp_phone_number_ids));
    if (*webhook && is_only_statuses(**webhook)) {
        context.delivery.absorb_statuses(
            std::move((*webhook)->statuses),
            [done = std::move(done)](bool kept) { done(answer_to(kept)); });
        return;
    }
    auto events = messaging::read_account_events(body);
    context.flows.database.write_async(
        [&context, webhook, events = std::move(events),
         raw = std::move(body)](storage::Transaction& tx) {
            if (*webhook) {
                store(context, tx, **webhook);
                store_account(context, tx, events);
            } else {
                log_warning("webhook.unreadable", {{"bytes", raw.size()}});
                messaging::store_unreadable(tx, registry::Channel::kWhatsapp, raw,
                                            context.flows.clock.now());
            }
            return storage::Database::Keep::kYes;
        },
        [done = std::move(done)](std::exception_ptr error) { done(answer_to(error == nullptr)); });
}

}  // namespace haat::flows
