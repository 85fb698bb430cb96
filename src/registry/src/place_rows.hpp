/// @file Between rows of the place table and Place.
#pragma once

#include "base/assert.hpp"
#include "registry/places.hpp"

namespace haat::registry {

template <typename Row>
[[nodiscard]] Place place_from(const Row& row) {
    const std::optional<PlaceKind> kind = place_kind_from_name(row.kind);
    HAAT_ASSERT(kind.has_value());
    return {
        .place_id = row.place_id,
        .kind = *kind,
        .code = row.code,
        .name_en = row.name_en,
        .name_hi = row.name_hi,
        .aliases = row.aliases,
        .parent_id = row.parent_place_id,
        .district_id = row.district_place_id,
        .block_id = row.block_place_id,
        .lat_micro = row.lat_micro.value_or(0),
        .lon_micro = row.lon_micro.value_or(0),
        .has_point = row.lat_micro.has_value(),
        .has_own_point = row.point_from == "own",
        .numbers = {row.number_first, row.number_last},
    };
}

/// Depth-first numbers, made of codes so that a new block moves no other: division << 40,
/// district code << 28, block code << 12, then a count inside the block.
inline constexpr int kDivisionShift = 40;
inline constexpr int kDistrictShift = 28;
inline constexpr int kBlockShift = 12;
inline constexpr std::int64_t kMaxDistrictCode = (1 << (kDivisionShift - kDistrictShift)) - 1;
inline constexpr std::int64_t kMaxBlockCode = (1 << (kDistrictShift - kBlockShift)) - 1;
inline constexpr std::int64_t kNumbersPerBlock = std::int64_t{1} << kBlockShift;

/// Adds places above villages, or panchayats; mends what is there.
void put_place(storage::Transaction& tx, const Place& place);

/// Adds every name under which these places are found.
void put_names(storage::Transaction& tx, const std::vector<Place>& places);

/// Numbers a block's panchayats and villages anew where they are not right yet.
/// @return registry.block_full if there are more than 4,095.
[[nodiscard]] Result<void> renumber_block(storage::Transaction& tx, const Place& block);

}  // namespace haat::registry
