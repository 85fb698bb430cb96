#include "workers.hpp"

#include "access/sessions.hpp"
#include "flows/answer_message.hpp"
#include "flows/answer_order.hpp"
#include "parts.hpp"
#include "worker_loop.hpp"

namespace haat::app {

struct Workers::Impl {
    explicit Impl(Parts& parts)
        : audience("audience", 500,
                   [&parts] {
                       return parts.database().read([&](storage::Transaction& tx) {
                           return parts.audience().catch_up(tx) > 0;
                       });
                   }),
          audience_log("audience_log", 60'000,
                       [&parts] {
                           return parts.database().write([&](storage::Transaction& tx) {
                               return registry::trim_audience_changes(tx, parts.clock().now()) > 0;
                           });
                       }),
          deadlines("deadlines", 5'000,
                    [&parts] {
                        constexpr std::int64_t kLines = 100;
                        return flows::expire_unanswered(parts.flows(), kLines) == kLines;
                    }),
          sessions("sessions", 600'000,
                   [&parts] {
                       parts.database().write([&](storage::Transaction& tx) {
                           return access::remove_expired_sessions(tx, parts.clock().now());
                       });
                       return false;
                   }),
          answers("answers", 1'000,
                  [&parts] {
                      constexpr int kMessages = 100;
                      return flows::answer_waiting(parts.messaging(), parts.mail(), kMessages) ==
                             kMessages;
                  }),
          delivery(parts.delivery()) {
        // Set before the server listens: no webhook has come yet.
        parts.messaging().inbound_stored = [this] { answers.wake(); };
        parts.set_telegram_webhook();
        if (parts.has_channel()) {
            delivery.start();
        }
    }

    WorkerLoop audience;
    WorkerLoop audience_log;
    WorkerLoop deadlines;
    WorkerLoop sessions;
    WorkerLoop answers;
    messaging::Delivery& delivery;
};

Workers::Workers(Parts& parts) : impl_(std::make_unique<Impl>(parts)) {}
Workers::~Workers() = default;

void Workers::stop(int milliseconds) {
    impl_->answers.stop();
    impl_->audience.stop();
    impl_->audience_log.stop();
    impl_->deadlines.stop();
    impl_->sessions.stop();
    impl_->delivery.stop(milliseconds);
}

}  // namespace haat::app
