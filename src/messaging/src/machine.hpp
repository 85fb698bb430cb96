/// @file Inside of Delivery. Private.
///
/// Threads: `sender_` (or whoever calls step()) decides and waits; the database's writer thread
/// runs the permit job and every fold (in after_commit, so in commit order); the network thread
/// brings outcomes. `mutex_` guards all that is in memory; it is never held while waiting for disk
/// or network.
///
/// machine_read.cpp   slots for pages, whoever holds them
/// machine_load.cpp   from the database into memory
/// machine_lease.cpp  which shards are ours
/// machine_turn.cpp   whose turn it is
/// machine_permit.cpp the permit transaction
/// machine_run.cpp    one round: permit, send, outcomes
/// machine_fold.cpp   the journal, and what it means
/// machine_status.cpp what providers report
/// machine_flush.cpp  from memory into chunks
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "campaign.hpp"
#include "channel_forms.hpp"
#include "messaging/delivery.hpp"
#include "messaging/shard.hpp"
#include "pacing.hpp"
#include "registry/channels.hpp"

namespace haat::messaging {

/// Attempts in at-least-once mode.
inline constexpr std::uint8_t kRepeatsMax = 3;

/// One of the 16, as this process sees it.
struct Shard {
    enum class Hold : std::uint8_t { kNot, kLoading, kOwned };
    Hold hold = Hold::kNot;
    std::int64_t epoch = 0;
    std::map<std::int64_t, std::int64_t> cursors;  ///< By writer: what stored chunks hold.
    std::vector<SlotEvent> early;  ///< Committed by ourselves while it was being loaded.
    // The lease as it was last seen, and since when it has not changed.
    std::int64_t seen_epoch = -1;
    std::int64_t seen_beats = -1;
    std::int64_t seen_owner = 0;
    std::int64_t seen_waiting = 0;
    std::int64_t silent_since = 0;
};

/// One permitted send, on its way to the network. Lives in memory only and is used once.
struct Permit {
    SlotId id;
    std::uint8_t attempt = 1;
    std::uint16_t sender = 0;  ///< Which of our numbers.
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::uint32_t ordinal = 0;
    std::uint32_t nonce = 0;  ///< Of its broadcast.
};

/// A permit and what it carries.
struct PermittedSend {
    Permit permit;
    std::string to;
    bool english = false;
    const SendForm* form = nullptr;  ///< Of its broadcast; none for mail…
    std::string json;                ///< …whose body this is.
};

/// A slot whose turn has come, with what was read for it outside of the transaction.
struct Candidate {
    SlotId id;
    std::uint32_t ordinal = 0;
    std::uint8_t attempt = 1;  ///< The one that it would be.
    bool doubted = false;      ///< An earlier one is unknown.
    bool found = false;        ///< An address was found.
    bool english = false;
    std::string to;
};

/// How many permits each number may get now.
struct Allotment {
    std::uint16_t sender = 0;
    int left = 0;
};
using Allotments = std::array<std::vector<Allotment>, 5>;  ///< By channel.

/// What is to be decided in one permit transaction.
struct Turn {
    Allotments allotments;
    std::vector<Candidate> candidates;
    std::vector<SlotEvent> settled;  ///< Expired, cancelled, spared.
    std::vector<SlotId> mail_retries;
    std::set<SlotId> due_used;    ///< Taken from `due_`.
    std::int64_t mail_asked = 0;  ///< Look for new mail, as it was asked for; 0: do not.
    [[nodiscard]] int left(registry::Channel channel) const;
};

/// What a permit transaction decided.
struct PermitPlan {
    std::vector<SlotEvent> events;
    std::vector<PermittedSend> sends;
    std::int64_t seq = 0;      ///< Of its journal rows; 0 if it wrote none.
    std::size_t outcomes = 0;  ///< How many waiting outcomes it journalled.
    bool mail_left = false;    ///< More mail was waiting than could be taken.
    Allotments allotments;
    std::int64_t opened = 0;                       ///< Sends outside of a 24-hour window.
    std::map<std::int64_t, std::int64_t> allowed;  ///< Left of allowances, in centipaise…
    std::map<std::int64_t, std::int64_t> taken;    ///< …and taken from them here.
};

/// From a row of slot_total.
[[nodiscard]] Progress decode_progress(std::string_view bytes);

class Delivery::Machine {
 public:
    Machine(storage::Database& database, const Clock& clock, DeliveryOptions options,
            std::unique_ptr<Transport> transport);
    ~Machine();

