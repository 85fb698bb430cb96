/// @file Broadcasts with their fallbacks as last counted, so that many open pages cost one count.
/// In memory only. Private.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "flows/read_delivery.hpp"

namespace haat::flows {

/// Safe from any thread.
class WholeBook {
 public:
    /// What was kept, if the channels still count the same, or it was kept less than twenty times
    /// its cost ago.
    [[nodiscard]] std::optional<WholeDelivery> find(BroadcastId broadcast_id,
                                                    const std::vector<messaging::Progress>& legs,
                                                    std::int64_t monotonic_micros);
    void keep(BroadcastId broadcast_id, std::vector<messaging::Progress> legs,
              const WholeDelivery& whole, std::int64_t at_micros, std::int64_t cost_micros);

 private:
    struct Kept {
        std::vector<messaging::Progress> legs;
        WholeDelivery whole;
        std::int64_t at_micros = 0;
        std::int64_t cost_micros = 0;
    };
    std::mutex mutex_;
    std::map<BroadcastId, Kept> kept_;
};

}  // namespace haat::flows
