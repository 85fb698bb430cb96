#include "whole_delivery.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "messaging/channel.hpp"
#include "planned.hpp"
#include "whole_book.hpp"

namespace haat::flows {
namespace {

using messaging::Slot;
using messaging::SlotState;

/// How far she got; the numbers are compared only.
enum class Reach : std::uint8_t { kNot, kWaits, kUnknown, kBusy, kAccepted, kDelivered };

Reach reach_of(const Slot& slot) {
    const SlotState state = person_state(slot);
    if (state >= SlotState::kDelivered) {
        return Reach::kDelivered;
    }
    if (state >= SlotState::kAccepted) {
        return Reach::kAccepted;
    }
    switch (state) {
        case SlotState::kBusy:
            return Reach::kBusy;
        case SlotState::kUnknown:
            return Reach::kUnknown;
        case SlotState::kQueued:
        case SlotState::kRetry:
            return Reach::kWaits;
        default:
            return Reach::kNot;
    }
}

/// The next channel's turn comes after it.
bool hands_on(const Slot& slot) {
    const SlotState state = person_state(slot);
    return state == SlotState::kRejected || state == SlotState::kNoAddress ||
           state == SlotState::kExpired;
}

/// Of two that reached nobody, which one says more about why.
int says(const Slot& slot) {
    using enum SlotState;
    constexpr std::array kFromLeast{kSpared,    kNoAddress, kExpired,   kRejected,
                                    kCancelled, kCapped,    kSuppressed};
    return static_cast<int>(std::ranges::find(kFromLeast, person_state(slot)) - kFromLeast.begin());
}

using ReasonCounts = std::map<std::pair<registry::Channel, int>, std::int64_t>;

std::vector<DeliveryReason> most_frequent(const ReasonCounts& counts) {
    std::vector<DeliveryReason> reasons;
    for (const auto& [reason, count] : counts) {
        reasons.push_back({.channel = reason.first, .code = reason.second, .count = count});
    }
    std::ranges::sort(reasons, std::ranges::greater(), &DeliveryReason::count);
    constexpr std::size_t kMost = 50;
    reasons.resize(std::min(reasons.size(), kMost));
    return reasons;
}

/// Adds up chunk by chunk.
class Sums {
 public:
    explicit Sums(const std::vector<Leg>& legs) : legs_(legs), reasons_(legs.size()) {}

    void add(std::span<const std::uint32_t> ordinals, std::span<const std::vector<Slot>> legs) {
        std::vector<Slot> hers(legs.size());
        for (std::size_t i = 0; i < ordinals.size(); ++i) {
            for (std::size_t leg = 0; leg < legs.size(); ++leg) {
                hers[leg] = legs[leg][i];
                note_reason(leg, hers[leg]);
            }
            add_person(hers);
        }
    }

    [[nodiscard]] WholeDelivery take() && {
        WholeDelivery whole{.people = people_, .causes = causes_};
        whole.reasons = most_frequent(reasons_of_people_);
        for (std::size_t i = 0; i < legs_.size(); ++i) {
            whole.legs.push_back({.broadcast_id = legs_[i].broadcast_id,
                                  .channel = legs_[i].channel,
                                  .progress = legs_[i].progress,
                                  .reasons = most_frequent(reasons_[i])});
        }
        return whole;
    }

 private:
    void note_reason(std::size_t leg, const Slot& slot) {
        if (person_state(slot) == SlotState::kRejected) {
            ++reasons_[leg][reason_of(leg, slot)];
        }
    }
    [[nodiscard]] std::pair<registry::Channel, int> reason_of(std::size_t leg,
                                                              const Slot& slot) const {
        const registry::Channel channel = legs_[leg].channel;
        return {channel, messaging::code_of_reason(channel, slot.reason)};
    }
    void add_person(std::span<const Slot> hers) {
        const PersonSlot person = person_slot(hers);
        const SlotState state = person_state(person.slot);
        ++people_.by_state[static_cast<std::size_t>(state)];
        people_.recipients += state == SlotState::kShared ? 0 : 1;
        people_.failed += person.slot.failed ? 1 : 0;
        people_.twice += person.slot.twice ? 1 : 0;
        people_.repeated += person.slot.doubted ? 1 : 0;
        if (state == SlotState::kRejected) {
            ++reasons_of_people_[reason_of(person.leg, person.slot)];
        } else if (state == SlotState::kUnknown) {
            const int cause = messaging::is_cause(person.slot.reason)
                                  ? person.slot.reason - messaging::kFirstCause
                                  : messaging::kUnknownCauses;
            ++causes_[static_cast<std::size_t>(cause)];
        }
    }

