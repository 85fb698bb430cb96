/// @file 4,096 slots that are stored together. Recipients are ordinals in ascending order, so a
/// chunk names them in about 1.3 bytes each and its slots in about 3 when all is settled.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messaging/slot.hpp"

namespace haat::messaging {

inline constexpr std::uint32_t kSlotsPerChunk = 4096;

struct Chunk {
    std::vector<std::uint32_t> ordinals;  ///< Ascending; empty for mail.
    std::vector<Slot> slots;              ///< As many as ordinals; for mail as many as were given.
    bool dirty = false;                   ///< Differs from what is stored.

    /// Takes evidence in; returns true if the slot changed. Grows a mail chunk.
    bool fold(std::uint32_t place, const Slot& evidence);
};

/// Deltas as variable-length integers.
[[nodiscard]] std::string encode_ordinals(std::span<const std::uint32_t> ordinals);
[[nodiscard]] std::vector<std::uint32_t> decode_ordinals(std::string_view bytes);

/// Columns (state, attempt, flags, reason, tag), each run-length coded if that is shorter.
[[nodiscard]] std::string encode_slots(std::span<const Slot> slots);
[[nodiscard]] std::vector<Slot> decode_slots(std::string_view bytes);

}  // namespace haat::messaging
