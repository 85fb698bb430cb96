#include "messaging/delivery.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "machine.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {

Delivery::Machine::Machine(storage::Database& database, const Clock& clock, DeliveryOptions options,
                           std::unique_ptr<Transport> transport)
    : database_(database),
      clock_(clock),
      options_(std::move(options)),
      attempt_ids_(options_.attempt_key),
      transport_(std::move(transport)),
      forms_(options_),
      owner_(database.new_id()),
      writer_(owner_) {
    for (const std::string& id : options_.phone_number_ids) {
        senders_.emplace_back(registry::Channel::kWhatsapp, id, options_.rate_per_number);
        forms_.add_number(id);
    }
    if (!options_.sms.base_url.empty()) {
        senders_.emplace_back(registry::Channel::kSms, options_.sms.header, options_.sms_rate);
    }
    if (!options_.telegram.bot_token.empty()) {
        senders_.emplace_back(registry::Channel::kTelegram, options_.telegram.bot_name,
                              options_.telegram_rate);
    }
    if (!options_.voice.base_url.empty()) {
        senders_.emplace_back(registry::Channel::kVoice, options_.voice.caller_id,
                              options_.voice_rate);
    }
    campaigns_[0].number = 0;
    if (options_.alone) {
        begin();  // pages read from it even if it never sends
    }
}

/// Without stop() a machine that was only stepped ends like a process that was killed.
Delivery::Machine::~Machine() { end(0, sender_.joinable()); }

void Delivery::Machine::start() {
    HAAT_ASSERT(!sender_.joinable());
    sender_ = std::thread([this] { run(); });
}

void Delivery::Machine::follow() {
    if (!options_.alone) {
        follows_only_ = true;
        start();
    }
}

void Delivery::Machine::stop(int milliseconds) { end(milliseconds, true); }

void Delivery::Machine::end(int milliseconds, bool writes_back) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopped_, true)) {
            return;
        }
        stopping_ = true;
    }
    work_.notify_all();
    if (sender_.joinable()) {
        sender_.join();
    }
    transport_->stop(milliseconds);  // every callback has run: the last outcomes are in
    if (!writes_back || !has_begun_) {
        return;
    }
    try {
        database_.write([this](storage::Transaction& tx) { (void)append(tx, outcomes_); });
        outcomes_.clear();
        flush();
        give_back(owned());
    } catch (const std::exception& error) {
        // The next start finds these permits without an outcome and says `unknown`.
        log_error("delivery.stop_failed", {{"why", error.what()}});
    }
}

void Delivery::Machine::wake() {
    {
        const std::lock_guard lock(mutex_);
        ++mail_asked_;
        woken_ = true;
    }
    work_.notify_one();
}

void Delivery::Machine::broadcast_changed(BroadcastId /*broadcast_id*/) {
    bool runs = false;
    {
        const std::lock_guard lock(mutex_);
        ++refresh_asked_;
        woken_ = true;
        runs = sender_.joinable() && !stopped_;
    }
    work_.notify_one();
    if (!runs) {
        refresh_campaigns();
    }
}

Progress Delivery::Machine::progress(std::uint32_t number) const {
    Progress progress;
    std::set<int> mine;
    {
        const std::lock_guard lock(mutex_);
        if (const Campaign* campaign = campaign_of(number)) {
            progress = campaign->progress;
        }
        for (int s = 0; s < kShards; ++s) {
            if (shards_[static_cast<std::size_t>(s)].hold == Shard::Hold::kOwned) {
                mine.insert(s);
            }
        }
    }
    if (mine.size() == kShards || options_.alone) {
        return progress;
    }
    database_.read([&](storage::Transaction& tx) {
        for (const sql::TotalListRow& row :
             sql::total_list(tx, {.broadcast_id = BroadcastId{number}})) {
            if (!mine.contains(static_cast<int>(row.shard))) {
                progress.add(decode_progress(row.counts));
            }
        }
    });
    return progress;
}

std::optional<Slot> Delivery::Machine::slot(SlotId id) const {
    const std::lock_guard lock(mutex_);
    const Slot* slot = slot_of(id);
    return slot == nullptr ? std::nullopt : std::optional(*slot);
}

