#include "messaging/delivery.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "machine.hpp"

namespace haat::messaging {

Delivery::Machine::Machine(storage::Database& database, const Clock& clock, DeliveryOptions options)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      attempt_ids_(options_.attempt_key) {
    HAAT_ASSERT(!options_.phone_number_ids.empty());
    for (const std::string& id : options_.phone_number_ids) {
        senders_.emplace_back(id, options_.rate_per_number);
    }
    load();
    net::ClientOptions client = options_.client;
    client.base_url = options_.base_url;
    client_ = std::make_unique<net::Client>(client);
}

Delivery::Machine::~Machine() { stop(0); }

void Delivery::Machine::start() {
    HAAT_ASSERT(!sender_.joinable());
    sender_ = std::thread([this] { run(); });
}

void Delivery::Machine::stop(int milliseconds) {
    if (!sender_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    sender_.join();
    client_->stop(milliseconds);  // every callback has run: the last outcomes are in
    try {
        database_.write([this](storage::Transaction& tx) {
            const std::lock_guard lock(mutex_);
            (void)append(tx, outcomes_);
        });
        outcomes_.clear();
        flush();
    } catch (const std::exception& error) {
        // The next start finds these permits without an outcome and says `unknown`.
        log_error("delivery.stop_failed", {{"why", error.what()}});
    }
}

void Delivery::Machine::wake() {
    {
        const std::lock_guard lock(mutex_);
        mail_waiting_ = true;
        mail_waiting_again_ = true;
    }
    work_.notify_one();
}

void Delivery::Machine::add_broadcast(BroadcastId broadcast_id) {
    database_.read([&](storage::Transaction& tx) {
        const std::lock_guard lock(mutex_);
        load_campaigns(tx);
        if (Campaign* campaign = campaign_of(static_cast<std::uint32_t>(broadcast_id.value))) {
            campaign->changed = true;
        }
    });
    work_.notify_one();
}

void Delivery::Machine::set_paused(BroadcastId broadcast_id, bool paused) {
    {
        const std::lock_guard lock(mutex_);
        if (Campaign* campaign = campaign_of(static_cast<std::uint32_t>(broadcast_id.value))) {
            campaign->paused = paused;
            campaign->changed = true;
        }
    }
    work_.notify_one();
}

Progress Delivery::Machine::progress(std::uint32_t number) const {
    const std::lock_guard lock(mutex_);
    const Campaign* campaign = campaign_of(number);
    return campaign == nullptr ? Progress{} : campaign->progress;
}

std::optional<Slot> Delivery::Machine::slot(SlotId id) const {
    const std::lock_guard lock(mutex_);
    const Slot* slot = slot_of(id);
    return slot == nullptr ? std::nullopt : std::optional(*slot);
}

std::vector<std::uint32_t> Delivery::Machine::ordinals_at_least(std::uint32_t number,
                                                                SlotState state) const {
    std::vector<std::uint32_t> ordinals;
    const std::lock_guard lock(mutex_);
    const Campaign* campaign = campaign_of(number);
    if (campaign == nullptr) {
        return ordinals;
    }
    for (const Chunk& chunk : campaign->chunks) {
        for (std::size_t i = 0; i < chunk.ordinals.size(); ++i) {
            if (chunk.slots[i].state >= state) {
                ordinals.push_back(chunk.ordinals[i]);
            }
        }
    }
    return ordinals;
}

std::int64_t Delivery::Machine::count_recipients(std::uint32_t number,
                                                 std::span<const std::uint32_t> ordinals) const {
    const std::lock_guard lock(mutex_);
    const Campaign* campaign = campaign_of(number);
    if (campaign == nullptr) {
        return 0;
    }
    return std::ranges::count_if(ordinals, [&](std::uint32_t ordinal) {
        return std::ranges::any_of(campaign->chunks, [&](const Chunk& chunk) {
            return !chunk.ordinals.empty() && chunk.ordinals.front() <= ordinal &&
                   ordinal <= chunk.ordinals.back() &&
                   std::ranges::binary_search(chunk.ordinals, ordinal);
        });
    });
}

std::vector<std::pair<int, std::int64_t>> Delivery::Machine::reasons(std::uint32_t number) const {
    std::map<std::uint16_t, std::int64_t> by_reason;
    {
        const std::lock_guard lock(mutex_);
        if (const Campaign* campaign = campaign_of(number)) {
            for (const Chunk& chunk : campaign->chunks) {
                for (const Slot& slot : chunk.slots) {
                    if (slot.reason != 0) {
                        ++by_reason[slot.reason];
                    }
                }
            }
        }
    }
    std::vector<std::pair<int, std::int64_t>> reasons;
    for (const auto& [reason, count] : by_reason) {
        reasons.emplace_back(whatsapp::code_of_reason(reason), count);
    }
    std::ranges::sort(reasons, [](const auto& a, const auto& b) { return a.second > b.second; });
    return reasons;
}

DeliveryCounts Delivery::Machine::counts() const {
    const std::lock_guard lock(mutex_);
    DeliveryCounts counts = counts_;
    for (const SenderNumber& sender : senders_) {
        counts.window = std::max(counts.window, sender.window());
    }
    return counts;
}

void Delivery::Machine::on_progress(
    std::function<void(const std::vector<std::uint32_t>&)> callback) {
    const std::lock_guard lock(mutex_);
    on_progress_ = std::move(callback);
}

bool Delivery::Machine::idle() const {
    const std::lock_guard lock(mutex_);
    return !mail_waiting_ && outcomes_.empty() && counts_.in_flight == 0 && retries_.empty() &&
           !has_work();
}

Delivery::Delivery(storage::Database& database, const Clock& clock, DeliveryOptions options)
    : machine_(std::make_unique<Machine>(database, clock, std::move(options))) {}
Delivery::~Delivery() = default;

void Delivery::start() { machine_->start(); }
void Delivery::stop(int milliseconds) { machine_->stop(milliseconds); }
void Delivery::wake() { machine_->wake(); }
void Delivery::add_broadcast(BroadcastId broadcast_id) { machine_->add_broadcast(broadcast_id); }
void Delivery::set_paused(BroadcastId broadcast_id, bool paused) {
    machine_->set_paused(broadcast_id, paused);
}
std::int64_t Delivery::record_statuses(storage::Transaction& tx,
                                       std::span<const Status> statuses) {
    return machine_->record_statuses(tx, statuses);
}
Progress Delivery::progress(BroadcastId broadcast_id) const {
    return machine_->progress(static_cast<std::uint32_t>(broadcast_id.value));
}
Progress Delivery::mail_progress() const { return machine_->progress(0); }
std::optional<Slot> Delivery::mail_slot(std::uint32_t slot) const {
    return machine_->slot({0, slot});
}
std::vector<std::uint32_t> Delivery::ordinals_at_least(BroadcastId broadcast_id,
                                                       SlotState state) const {
    return machine_->ordinals_at_least(static_cast<std::uint32_t>(broadcast_id.value), state);
}
std::int64_t Delivery::count_recipients(BroadcastId broadcast_id,
                                        std::span<const std::uint32_t> ordinals) const {
    return machine_->count_recipients(static_cast<std::uint32_t>(broadcast_id.value), ordinals);
}
std::vector<std::pair<int, std::int64_t>> Delivery::reasons(BroadcastId broadcast_id) const {
    return machine_->reasons(static_cast<std::uint32_t>(broadcast_id.value));
}
DeliveryCounts Delivery::counts() const { return machine_->counts(); }
const AttemptIds& Delivery::attempt_ids() const { return machine_->attempt_ids(); }
void Delivery::on_progress(std::function<void(const std::vector<std::uint32_t>&)> callback) {
    machine_->on_progress(std::move(callback));
}
bool Delivery::idle() const { return machine_->idle(); }

}  // namespace haat::messaging