    // Facade (delivery.cpp).
    void start();
    void follow();
    void stop(int milliseconds);
    std::int64_t step();
    void wake();
    void broadcast_changed(BroadcastId broadcast_id);
    std::int64_t record_statuses(storage::Transaction& tx, std::span<const Status> statuses);
    void absorb_statuses(std::vector<Status> statuses, std::move_only_function<void(bool)> done);
    [[nodiscard]] Progress progress(std::uint32_t number) const;
    [[nodiscard]] std::optional<Slot> slot(SlotId id) const;
    void each_chunk(std::uint32_t number,
                    const std::function<void(std::uint32_t, std::span<const std::uint32_t>,
                                             std::span<const Slot>)>& each) const;
    std::uint32_t each_person(storage::Transaction& tx, std::span<const BroadcastId> legs,
                              std::uint32_t first, std::uint32_t end, const EachPerson& each) const;
    [[nodiscard]] std::vector<std::uint32_t> ordinals_at_least(std::uint32_t number,
                                                               SlotState state) const;
    [[nodiscard]] std::int64_t count_recipients(std::uint32_t number,
                                                std::span<const std::uint32_t> ordinals) const;
    [[nodiscard]] std::vector<std::pair<int, std::int64_t>> reasons(std::uint32_t number) const;
    [[nodiscard]] DeliveryCounts counts() const;
    [[nodiscard]] std::vector<SenderState> senders() const;
    void set_sender_stopped(registry::Channel channel, std::string_view name, bool stopped);
    [[nodiscard]] const AttemptIds& attempt_ids() const { return attempt_ids_; }
    void on_progress(std::function<void(const std::vector<std::uint32_t>&)> callback);
    void on_event(std::function<void(const DeliveryEvent&)> callback);
    [[nodiscard]] bool idle() const;

 private:
    void end(int milliseconds, bool writes_back);

    // What others hold (machine_read.cpp).
    /// What the journal says of chunks that may not be written back yet.
    using Unwritten = std::map<SlotId, std::vector<SlotEvent>>;
    [[nodiscard]] Unwritten read_unwritten(storage::Transaction& tx,
                                           std::span<const BroadcastId> legs, std::uint32_t first,
                                           std::uint32_t end) const;
    [[nodiscard]] bool copy_ours(std::span<const BroadcastId> legs, std::uint32_t chunk_no,
                                 std::vector<std::uint32_t>& ordinals,
                                 std::vector<std::vector<Slot>>& slots) const;
    static void read_stored(storage::Transaction& tx, std::span<const BroadcastId> legs,
                            std::uint32_t chunk_no, const Unwritten& unwritten,
                            std::vector<std::uint32_t>& ordinals,
                            std::vector<std::vector<Slot>>& slots);

    // Loading (machine_load.cpp).
    void remove_half_planned();
    void refresh_campaigns();
    /// Broadcasts that are new or changed in the database, and chunks by broadcast and number.
    struct News {
        std::int64_t version = 0;
        std::map<std::uint32_t, Campaign> campaigns;
        std::map<SlotId, HeldChunk> chunks;
    };
    [[nodiscard]] News read_news(storage::Transaction& tx, const std::set<int>& shards);
    void apply(News news);
    void load_shards(const std::set<int>& shards);
    void install(std::map<SlotId, HeldChunk> chunks);
    void note_due(const Campaign& campaign, std::uint32_t chunk_no);
    void settle_lost_permits(const std::set<int>& shards);
    void quarantine(const std::set<int>& shards);
    void heed_quarantine();
    void quarantine_mail(storage::Transaction& tx, std::vector<SlotEvent>& events);
    [[nodiscard]] std::uint32_t next_mail_slot(storage::Transaction& tx) const;

    // Leases (machine_lease.cpp).
    void tend_leases();
    void observe_leases(storage::Transaction& tx, std::int64_t now);
    [[nodiscard]] std::vector<int> shards_to_take(std::int64_t now) const;
    void beat(storage::Transaction& tx);
    void take_shards(const std::vector<int>& shards);
    void give_back(const std::set<int>& shards);
    void lose(int shard);
    void tail();
    void share_rates();
    [[nodiscard]] std::set<int> still_held(storage::Transaction& tx) const;
    void require_leases(storage::Transaction& tx, const std::set<int>& shards) const;
    [[nodiscard]] std::set<int> shards_beyond_share(std::int64_t now) const;
    [[nodiscard]] std::set<std::int64_t> living(std::int64_t now) const;
    void observe_processes(storage::Transaction& tx, std::int64_t now);
    [[nodiscard]] bool is_gone(std::int64_t owner, std::int64_t now) const;
    [[nodiscard]] bool sends_nothing(const Shard& shard, std::int64_t now) const;
    [[nodiscard]] std::array<std::int64_t, kShards> waiting_by_shard() const;
    [[nodiscard]] std::set<int> owned() const;