void Delivery::Machine::each_chunk(
    std::uint32_t number,
    const std::function<void(std::uint32_t, std::span<const std::uint32_t>,
                             std::span<const Slot>)>& each) const {
    std::size_t count = 0;
    {
        const std::lock_guard lock(mutex_);
        const Campaign* campaign = campaign_of(number);
        count = campaign == nullptr ? 0 : campaign->chunks.size();
    }
    for (std::size_t c = 0; c < count; ++c) {
        std::vector<std::uint32_t> ordinals;
        std::vector<Slot> slots;
        bool is_ours = false;
        {
            const std::lock_guard lock(mutex_);
            const Campaign& campaign = campaigns_.at(number);
            const auto chunk_no = static_cast<std::uint32_t>(c);
            is_ours = shards_[static_cast<std::size_t>(shard_of(campaign.root, chunk_no))].hold ==
                      Shard::Hold::kOwned;
            if (is_ours) {
                ordinals = campaign.chunks[c].ordinals;
                slots = campaign.chunks[c].slots;
            }
        }
        if (!is_ours) {
            database_.read([&](storage::Transaction& tx) {
                if (const auto row = sql::chunk_find(
                        tx, {.broadcast_id = BroadcastId{number},
                             .chunk_no = static_cast<std::int64_t>(c)})) {
                    ordinals = decode_ordinals(row->ordinals);
                    slots = decode_slots(row->slots);
                }
            });
        }
        each(static_cast<std::uint32_t>(c * kSlotsPerChunk), ordinals, slots);
    }
}

std::vector<std::uint32_t> Delivery::Machine::ordinals_at_least(std::uint32_t number,
                                                                SlotState state) const {
    std::vector<std::uint32_t> found;
    each_chunk(number, [&](std::uint32_t, std::span<const std::uint32_t> ordinals,
                           std::span<const Slot> slots) {
        for (std::size_t i = 0; i < ordinals.size(); ++i) {
            if (slots[i].state >= state) {
                found.push_back(ordinals[i]);
            }
        }
    });
    return found;
}

std::int64_t Delivery::Machine::count_recipients(std::uint32_t number,
                                                 std::span<const std::uint32_t> ordinals) const {
    std::int64_t count = 0;
    if (ordinals.empty()) {
        return count;
    }
    each_chunk(number, [&](std::uint32_t, std::span<const std::uint32_t> chunk,
                           std::span<const Slot>) {
        if (chunk.empty()) {
            return;
        }
        for (auto at = std::ranges::lower_bound(ordinals, chunk.front());
             at != ordinals.end() && *at <= chunk.back(); ++at) {
            count += std::ranges::binary_search(chunk, *at) ? 1 : 0;
        }
    });
    return count;
}

std::vector<std::pair<int, std::int64_t>> Delivery::Machine::reasons(std::uint32_t number) const {
    std::map<std::uint16_t, std::int64_t> by_reason;
    registry::Channel channel = registry::Channel::kWhatsapp;
    {
        const std::lock_guard lock(mutex_);
        const Campaign* campaign = campaign_of(number);
        channel = campaign == nullptr ? channel : campaign->channel;
    }
    each_chunk(number, [&](std::uint32_t, std::span<const std::uint32_t>,
                           std::span<const Slot> slots) {
        for (const Slot& slot : slots) {
            if (slot.reason != 0 && !is_cause(slot.reason)) {
                ++by_reason[slot.reason];
            }
        }
    });
    std::vector<std::pair<int, std::int64_t>> reasons;
    for (const auto& [reason, count] : by_reason) {
        reasons.emplace_back(code_of_reason(channel, reason), count);
    }
    std::ranges::sort(reasons, [](const auto& a, const auto& b) { return a.second > b.second; });
    return reasons;
}

