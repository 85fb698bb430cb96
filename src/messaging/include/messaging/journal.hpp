/// @file The journal: what happened to slots, appended as one row per group commit and shard. A row
/// is made durable before its effect leaves the process (a permit) or is acknowledged (a status).
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/slot.hpp"

namespace haat::messaging {

/// A slot's address: number of the broadcast and of the slot (chunk · 4,096 + place in the chunk).
/// Broadcast 0 is mail.
struct SlotId {
    std::uint32_t broadcast = 0;
    std::uint32_t slot = 0;
    friend auto operator<=>(const SlotId&, const SlotId&) = default;
};

/// One thing that happened to one slot: the state that the evidence alone would give it.
struct SlotEvent {
    SlotId id;
    Slot evidence;
};

/// 16 bytes an event; events without a tag about slots in a row are 16 bytes for all of them.
[[nodiscard]] std::string encode_events(std::span<const SlotEvent> events);
/// @throws storage::Failure if the bytes are not what encode_events writes.
[[nodiscard]] std::vector<SlotEvent> decode_events(std::string_view bytes);

}  // namespace haat::messaging