    // A round (machine_run.cpp).
    void run();
    void begin();
    bool round();
    void commit_turn(Turn& turn, PermitPlan& plan);
    void send(std::vector<PermittedSend> sends);
    void take_outcomes(std::span<const Permit> permits, std::int64_t sent_at_micros,
                       std::span<net::BatchResult> results);
    void take_outcome(const Permit& permit, std::int64_t sent_at_micros, const SendOutcome& outcome,
                      bool was_sent, std::vector<DeliveryEvent>& events);
    void act_on(const Permit& permit, const SendOutcome& outcome, SenderNumber& sender,
                std::vector<DeliveryEvent>& events);
    void tell_progress();
    void finish_campaigns();
    void give_up(const PermitPlan& plan);
    void leave_writer();
    void forget_writers(std::int64_t now);
    [[nodiscard]] std::vector<std::int64_t> writers_over(std::int64_t now) const;

    // Whose turn it is (machine_turn.cpp).
    [[nodiscard]] Turn next_turn();
    void allot(Turn& turn);
    void take_due(Turn& turn);
    void take_queued(Campaign& campaign, Turn& turn, int most);
    void settle_queued(Campaign& campaign, Turn& turn);
    void release_waited(Campaign& campaign);
    [[nodiscard]] bool may_go(const Campaign& campaign) const;
    void read_addresses(Turn& turn);

    // The permit transaction (machine_permit.cpp); runs on the database's writer thread.
    void plan_permits(storage::Transaction& tx, const Turn& turn, PermitPlan& plan);
    void plan_mail(storage::Transaction& tx, const Turn& turn, PermitPlan& plan);
    bool permit_mail(const struct MailToSend& mail, std::uint32_t slot, PermitPlan& plan);
    void read_allowances(storage::Transaction& tx, const Turn& turn, PermitPlan& plan) const;
    void permit(const Candidate& candidate, PermitPlan& plan);
    void check_leases(storage::Transaction& tx);
    void catch_up_suppressions(storage::Transaction& tx);
    [[nodiscard]] bool is_suppressed(std::uint32_t ordinal, registry::MessagePurpose purpose) const;
    [[nodiscard]] bool is_quiet(registry::MessagePurpose purpose) const;

    // Journal and fold (machine_fold.cpp).
    std::int64_t append(storage::Transaction& tx, std::vector<SlotEvent> events);
    void fold(std::span<const SlotEvent> events);
    void fold_one(const SlotEvent& event);
    void note_change(const Campaign& campaign, SlotId id, const Slot& before, const Slot& after);
    void note_fallback(const Campaign& fallback, SlotId id, const Slot& before);
    [[nodiscard]] int shard_of_slot(SlotId id) const;
    [[nodiscard]] Campaign* campaign_of(std::uint32_t number);
    [[nodiscard]] const Campaign* campaign_of(std::uint32_t number) const;
    [[nodiscard]] const Slot* slot_of(SlotId id) const;
    [[nodiscard]] bool is_ours(SlotId id) const;

    // Statuses (machine_status.cpp).
    /// Statuses as far as they are understood without the record.
    struct Told {
        struct Named {
            SlotEvent event;
            std::uint32_t nonce = 0;  ///< Of its broadcast, as the attempt id says.
            registry::Channel channel = registry::Channel::kWhatsapp;
        };
        std::vector<Named> named;      ///< They echo our attempt id.
        std::vector<Status> nameless;  ///< To be found by address and message id.
        std::int64_t foreign = 0;      ///< Echo what is not ours.
        [[nodiscard]] std::size_t size() const { return named.size() + nameless.size(); }
    };
    /// Statuses of one request, and who hears when they are durable.
    struct Absorbed {
        Told told;
        std::move_only_function<void(bool)> done;
    };
    [[nodiscard]] Told read_statuses(std::span<Status> statuses) const;
    std::int64_t record(storage::Transaction& tx, std::span<const Absorbed> absorbed);
    [[nodiscard]] std::optional<SlotEvent> find_nameless(storage::Transaction& tx,
                                                         const Status& status) const;
    void queue_absorbed();
    void take_absorbed(std::vector<Absorbed>& taken);
    [[nodiscard]] std::optional<SlotId> match_by_address(storage::Transaction& tx,
                                                         registry::Channel channel,
                                                         AddressId address_id,
                                                         std::uint32_t tag) const;
    [[nodiscard]] std::optional<SlotId> match(storage::Transaction& tx, registry::Channel channel,
                                              AddressId address_id, std::uint32_t nonce,
                                              const SlotEvent& event) const;
    void keep_unmatched(storage::Transaction& tx, registry::Channel channel, AddressId address_id,
                        std::uint32_t nonce, const SlotEvent& event) const;
    /// Whether a status names a slot: kLater if its broadcast is not known here.
    enum class Names : std::uint8_t { kSlot, kNothing, kLater };
    [[nodiscard]] Names names_slot(SlotId id, std::uint32_t nonce) const;
    void look_again_at_unmatched();

