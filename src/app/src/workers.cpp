#include "workers.hpp"

#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "access/sessions.hpp"
#include "base/log.hpp"
#include "flows/answer_message.hpp"
#include "flows/answer_order.hpp"
#include "flows/contacts.hpp"
#include "flows/dialogue_books.hpp"
#include "flows/fetch_media.hpp"
#include "flows/follow_delivery.hpp"
#include "flows/remind_waiting.hpp"
#include "flows/run_plans.hpp"
#include "flows/saved_searches.hpp"
#include "flows/settle_tickets.hpp"
#include "flows/speak_answers.hpp"
#include "flows/sync_provider.hpp"
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
          tickets("tickets", 10'000,
                  [&parts] {
                      constexpr int kTickets = 50;  // 20 ms of the writer at most
                      return flows::escalate_tickets(parts.flows(), kTickets) == kTickets;
                  }),
          media("media", 2'000,
                [&parts] {
                    constexpr int kFiles = 10;
                    return flows::fetch_media(parts.messaging(), parts.settings().data, kFiles) ==
                           kFiles;
                }),
          voices("voices", 1'000,
                 [&parts] {
                     constexpr int kAnswers = 10;
                     return flows::speak_answers(parts.messaging(), parts.mail(), kAnswers) ==
                            kAnswers;
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
                      constexpr int kMessages = 1'000;
                      return flows::answer_waiting(parts.messaging(), parts.mail(), kMessages) ==
                             kMessages;
                  }),
          searches("searches", 1'000,
                   [&parts] {
                       constexpr int kSearches = 50;
                       return flows::tell_searches(parts.messaging(), parts.mail(), kSearches) ==
                              kSearches;
                   }),
          reminders("reminders", 30'000,
                    [&parts] {
                        constexpr int kQuestions = 50;
                        return flows::remind_waiting(parts.messaging(), parts.mail(), kQuestions) ==
                               kQuestions;
                    }),
          plans("plans", 500, [&parts] { return flows::step_plans(parts.messaging()) > 0; }),
          provider("provider", 600'000,
                   [this, &parts] {
                       follow_templates(parts);
                       ask_provider(parts);
                       return false;
                   }),
          upkeep("upkeep", 5'000,
                 [this, &parts] {
                     flows::learn_contacts(parts.messaging(), contacts_known);
                     flows::follow_rests(parts.messaging(), resting);
                     flows::count_senders(parts.messaging(), counted);
                     return false;
                 }),
          dialogues("dialogues", 1'000,
                    [this, &parts] {
                        if (parts.messaging().dialogues != nullptr) {
                            flows::follow_dialogues(parts.database(), *parts.messaging().dialogues,
                                                    published);
                        }
                        return false;
                    }),
          happenings("happenings", 60'000, [this, &parts] { return follow_delivery(parts); }),
          delivery(parts.delivery()) {
        // Set before the server listens: no webhook has come yet.
        parts.messaging().inbound_stored = [this] { answers.wake(); };
        parts.set_telegram_webhook();
        parts.messaging().templates_changed = [this](const std::vector<std::string>& names) {
            const std::lock_guard lock(mutex);
            changed_templates.insert(names.begin(), names.end());
            provider.wake();
        };
        delivery.on_event([this](const messaging::DeliveryEvent& event) {
            {
                const std::lock_guard lock(mutex);
                happened.push_back(event);
            }
            happenings.wake();
        });
        if (parts.has_channel()) {
            delivery.start();
        }
    }

    /// One thing that the machine found out; it stays first until it is kept. True: there is more.
    bool follow_delivery(Parts& parts) {
        messaging::DeliveryEvent event;
        {
            const std::lock_guard lock(mutex);
            if (happened.empty()) {
                return false;
            }
            event = happened.front();
        }
        flows::apply_delivery_event(parts.messaging(), event);
        const std::lock_guard lock(mutex);
        happened.pop_front();
        return !happened.empty();
    }

    /// Webhooks told of these: what uses them is held or goes on.
    void follow_templates(Parts& parts) {
        std::set<std::string> names;
        {
            const std::lock_guard lock(mutex);
            names.swap(changed_templates);
        }
        for (const std::string& name : names) {
            flows::apply_template_status(parts.messaging(), name);
        }
    }

    /// Templates and numbers every ten minutes; silence of the provider is not a failure of ours.
    static void ask_provider(Parts& parts) {
        if (parts.messaging().provider == nullptr) {
            return;
        }
        if (const auto numbers = flows::sync_numbers(parts.messaging()); !numbers) {
            log_warning("numbers.not_synced", {{"code", std::string_view(numbers.error().code)}});
        }
        if (parts.messaging().provider->account_id.empty()) {
            return;
        }
        if (const auto templates = flows::sync_templates(parts.messaging()); !templates) {
            log_warning("templates.not_synced",
                        {{"code", std::string_view(templates.error().code)}});
        }
    }

    std::mutex mutex;
    std::set<std::string> changed_templates;
    std::deque<messaging::DeliveryEvent> happened;
    std::set<BroadcastId> contacts_known;  ///< Of the upkeep's thread.
    std::set<std::string> resting;         ///< Likewise.
    flows::SenderBook counted;
    std::int64_t published = 0;  ///< Of the dialogues' thread.
    WorkerLoop audience;
    WorkerLoop audience_log;
    WorkerLoop deadlines;
    WorkerLoop tickets;
    WorkerLoop media;
    WorkerLoop voices;
    WorkerLoop sessions;
    WorkerLoop answers;
    WorkerLoop searches;
    WorkerLoop reminders;
    WorkerLoop plans;
    WorkerLoop provider;
    WorkerLoop upkeep;
    WorkerLoop dialogues;
    WorkerLoop happenings;
    messaging::Delivery& delivery;
};

Workers::Workers(Parts& parts) : impl_(std::make_unique<Impl>(parts)) {}
Workers::~Workers() = default;

void Workers::stop(int milliseconds) {
    impl_->answers.stop();
    impl_->searches.stop();
    impl_->reminders.stop();
    impl_->plans.stop();
    impl_->provider.stop();
    impl_->upkeep.stop();
    impl_->dialogues.stop();
    impl_->audience.stop();
    impl_->audience_log.stop();
    impl_->deadlines.stop();
    impl_->tickets.stop();
    impl_->media.stop();
    impl_->voices.stop();
    impl_->sessions.stop();
    impl_->delivery.stop(milliseconds);
    impl_->happenings.stop();  // what it missed, the machine finds out again after the restart
    impl_->delivery.on_event({});
}

}  // namespace haat::app
