/// @file A broadcast and its fallbacks as one: what became of each person over all channels, nobody
/// counted twice, and each channel beside it. Private.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "flows/messaging_context.hpp"
#include "flows/read_delivery.hpp"
#include "messaging/slot.hpp"

namespace haat::flows {

/// Her slots on each channel, in the order in which they are tried, as one: the one that got
/// furthest; a channel that waits counts only once the one before has failed.
struct PersonSlot {
    messaging::Slot slot;
    std::size_t leg = 0;  ///< Whose slot it is.
};
[[nodiscard]] PersonSlot person_slot(std::span<const messaging::Slot> legs);

/// As known_state, and what a provider took and then reported as failed is rejected.
[[nodiscard]] messaging::SlotState person_state(const messaging::Slot& slot);

}  // namespace haat::flows
