/// @file The delivery machine: one for every message to a person, a reply or 15 million.
///
///     queued → permit (durable) → sent once → outcome (durable) → statuses (durable)
///
/// Promise: nobody is sent a thing twice, or left out without the record saying so. A slot's bytes
/// leave only after its permit is committed; a permit is used once and lives in one process's
/// memory; after a crash a permit without an outcome is `unknown`, never sent again; a later callback
/// may settle it. What changes is appended to the journal in one row per commit and folded into
/// chunks in memory; dirty chunks are written back now and then, and the journal before them goes.
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
#include "messaging/channel_whatsapp.hpp"
#include "messaging/journal.hpp"
#include "net/client.hpp"
#include "storage/database.hpp"

namespace haat::messaging {

struct DeliveryOptions {
    std::string base_url;      ///< "https://graph.facebook.com/v24.0"
    std::string access_token;
    std::vector<std::string> phone_number_ids;  ///< Our numbers; they share the load.
    int rate_per_number = 80;        ///< Messages a second that the provider allows each.
    bool quiet_hours = true;         ///< Market 10:00–21:00, notices 8:00–20:00 India time.
    std::string attempt_key;         ///< For AttemptIds.
    int flush_seconds = 60;          ///< How often dirty chunks are written back.
    net::ClientOptions client;       ///< base_url is taken from above.
};

struct DeliveryCounts {
    std::int64_t permitted = 0;
    std::int64_t accepted = 0;
    std::int64_t rejected = 0;
    std::int64_t unknown = 0;
    std::int64_t retried = 0;
    std::int64_t statuses = 0;
    std::int64_t unmatched = 0;  ///< Statuses that fit no slot; kept as a count.
    std::int64_t in_flight = 0;
    std::int64_t journal_rows = 0;
    bool channel_stopped = false;  ///< A token or account error: an operator must act.
    int window = 0;                ///< Open sends a number may have now.
};

class Delivery {
  public:
    /// Loads chunks and journal, turns every permit without an outcome into `unknown`, removes
    /// broadcasts whose planning was cut off. Does not send until start().
    Delivery(storage::Database& database, const Clock& clock, DeliveryOptions options);
    ~Delivery();
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;

    void start();
    /// Gives no more permits, waits for what is in flight (at most `milliseconds`), writes dirty
    /// chunks back.
    void stop(int milliseconds);

    /// There is new mail, or a broadcast changed: look now.
    void wake();

    /// A broadcast was created or resumed: load its chunks.
    void add_broadcast(BroadcastId broadcast_id);
    /// Stops giving permits to it, or goes on.
    void set_paused(BroadcastId broadcast_id, bool paused);

    /// Appends what the provider reports to the journal, in the transaction that acknowledges it;
    /// folds it after the commit. Returns how many statuses fitted a slot.
    std::int64_t record_statuses(storage::Transaction& tx,
                                 std::span<const Status> statuses);

    [[nodiscard]] Progress progress(BroadcastId broadcast_id) const;
    /// Mail as a whole.
    [[nodiscard]] Progress mail_progress() const;
    /// The slot of one piece of mail.
    [[nodiscard]] std::optional<Slot> mail_slot(std::uint32_t slot) const;
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
    [[nodiscard]] const AttemptIds& attempt_ids() const;

    /// Called about once a second while something moves, with the broadcasts that changed (0 for
    /// mail). For the screen.
    void on_progress(std::function<void(const std::vector<std::uint32_t>&)> callback);

    /// True when nothing is queued, busy or waiting to be journalled. For tests and graceful stops.
    [[nodiscard]] bool idle() const;

  private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace haat::messaging