    const std::vector<Leg>& legs_;
    messaging::Progress people_;
    ReasonCounts reasons_of_people_;
    std::vector<ReasonCounts> reasons_;
    UnknownCauses causes_{};
};

}  // namespace

std::vector<BroadcastId> ids_of(const std::vector<Leg>& legs) {
    std::vector<BroadcastId> ids;
    for (const Leg& leg : legs) {
        ids.push_back(leg.broadcast_id);
    }
    return ids;
}

messaging::SlotState person_state(const Slot& slot) {
    const SlotState state = messaging::known_state(slot);
    const bool failed =
        slot.failed && messaging::is_accepted(state) && state < SlotState::kDelivered;
    return failed ? SlotState::kRejected : state;
}

PersonSlot person_slot(std::span<const Slot> legs) {
    PersonSlot best{.slot = legs.front(), .leg = 0};
    bool handed_on = hands_on(legs.front());
    for (std::size_t i = 1; i < legs.size() && legs.front().state != SlotState::kShared; ++i) {
        const Reach reach = reach_of(legs[i]);
        const Reach so_far = reach_of(best.slot);
        const bool further = reach > so_far && (reach != Reach::kWaits || handed_on);
        const bool says_more = reach == Reach::kNot && so_far == Reach::kNot && handed_on &&
                               says(legs[i]) >= says(best.slot);
        if (further || says_more) {
            best = {.slot = legs[i], .leg = i};
        }
        handed_on = handed_on && hands_on(legs[i]);
    }
    return best;
}

WholeDelivery read_whole_delivery(MessagingContext& context, storage::Transaction& tx,
                                  const messaging::Broadcast& broadcast) {
    const std::vector<Leg> legs = legs_of(context, tx, broadcast.broadcast_id);
    std::vector<messaging::Progress> counted;
    for (const Leg& leg : legs) {
        counted.push_back(leg.progress);
    }
    const std::int64_t asked = context.flows.clock.monotonic_micros();
    WholeDelivery whole;
    if (auto known = context.wholes->find(broadcast.broadcast_id, counted, asked)) {
        whole = std::move(*known);
    } else {
        Sums sums(legs);
        context.delivery.each_person(
            tx, ids_of(legs), 0, UINT32_MAX,
            [&](std::uint32_t, std::span<const std::uint32_t> ordinals,
                std::span<const std::vector<Slot>> slots) { sums.add(ordinals, slots); });
        whole = std::move(sums).take();
        const std::int64_t done = context.flows.clock.monotonic_micros();
        context.wholes->keep(broadcast.broadcast_id, std::move(counted), whole, done, done - asked);
    }
    const UnixSeconds now = context.flows.clock.now();
    std::int64_t centipaise = 0;
    for (LegDelivery& leg : whole.legs) {
        const std::int64_t of_leg =
            leg.progress.accepted() *
            message_centipaise(tx, leg.channel, broadcast.what.purpose, now);
        leg.cost = {(of_leg + 50) / 100};
        centipaise += of_leg;
    }
    whole.cost = {(centipaise + 50) / 100};
    return whole;
}

ReachedOrdinals read_reached(MessagingContext& context, storage::Transaction& tx,
                             BroadcastId broadcast_id) {
    ReachedOrdinals reached;
    std::vector<Slot> hers;
    context.delivery.each_person(tx, ids_of(legs_of(context, tx, broadcast_id)), 0, UINT32_MAX,
                                 [&](std::uint32_t, std::span<const std::uint32_t> ordinals,
                                     std::span<const std::vector<Slot>> legs) {
                                     hers.resize(legs.size());
                                     for (std::size_t i = 0; i < ordinals.size(); ++i) {
                                         for (std::size_t leg = 0; leg < legs.size(); ++leg) {
                                             hers[leg] = legs[leg][i];
                                         }
                                         const SlotState state =
                                             person_state(person_slot(hers).slot);
                                         reached.all.push_back(ordinals[i]);
                                         if (state >= SlotState::kAccepted) {
                                             reached.accepted.push_back(ordinals[i]);
                                         }
                                         if (state >= SlotState::kDelivered) {
                                             reached.delivered.push_back(ordinals[i]);
                                         }
                                         if (state >= SlotState::kRead) {
                                             reached.read.push_back(ordinals[i]);
                                         }
                                     }
                                 });
    return reached;
}

std::shared_ptr<WholeBook> make_whole_book() { return std::make_shared<WholeBook>(); }

std::optional<WholeDelivery> WholeBook::find(BroadcastId broadcast_id,
                                             const std::vector<messaging::Progress>& legs,
                                             std::int64_t monotonic_micros) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(broadcast_id);
    if (found == kept_.end()) {
        return std::nullopt;
    }
    const Kept& kept = found->second;
    constexpr std::int64_t kTimesItsCost = 20;
    const bool fresh = monotonic_micros - kept.at_micros < kept.cost_micros * kTimesItsCost;
    return fresh || kept.legs == legs ? std::optional(kept.whole) : std::nullopt;
}

void WholeBook::keep(BroadcastId broadcast_id, std::vector<messaging::Progress> legs,
                     const WholeDelivery& whole, std::int64_t at_micros, std::int64_t cost_micros) {
    const std::lock_guard lock(mutex_);
    kept_.insert_or_assign(broadcast_id, Kept{.legs = std::move(legs),
                                              .whole = whole,
                                              .at_micros = at_micros,
                                              .cost_micros = cost_micros});
    constexpr std::size_t kMost = 256;
    if (kept_.size() > kMost) {
        kept_.erase(kept_.begin());
    }
}

}  // namespace haat::flows
