/// @file Chunks belong to shards, and a shard to one process at a time: that is how several
/// processes deliver without ever permitting one slot twice.
#pragma once

#include <cstdint>

namespace haat::messaging {

inline constexpr int kShards = 16;

/// The shard of a chunk. A fallback lies in the shards of the broadcast that it follows (`root`),
/// so that who decides about it sees both. Mail (root 0) is one shard's.
[[nodiscard]] constexpr int shard_of(std::uint32_t root, std::uint32_t chunk_no) {
    return root == 0 ? 0 : static_cast<int>((root + chunk_no) % kShards);
}

}  // namespace haat::messaging
