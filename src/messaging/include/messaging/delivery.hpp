/// @file The delivery machine: one for every message to a person, a reply or 15 million.
///
///     queued → permit (durable) → sent once → outcome (durable) → statuses (durable)
///
/// Promise: nobody is sent a thing twice, or left out without the record saying so. A slot's bytes
/// leave only after its permit is committed; a permit is used once and lives in one process's
/// memory; after a crash a permit without an outcome is `unknown` and, unless the broadcast asked
/// for at-least-once, never sent again; a later callback may settle it. What changes is appended to
/// the journal in one row per commit and shard and folded into chunks in memory; dirty chunks are
/// written back now and then, and the journal before them goes.
///
/// Several processes may deliver on one PostgreSQL: each owns some of the 16 shards by a lease and
/// permits only their slots; any process may append outcomes and statuses, and owners read along.
/// Source: docs/internals/delivery.md.
///
/// Threads: one sender thread inside; every function may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "messaging/attempt_id.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/channel.hpp"
#include "messaging/channel_sms.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/channel_voice.hpp"
#include "messaging/journal.hpp"
#include "messaging/transport.hpp"
#include "storage/database.hpp"

namespace haat::messaging {

struct DeliveryOptions {
    std::string access_token;
    std::vector<std::string> phone_number_ids;  ///< Our WhatsApp numbers; they share the load.
    int rate_per_number = 80;        ///< Messages a second that the provider allows each.
    sms::Settings sms;             ///< Without base_url: no SMS; likewise below.
    int sms_rate = 30;             ///< Messages a second.
    telegram::Settings telegram;   ///< Without bot_token: no Telegram.
    int telegram_rate = 30;
    voice::Settings voice;         ///< Without base_url: no calls.
    int voice_rate = 2;
    /// People that may be written to outside their 24-hour window in 24 hours, of all numbers
    /// together (the portfolio's limit); 0: no limit.
    std::int64_t daily_limit = 0;
    bool quiet_hours = true;         ///< Market 10:00–21:00, notices 8:00–20:00 India time.
    std::string attempt_key;         ///< For AttemptIds.
    int flush_seconds = 60;          ///< How often dirty chunks are written back.
    /// Nobody else can deliver on this database (SQLite is held by one process): every shard is
    /// taken at once. Off: only free ones, and those of owners that are silent for `lease_seconds`.
    bool alone = true;
    int lease_seconds = 5;
    /// A unknown send is repeated after so long, in at-least-once mode.
    int repeat_seconds = 15 * 60;
    /// The database may have lost commits that it had confirmed (an asynchronous failover): nothing
    /// that was waiting may be sent, for it may have been sent. See docs/internals/delivery.md.
    bool quarantine = false;
};

/// One of our numbers, for the page of numbers.
struct SenderState {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string name;        ///< Phone number id, SMS header, bot, caller id.
    int in_flight = 0;
    int window = 0;          ///< Open sends it may have now.
    double share = 1;        ///< Of its rate, for this process.
    bool is_resting = false; ///< The provider asked to slow down, or refused the number.
    bool is_stopped = false; ///< Refused for good, until an operator acts.
    int last_error = 0;      ///< Latest error code.
    std::int64_t permitted = 0;
    std::int64_t ended = 0;  ///< Answered, or given up; what of it was not accepted is an error.
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
};

struct DeliveryCounts {
    std::int64_t permitted = 0;
    std::int64_t accepted = 0;
    std::int64_t rejected = 0;
    std::int64_t unknown = 0;
    std::int64_t retried = 0;
    std::int64_t statuses = 0;
    std::int64_t unmatched = 0;  ///< Statuses that fit no slot; kept, counted, looked at again.
    std::int64_t in_flight = 0;
    std::int64_t journal_rows = 0;
    bool channel_stopped = false;  ///< A token or account error: an operator must act.
    int window = 0;                ///< Open sends a number may have now.
    int shards = 0;                ///< Owned by this process.
};

/// What the machine found out and others must act on.
struct DeliveryEvent {
    enum class Kind : std::uint8_t {
        kSuppressMarket,   ///< The provider says that she stopped market messages.
        kTemplateStopped,  ///< Paused, disabled or wrong: broadcasts with it were paused.
        kSpamLimit,        ///< The provider restricts us: the broadcast was paused.
        kNumberStopped,
        kChannelStopped,
    };
    Kind kind = Kind::kChannelStopped;
    BroadcastId broadcast_id;
    std::uint32_t ordinal = 0;
    int error_code = 0;
    std::string name;  ///< Of the template or the number.
};

/// How many slots are in each state in one block (or other place of a broadcast's recipients).
struct PlaceTotal {
    PlaceId place_id;
    Progress progress;
};

class Delivery {
  public:
    /// Loads chunks and journal, turns every permit without an outcome into `unknown`, removes
    /// broadcasts whose planning was cut off. Does not send until start() or step().
    Delivery(storage::Database& database, const Clock& clock, DeliveryOptions options,
             std::unique_ptr<Transport> transport);
    ~Delivery();
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;

