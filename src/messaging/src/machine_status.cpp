/// What providers report afterwards. A status is journalled in the transaction that acknowledges
/// it. Our attempt id, echoed, names its slot; without one the slot is found by address and the
/// provider's message id; what fits none yet is kept, counted and looked at again, for the answer
/// that brings the message id may still be on its way.
#include <algorithm>
#include <array>

#include "machine.hpp"
#include "registry/people.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
/// Statuses of one commit: more wait for the next.
constexpr std::size_t kAbsorbedPerCommit = 20'000;

Slot evidence_of(const Status& status, std::uint8_t attempt) {
    Slot evidence{.state = status.state,
                  .attempt = attempt,
                  .reason = reason_index(status.channel, status.error_code),
                  .tag = status.message_id.empty() ? 0 : provider_tag(status.message_id)};
    evidence.failed = status.failed;
    return evidence;
}

/// Where in ascending chunks an ordinal has its slot.
std::optional<std::uint32_t> slot_of_ordinal(const Campaign& campaign, std::uint32_t ordinal) {
    for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
        const std::vector<std::uint32_t>& ordinals = campaign.chunks[c].ordinals;
        if (ordinals.empty() || ordinals.back() < ordinal) {
            continue;
        }
        const auto found = std::ranges::lower_bound(ordinals, ordinal);
        if (*found != ordinal) {
            return std::nullopt;
        }
        return c * kSlotsPerChunk + static_cast<std::uint32_t>(found - ordinals.begin());
    }
    return std::nullopt;
}

}  // namespace

/// Held: mutex_.
Delivery::Machine::Names Delivery::Machine::names_slot(SlotId id, std::uint32_t nonce) const {
    const Campaign* campaign = campaign_of(id.broadcast);
    if (campaign == nullptr) {
        return Names::kLater;
    }
    // Mail grows; of a broadcast it is known how many slots it has, whoever holds them. One that a
    // failover forgot had another nonce.
    const bool fits =
        campaign->is_mail() || (id.slot < campaign->slots && nonce == campaign->nonce);
    return fits ? Names::kSlot : Names::kNothing;
}

/// @param event  With its slot if the status named it.
void Delivery::Machine::keep_unmatched(storage::Transaction& tx, registry::Channel channel,
                                       AddressId address_id, std::uint32_t nonce,
                                       const SlotEvent& event) const {
    sql::unmatched_add(tx, {.new_status_id = tx.new_id(),
                            .channel = static_cast<std::int64_t>(channel),
                            .address_id = address_id,
                            .nonce = nonce,
                            .evidence = encode_events(std::span(&event, 1)),
                            .received_at = clock_.now(),
                            .try_at = {clock_.now().value + 1}});
}

std::optional<SlotId> Delivery::Machine::match(storage::Transaction& tx, registry::Channel channel,
                                               AddressId address_id, std::uint32_t nonce,
                                               const SlotEvent& event) const {
    if (event.id.broadcast == 0) {
        return match_by_address(tx, channel, address_id, event.evidence.tag);
    }
    const std::lock_guard lock(mutex_);
    return names_slot(event.id, nonce) == Names::kSlot ? std::optional(event.id) : std::nullopt;
}

/// What needs no record: whose slot an echoed attempt id names. Any thread.
Delivery::Machine::Told Delivery::Machine::read_statuses(std::span<Status> statuses) const {
    Told told;
    told.named.reserve(statuses.size());
    for (Status& status : statuses) {
        if (status.callback_data.empty()) {
            told.nameless.push_back(std::move(status));
        } else if (const auto attempt = attempt_ids_.read(status.callback_data)) {
            told.named.push_back({{attempt->id, evidence_of(status, attempt->attempt)},
                                  attempt->nonce,
                                  status.channel});
        } else {
            ++told.foreign;  // another system's message, or forged: it settles nothing of ours
        }
    }
    return told;
}

