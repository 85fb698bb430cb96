#include "keep_webhook.hpp"

#include <memory>
#include <utility>

#include "announce.hpp"
#include "base/log.hpp"
#include "messaging/inbox.hpp"

namespace haat::flows {
namespace {

void store(MessagingContext& context, storage::Transaction& tx, registry::Channel channel,
           const messaging::Webhook& webhook) {
    const UnixSeconds now = context.flows.clock.now();
    const std::int64_t stored = messaging::store_messages(tx, channel, webhook.messages, now);
    if (!webhook.statuses.empty()) {
        (void)context.delivery.record_statuses(tx, webhook.statuses);
    }
    if (stored > 0) {
        announce(tx, context.flows, "message", 0, "created", now);
        tx.after_commit([&context] {
            if (context.inbound_stored) {
                context.inbound_stored();
            }
        });
    }
}

}  // namespace

void keep_webhook(MessagingContext& context, registry::Channel channel,
                  Result<messaging::Webhook> webhook, std::string raw,
                  std::function<void(storage::Transaction&)> more, std::function<void(int)> done) {
    auto kept = std::make_shared<Result<messaging::Webhook>>(std::move(webhook));
    context.flows.database.write_async(
        [&context, channel, kept, raw = std::move(raw),
         more = std::move(more)](storage::Transaction& tx) {
            if (*kept) {
                store(context, tx, channel, **kept);
                if (more) {
                    more(tx);
                }
            } else {
                log_warning("webhook.unreadable",
                            {{"channel", registry::channel_name(channel)}, {"bytes", raw.size()}});
                messaging::store_unreadable(tx, channel, raw, context.flows.clock.now());
            }
            return storage::Database::Keep::kYes;
        },
        [done = std::move(done)](std::exception_ptr error) {
            if (error != nullptr) {
                log_error("webhook.not_kept");
            }
            done(error == nullptr ? kHookKept : kHookNotKept);
        });
}

}  // namespace haat::flows