std::vector<SenderState> Delivery::Machine::senders() const {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = clock_.monotonic_micros();
    std::vector<SenderState> states;
    for (const SenderNumber& sender : senders_) {
        states.push_back({.channel = sender.channel(),
                          .name = sender.name(),
                          .in_flight = sender.in_flight(),
                          .window = sender.window(),
                          .share = sender.share(),
                          .is_resting = sender.is_resting(now),
                          .is_stopped = sender.is_stopped(),
                          .last_error = sender.last_error(),
                          .permitted = sender.permitted(),
                          .ended = sender.ended(),
                          .accepted = sender.accepted(),
                          .refused = sender.refused()});
    }
    return states;
}

void Delivery::Machine::set_sender_stopped(registry::Channel channel, std::string_view name,
                                           bool stopped) {
    {
        const std::lock_guard lock(mutex_);
        bool any = false;
        for (SenderNumber& sender : senders_) {
            if (sender.channel() == channel && sender.name() == name) {
                sender.set_stopped(stopped);
            }
            any = any || sender.is_stopped();
        }
        counts_.channel_stopped = counts_.channel_stopped && any;
        woken_ = true;
    }
    work_.notify_one();
}

void Delivery::Machine::on_event(std::function<void(const DeliveryEvent&)> callback) {
    const std::lock_guard lock(mutex_);
    on_event_ = std::move(callback);
}

DeliveryCounts Delivery::Machine::counts() const {
    const std::lock_guard lock(mutex_);
    DeliveryCounts counts = counts_;
    for (const SenderNumber& sender : senders_) {
        counts.window = std::max(counts.window, sender.window());
    }
    for (const Shard& shard : shards_) {
        counts.shards += shard.hold == Shard::Hold::kOwned ? 1 : 0;
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
    const auto waits = [](const auto& entry) {
        const Campaign& campaign = entry.second;
        return !campaign.is_mail() && !campaign.paused && !campaign.done && !campaign.is_settled();
    };
    const Progress& mail = campaigns_.at(0).progress;
    const bool mail_waits =
        shards_[0].hold == Shard::Hold::kOwned && mail_asked_ != mail_done_;  // else another's
    return has_begun_ && !mail_waits && refresh_asked_ == refresh_done_ && outcomes_.empty() &&
           counts_.in_flight == 0 && mail.of(SlotState::kRetry) == 0 &&
           std::ranges::none_of(campaigns_, waits);
}

Delivery::Delivery(storage::Database& database, const Clock& clock, DeliveryOptions options,
                   std::unique_ptr<Transport> transport)
    : machine_(std::make_unique<Machine>(database, clock, std::move(options),
                                         std::move(transport))) {}
Delivery::~Delivery() = default;

void Delivery::start() { machine_->start(); }
void Delivery::follow() { machine_->follow(); }
void Delivery::stop(int milliseconds) { machine_->stop(milliseconds); }
void Delivery::wake() { machine_->wake(); }
std::int64_t Delivery::step() { return machine_->step(); }
void Delivery::broadcast_changed(BroadcastId broadcast_id) {
    machine_->broadcast_changed(broadcast_id);
}
std::int64_t Delivery::record_statuses(storage::Transaction& tx,
                                       std::span<const Status> statuses) {
    return machine_->record_statuses(tx, statuses);
}
void Delivery::absorb_statuses(std::vector<Status> statuses,
                               std::move_only_function<void(bool)> done) {
    machine_->absorb_statuses(std::move(statuses), std::move(done));
}
void Delivery::each_chunk(BroadcastId broadcast_id,
                          const std::function<void(std::uint32_t, std::span<const std::uint32_t>,
                                                   std::span<const Slot>)>& each) const {
    machine_->each_chunk(static_cast<std::uint32_t>(broadcast_id.value), each);
}
std::uint32_t Delivery::each_person(storage::Transaction& tx, std::span<const BroadcastId> legs,
                                    std::uint32_t first, std::uint32_t end,
                                    const EachPerson& each) const {
    return machine_->each_person(tx, legs, first, end, each);
}
std::vector<SenderState> Delivery::senders() const { return machine_->senders(); }
void Delivery::set_sender_stopped(registry::Channel channel, std::string_view name, bool stopped) {
    machine_->set_sender_stopped(channel, name, stopped);
}
void Delivery::on_event(std::function<void(const DeliveryEvent&)> callback) {
    machine_->on_event(std::move(callback));
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