std::int64_t Delivery::Machine::record_statuses(storage::Transaction& tx,
                                                std::span<const Status> statuses) {
    std::vector<Status> copied(statuses.begin(), statuses.end());
    const std::array one{Absorbed{read_statuses(copied), {}}};
    return record(tx, one);
}

std::int64_t Delivery::Machine::record(storage::Transaction& tx,
                                       std::span<const Absorbed> absorbed) {
    std::vector<SlotEvent> events;
    std::vector<const Told::Named*> kept;  // their broadcast is not known here yet
    std::int64_t unmatched = 0;
    std::size_t named = 0;
    for (const Absorbed& part : absorbed) {
        named += part.told.named.size();
        unmatched += part.told.foreign;
    }
    events.reserve(named);
    {
        const std::lock_guard lock(mutex_);
        for (const Absorbed& part : absorbed) {
            for (const Told::Named& one : part.told.named) {
                switch (names_slot(one.event.id, one.nonce)) {
                    case Names::kSlot:
                        events.push_back(one.event);
                        break;
                    case Names::kNothing:
                        ++unmatched;
                        break;
                    case Names::kLater:
                        kept.push_back(&one);
                        break;
                }
            }
        }
    }
    for (const Absorbed& part : absorbed) {
        for (const Status& status : part.told.nameless) {
            if (const auto event = find_nameless(tx, status)) {
                events.push_back(*event);
            } else {
                ++unmatched;
            }
        }
    }
    for (const Told::Named* one : kept) {
        keep_unmatched(tx, one->channel, AddressId{}, one->nonce, one->event);
        ++unmatched;
    }
    const auto matched = static_cast<std::int64_t>(events.size());
    append(tx, std::move(events));
    tx.after_commit([this, matched, unmatched] {
        const std::lock_guard lock(mutex_);
        counts_.statuses += matched + unmatched;
        counts_.unmatched += unmatched;
    });
    return matched;
}

/// By address and message id; what fits no slot yet is kept, unless its number is nobody's we know.
std::optional<SlotEvent> Delivery::Machine::find_nameless(storage::Transaction& tx,
                                                          const Status& status) const {
    const auto address =
        registry::find_address(tx, system_viewer(), status.channel, status.recipient);
    if (!address) {
        return std::nullopt;
    }
    const Slot evidence = evidence_of(status, 1);
    if (const auto id = match_by_address(tx, status.channel, address->address_id, evidence.tag)) {
        return SlotEvent{*id, evidence};
    }
    keep_unmatched(tx, status.channel, address->address_id, 0, {{}, evidence});
    return std::nullopt;
}

/// Many requests wait for one commit: whoever finds none under way starts it, and takes along
/// everything that came meanwhile.
void Delivery::Machine::absorb_statuses(std::vector<Status> statuses,
                                        std::move_only_function<void(bool)> done) {
    Told told = read_statuses(statuses);
    {
        const std::lock_guard lock(absorb_mutex_);
        absorbing_.push_back({std::move(told), std::move(done)});
        if (std::exchange(absorb_is_queued_, true)) {
            return;
        }
    }
    queue_absorbed();
}

void Delivery::Machine::queue_absorbed() {
    auto taken = std::make_shared<std::vector<Absorbed>>();
    database_.write_soon(
        [this, taken](storage::Transaction& tx) {
            take_absorbed(*taken);
            (void)record(tx, *taken);
            return storage::Database::Keep::kYes;
        },
        [this, taken](std::exception_ptr error) {
            bool any_left = false;
            {
                const std::lock_guard lock(absorb_mutex_);
                any_left = !absorbing_.empty() && !std::exchange(absorb_is_queued_, true);
            }
            if (any_left) {  // more than one commit should hold
                queue_absorbed();
            }
            for (Absorbed& part : *taken) {
                part.done(error == nullptr);
            }
        });
}

