#include "keep_webhook.hpp"

#include <memory>
#include <span>
#include <utility>

#include "base/log.hpp"
#include "messaging/inbox.hpp"
#include "take_messages.hpp"

namespace haat::flows {
int hook_answer(bool kept) {
    if (!kept) {
        log_error("webhook.not_kept");
    }
    return kept ? kHookKept : kHookNotKept;
}

void keep_webhook(MessagingContext& context, registry::Channel channel,
                  Result<messaging::Webhook> webhook, std::string raw,
                  std::function<void(storage::Transaction&)> more, std::function<void(int)> done) {
    auto incoming = std::make_shared<Incoming>();
    if (webhook) {
        *incoming = read_incoming(context, channel, std::move(webhook->messages));
        if (webhook->statuses.empty() && !more) {
            take_messages(context, std::move(*incoming),
                          [done = std::move(done)](bool is_kept) { done(hook_answer(is_kept)); });
            return;
        }
    }
    auto kept = std::make_shared<Result<messaging::Webhook>>(std::move(webhook));
    context.flows.database.write_async(
        [&context, channel, kept, incoming, raw = std::move(raw),
         more = std::move(more)](storage::Transaction& tx) {
            if (*kept) {
                const Incoming* const one = incoming.get();
                store_incoming(context, tx, std::span(&one, 1));
                if (!(*kept)->statuses.empty()) {
                    (void)context.delivery.record_statuses(tx, (*kept)->statuses);
                }
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
            done(hook_answer(error == nullptr));
        });
}

}  // namespace haat::flows
