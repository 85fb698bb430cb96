/// @file Inside of Delivery. Private.
///
/// Threads: `sender_` decides and waits; the database's writer thread runs the permit job and every
/// fold (in after_commit, so in commit order); the network thread brings outcomes. `mutex_` guards
/// all that is in memory; it is never held while waiting for disk or network.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "messaging/chunk.hpp"
#include "messaging/delivery.hpp"
#include "pacing.hpp"
#include "registry/channels.hpp"

namespace haat::messaging {

/// A broadcast (or mail) as it is held in memory.
struct Campaign {
    std::uint32_t number = 0;
    bool paused = false;
    bool done = false;  ///< Nothing to send any more; statuses may still come.
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    UnixSeconds expires_at{};
    TemplateBody hindi;
    TemplateBody english;
    std::vector<Chunk> chunks;
    std::size_t next_chunk = 0;  ///< No slot before this chunk is queued for its first attempt.
    Progress progress;
    bool changed = false;  ///< Since the screen was told.

    [[nodiscard]] bool is_mail() const { return number == 0; }
};

/// One permitted send, on its way to the network. Lives in memory only and is used once.
struct Permit {
    SlotId id;
    std::uint8_t attempt = 1;
    std::string json;
    std::size_t sender = 0;  ///< Which of our numbers.
};

/// What a permit transaction decided.
struct PermitPlan {
    std::vector<SlotEvent> events;
    std::vector<Permit> permits;
    std::set<SlotId> retries_used;
    std::int64_t seq = 0;       ///< Of its journal row; 0 if it wrote none.
    std::size_t outcomes = 0;   ///< How many waiting outcomes it journalled.
    bool looked_for_mail = false;
    bool mail_left = false;     ///< More mail was waiting than could be taken.
};

class Delivery::Machine {
  public:
    Machine(storage::Database& database, const Clock& clock, DeliveryOptions options);
    ~Machine();

    // Facade (delivery.cpp).
    void start();
    void stop(int milliseconds);
    void wake();
    void add_broadcast(BroadcastId broadcast_id);
    void set_paused(BroadcastId broadcast_id, bool paused);
    std::int64_t record_statuses(storage::Transaction& tx,
                                 std::span<const Status> statuses);
    [[nodiscard]] Progress progress(std::uint32_t number) const;
    [[nodiscard]] std::optional<Slot> slot(SlotId id) const;
    [[nodiscard]] std::vector<std::uint32_t> ordinals_at_least(std::uint32_t number,
                                                               SlotState state) const;
    [[nodiscard]] std::int64_t count_recipients(std::uint32_t number,
                                                std::span<const std::uint32_t> ordinals) const;
    [[nodiscard]] std::vector<std::pair<int, std::int64_t>> reasons(std::uint32_t number) const;
    [[nodiscard]] DeliveryCounts counts() const;
    [[nodiscard]] const AttemptIds& attempt_ids() const { return attempt_ids_; }
    void on_progress(std::function<void(const std::vector<std::uint32_t>&)> callback);
    [[nodiscard]] bool idle() const;

  private:
    // Loading (machine_load.cpp).
    void load();
    void load_campaigns(storage::Transaction& tx);
    void load_chunks(storage::Transaction& tx, Campaign& campaign);
    void replay_journal(storage::Transaction& tx);
    void settle_lost_permits();
    void settle_doubtful_commits();

    // The sender thread (machine_run.cpp).
    void run();
    void run_once();
    [[nodiscard]] bool has_work() const;
    void send(std::vector<Permit> permits);
    void take_outcome(const Permit& permit, std::int64_t sent_at_micros,
                      const net::ClientResult& result);
    void tell_progress();
    void finish_campaigns();

    // The permit transaction (machine_permit.cpp); runs on the database's writer thread.
    void plan_permits(storage::Transaction& tx, PermitPlan& plan, int capacity);
    void plan_mail(storage::Transaction& tx, PermitPlan& plan, int& capacity);
    void plan_retries(storage::Transaction& tx, PermitPlan& plan, int& capacity);
    void plan_campaign(storage::Transaction& tx, Campaign& campaign, PermitPlan& plan,
                       int& capacity);
    void permit_mail(const struct MailToSend& mail, std::uint32_t slot, std::uint8_t attempt,
                     PermitPlan& plan, int& capacity);
    void retry_recipient(storage::Transaction& tx, SlotId id, const Slot& slot, PermitPlan& plan,
                         int& capacity);
    void permit_recipient(Campaign& campaign, SlotId id, const Slot& slot, std::string_view to,
                          std::string_view language, PermitPlan& plan, int& capacity);
    void catch_up_suppressions(storage::Transaction& tx);
    [[nodiscard]] bool is_suppressed(std::uint32_t ordinal, registry::MessagePurpose purpose) const;
    [[nodiscard]] bool is_quiet(registry::MessagePurpose purpose) const;
    [[nodiscard]] std::size_t next_sender();

    // Journal and fold (machine_fold.cpp).
    std::int64_t append(storage::Transaction& tx, std::vector<SlotEvent> events);
    void fold(std::span<const SlotEvent> events);
    void fold_one(const SlotEvent& event);
    [[nodiscard]] Campaign* campaign_of(std::uint32_t number);
    [[nodiscard]] const Campaign* campaign_of(std::uint32_t number) const;
    [[nodiscard]] const Slot* slot_of(SlotId id) const;
    [[nodiscard]] std::optional<SlotId> match_by_address(storage::Transaction& tx,
                                                         const Status& status) const;
    void flush();

    storage::Database& database_;
    const Clock& clock_;
    DeliveryOptions options_;
    AttemptIds attempt_ids_;

    mutable std::mutex mutex_;
    std::condition_variable work_;
    std::map<std::uint32_t, Campaign> campaigns_;
    std::multimap<std::int64_t, SlotId> retries_;  ///< By the moment they are due, monotonic µs.
    std::vector<SlotEvent> outcomes_;              ///< Not journalled yet.
    std::vector<SenderNumber> senders_;
    std::size_t last_sender_ = 0;
    std::unordered_map<std::uint32_t, registry::PurposeMask> suppressed_;
    std::int64_t suppression_epoch_ = 0;
    RecentPeak commit_micros_;
    DeliveryCounts counts_;
    bool mail_waiting_ = true;
    bool mail_waiting_again_ = false;  ///< Woken while a permit transaction ran.
    bool stopping_ = false;
    std::vector<std::int64_t> doubtful_;  ///< Journal rows whose commit failed in the middle.
    std::int64_t seq_ = 0;         ///< Of the last journal row; writer thread only.
    std::int64_t folded_seq_ = 0;  ///< Everything up to here is in memory.
    std::function<void(const std::vector<std::uint32_t>&)> on_progress_;

    std::int64_t flushed_at_micros_ = 0;
    std::int64_t told_at_micros_ = 0;
    std::unique_ptr<net::Client> client_;
    std::thread sender_;
};

}  // namespace haat::messaging