/// Moves what waits into one transaction's hands; a repeated transaction keeps what it has.
void Delivery::Machine::take_absorbed(std::vector<Absorbed>& taken) {
    const std::lock_guard lock(absorb_mutex_);
    absorb_is_queued_ = false;
    std::size_t size = 0;
    for (const Absorbed& part : taken) {
        size += part.told.size();
    }
    while (!absorbing_.empty() && size < kAbsorbedPerCommit) {
        size += absorbing_.front().told.size();
        taken.push_back(std::move(absorbing_.front()));
        absorbing_.pop_front();
    }
}

std::optional<SlotId> Delivery::Machine::match_by_address(storage::Transaction& tx,
                                                          registry::Channel channel,
                                                          AddressId address_id,
                                                          std::uint32_t tag) const {
    std::vector<SlotId> candidates;
    for (const sql::MailSlotsOfRow& row : sql::mail_slots_of(tx, {.address_id = address_id})) {
        if (row.slot) {
            candidates.push_back({0, static_cast<std::uint32_t>(*row.slot)});
        }
    }
    const std::vector<registry::Person> people =
        registry::people_on_address(tx, system_viewer(), address_id);
    std::unique_lock lock(mutex_);
    for (const auto& [number, campaign] : campaigns_) {
        if (campaign.is_mail() || campaign.channel != channel) {
            continue;
        }
        for (const registry::Person& person : people) {
            if (const auto slot = slot_of_ordinal(campaign, person.ordinal)) {
                candidates.push_back({number, *slot});
            }
        }
    }
    std::optional<SlotId> open;
    int open_count = 0;
    for (const SlotId& id : candidates) {
        const Slot* slot = slot_of(id);
        if (slot == nullptr) {
            continue;
        }
        if (tag != 0 && slot->tag == tag) {
            return id;
        }
        if (slot->state == SlotState::kBusy || slot->state == SlotState::kUnknown) {
            open = id;
            ++open_count;
        }
    }
    // Without the message id only one that is surely meant: we must see every shard to say so, not
    // as one that slept while it was replaced, and know that no message to her was forgotten.
    bool is_sure = open_count == 1 && !options_.quarantine && !forgot_lately_ &&
                   std::ranges::all_of(shards_, [](const Shard& shard) {
                       return shard.hold == Shard::Hold::kOwned;
                   });
    lock.unlock();
    is_sure = is_sure && (options_.alone || still_held(tx).size() == kShards);
    return is_sure ? open : std::nullopt;
}

/// Statuses that fitted no slot: again after 1, 2, 4 … seconds, then daily, for eight days.
void Delivery::Machine::look_again_at_unmatched() {
    matched_at_ = clock_.monotonic_micros();
    const UnixSeconds now = clock_.now();
    const bool any = database_.read(
        [&](storage::Transaction& tx) { return !sql::unmatched_due(tx, {.now_at = now}).empty(); });
    if (!any) {
        return;
    }
    database_.write([&](storage::Transaction& tx) {
        std::vector<SlotEvent> events;
        std::vector<sql::UnmatchedDropParams> dropped;
        std::vector<sql::UnmatchedLaterParams> later;
        for (const sql::UnmatchedDueRow& row : sql::unmatched_due(tx, {.now_at = now})) {
            const SlotEvent event = decode_events(row.evidence).at(0);
            if (const auto id =
                    match(tx, static_cast<registry::Channel>(row.channel), row.address_id,
                          static_cast<std::uint32_t>(row.nonce), event)) {
                events.push_back({*id, event.evidence});
                dropped.push_back({.status_id = row.status_id});
                continue;
            }
            const std::int64_t age = now.value - row.received_at.value;
            const std::int64_t wait = age > 8 * kDaySeconds
                                          ? 1'000 * kDaySeconds
                                          : std::clamp<std::int64_t>(age, 1, kDaySeconds);
            later.push_back({.try_at = {now.value + wait}, .status_id = row.status_id});
        }
        sql::unmatched_drop(tx, dropped);
        sql::unmatched_later(tx, later);
        append(tx, std::move(events));
    });
}

}  // namespace haat::messaging
