/// @file Small helpers around CRoaring for the audience index.
#pragma once

#include <cstdint>
#include <limits>
#include <roaring/roaring.hh>

namespace haat::registry {

using Bitmap = ::Roaring;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

inline void shrink(Bitmap& bitmap) {
    bitmap.runOptimize();
    bitmap.shrinkToFit();
}

[[nodiscard]] inline std::size_t bytes_of(const Bitmap& bitmap) {
    return bitmap.getSizeInBytes() + 64;
}

/// First and last ordinal, both inclusive.
struct OrdinalRun {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

inline void add_run(Bitmap& bitmap, OrdinalRun run) {
    ::roaring_bitmap_add_range_closed(&bitmap.roaring, run.first, run.last);
}

inline void remove_run(Bitmap& bitmap, OrdinalRun run) {
    ::roaring_bitmap_remove_range_closed(&bitmap.roaring, run.first, run.last);
}

}  // namespace haat::registry