    void start();
    /// Instead of start(), in a process that sends nothing: knows of broadcasts that others make,
    /// so that the statuses it takes in find their slots.
    void follow();
    /// Gives no more permits, waits for what is in flight (at most `milliseconds`), writes dirty
    /// chunks back, gives its shards back.
    void stop(int milliseconds);

    /// Does what is to be done now and returns after how many microseconds it wants to be called
    /// again. For simulations, instead of start(): everything happens on the calling thread.
    /// @throws what the database throws.
    std::int64_t step();

    /// There is new mail, or a broadcast changed: look now.
    void wake();

    /// A broadcast was created, paused, resumed or cancelled: hold it in memory as it is now.
    void broadcast_changed(BroadcastId broadcast_id);

    /// Appends what the provider reports to the journal, in the transaction that acknowledges it;
    /// folds it after the commit. Returns how many statuses fitted a slot; the others are kept and
    /// looked at again.
    std::int64_t record_statuses(storage::Transaction& tx, std::span<const Status> statuses);

    /// The same without a transaction of the caller's: many requests share one. `done` is called
    /// after the commit, with false if it failed.
    void absorb_statuses(std::vector<Status> statuses, std::move_only_function<void(bool)> done);

    [[nodiscard]] Progress progress(BroadcastId broadcast_id) const;
    /// Mail as a whole.
    [[nodiscard]] Progress mail_progress() const;
    /// The slot of one piece of mail.
    [[nodiscard]] std::optional<Slot> mail_slot(std::uint32_t slot) const;
    /// Calls `each(first slot, ordinals, slots)` for every chunk that this process holds, in order.
    /// Each chunk is copied; nothing is held up.
    void each_chunk(BroadcastId broadcast_id,
                    const std::function<void(std::uint32_t, std::span<const std::uint32_t>,
                                             std::span<const Slot>)>& each) const;
    /// The slots of a broadcast and of its fallbacks (`legs`, in their order) side by side, for the
    /// chunks from `first` up to before `end`, as they are now: ours from memory, those of other
    /// processes from their chunks with the journal folded over them. Each chunk is copied;
    /// nothing is held up. Returns how many chunks there are in all.
    using EachPerson =
        std::function<void(std::uint32_t chunk_no, std::span<const std::uint32_t> ordinals,
                           std::span<const std::vector<Slot>> legs)>;
    std::uint32_t each_person(storage::Transaction& tx, std::span<const BroadcastId> legs,
                              std::uint32_t first, std::uint32_t end,
                              const EachPerson& each) const;
    /// Ordinals of a broadcast whose slots are in a state of that rank or higher; for totals by
    /// place.
    [[nodiscard]] std::vector<std::uint32_t> ordinals_at_least(BroadcastId broadcast_id,
                                                               SlotState state) const;
    /// How many of these ordinals are recipients of the broadcast.
    [[nodiscard]] std::int64_t count_recipients(BroadcastId broadcast_id,
                                                std::span<const std::uint32_t> ordinals) const;
    /// How often each error code occurred: (code, slots), most frequent first.
    [[nodiscard]] std::vector<std::pair<int, std::int64_t>> reasons(BroadcastId broadcast_id) const;

    [[nodiscard]] DeliveryCounts counts() const;
    [[nodiscard]] std::vector<SenderState> senders() const;
    /// An operator lets a number rest, or lets it (and its channel) send again.
    void set_sender_stopped(registry::Channel channel, std::string_view name, bool stopped);
    [[nodiscard]] const AttemptIds& attempt_ids() const;

    /// Called about once a second while something moves, with the broadcasts that changed (0 for
    /// mail). For the screen.
    void on_progress(std::function<void(const std::vector<std::uint32_t>&)> callback);
    /// Called on the network's thread: must not block.
    void on_event(std::function<void(const DeliveryEvent&)> callback);

    /// True when nothing is queued, busy or waiting to be journalled. For tests and graceful stops.
    [[nodiscard]] bool idle() const;

  private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace haat::messaging