    // Write-back (machine_flush.cpp).
    /// By shard and writer: up to where the journal is held by stored chunks.
    using Cursors = std::map<std::pair<int, std::int64_t>, std::int64_t>;
    void flush();
    void drop_journal(const Cursors& cursors, const std::set<int>& mine);
    void write_totals();

    storage::Database& database_;
    const Clock& clock_;
    DeliveryOptions options_;
    AttemptIds attempt_ids_;
    std::unique_ptr<Transport> transport_;
    ChannelForms forms_;
    std::int64_t owner_ = 0;  ///< In leases; this machine's, for as long as it lives.

    mutable std::mutex mutex_;
    std::condition_variable work_;
    bool woken_ = false;
    // What was asked for and what is done; equal: nothing waits.
    std::int64_t refresh_asked_ = 0;  ///< A broadcast changed.
    std::int64_t refresh_done_ = 0;
    std::int64_t mail_asked_ = 1;  ///< There may be new mail.
    std::int64_t mail_done_ = 0;
    bool follows_only_ = false;
    bool forgot_lately_ = false;    ///< Statuses of forgotten messages may still come.
    bool held_ = false;             ///< An operator must say that sending may go on.
    UnixSeconds quarantined_at_{};  ///< The change of the switch that was heeded last.
    bool stopping_ = false;
    bool stopped_ = false;
    std::array<Shard, kShards> shards_;
    std::map<std::uint32_t, Campaign> campaigns_;
    std::multimap<std::int64_t, SlotId> due_;  ///< Slots to look at again, by monotonic µs.
    std::vector<SlotEvent> outcomes_;          ///< Not journalled yet.
    std::vector<SenderNumber> senders_;
    std::unordered_map<std::uint32_t, registry::PurposeMask> suppressed_;
    std::int64_t suppression_epoch_ = 0;
    RecentPeak commit_micros_;
    DeliveryCounts counts_;
    std::int64_t opened_today_ = 0;  ///< Outside of windows in 24 hours, of all processes.
    std::function<void(const std::vector<std::uint32_t>&)> on_progress_;
    std::function<void(const DeliveryEvent&)> on_event_;

    std::mutex absorb_mutex_;
    std::deque<Absorbed> absorbing_;
    bool absorb_is_queued_ = false;  ///< A job that will take them waits for the writer.

    // In commit order.
    std::int64_t writer_ = 0;                            ///< Name of our rows in the journal.
    std::map<std::int64_t, std::int64_t> left_writers_;  ///< Names of before, and what was folded.
    std::int64_t known_writer_ = 0;  ///< The one that others were told of, with its rows.
    std::int64_t seq_ = 0;           ///< Of the last journal row.
    std::int64_t folded_seq_ = 0;    ///< Everything of ours up to here is in memory.

    // The stepping thread's alone.
    std::map<std::int64_t, std::int64_t> tails_;  ///< By other writers: read up to here.
    struct Process {
        std::int64_t owner = 0;
        std::int64_t beats = -1;
        std::int64_t silent_since = 0;
        std::int64_t seen_at = 0;  ///< When we saw it first.
    };
    std::map<std::int64_t, Process> processes_;   ///< By writer, as they were last seen.
    std::map<std::int64_t, std::int64_t> ended_;  ///< By owner: since when its session is away.
    std::map<std::int64_t, std::int64_t> heard_;  ///< By owner: when it wrote last.
    std::uint32_t quarantine_last_ = 0;           ///< The latest broadcast that it concerns.
    std::int64_t version_ = 0;  ///< Of the latest broadcast that was taken into memory.
    std::int64_t beaten_at_ = 0;
    std::int64_t totalled_at_ = 0;
    std::int64_t tailed_at_ = 0;
    std::int64_t refreshed_at_ = 0;
    std::int64_t flushed_at_ = 0;
    std::int64_t told_at_ = 0;
    std::int64_t matched_at_ = 0;
    std::int64_t committed_at_ = 0;
    bool has_begun_ = false;
    std::thread sender_;
};

}  // namespace haat::messaging
