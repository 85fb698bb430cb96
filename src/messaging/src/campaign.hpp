/// @file A broadcast (or mail) as it is held in memory. Private.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/chunk.hpp"
#include "messaging/outgoing.hpp"
#include "registry/channels.hpp"
#include "send_form.hpp"

namespace haat::messaging {

/// A chunk in memory; without slots if its shard is another process's.
struct HeldChunk : Chunk {
    std::uint32_t first_queued = 0;  ///< No slot before it waits for its first attempt.
};

struct Campaign {
    std::uint32_t number = 0;
    std::uint32_t nonce = 0;    ///< Carried by the names of its attempts.
    std::uint32_t root = 0;     ///< The broadcast that it follows in the end; itself if none.
    std::uint32_t follows = 0;  ///< The broadcast of which it is the fallback; 0: none.
    std::uint32_t followed_by = 0;
    std::uint32_t slots = 0;    ///< Of all chunks; for mail unused.
    registry::Channel channel = registry::Channel::kWhatsapp;
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    DeliveryMode mode = DeliveryMode::kAtMostOnce;
    bool paused = false;
    bool cancelled = false;
    bool done = false;  ///< Nothing to send any more; statuses may still come.
    bool may_repeat = false;
    bool waited = false;  ///< What `wait_until` asks for was done.
    UnixSeconds expires_at{};
    UnixSeconds wait_until{};
    std::int64_t lifetime_seconds = 0;
    std::int64_t allowance_id = 0;  ///< From which each permit takes its price; 0: none.
    std::int64_t price_centipaise = 0;
    std::string template_name;
    SendForm form;
    std::vector<HeldChunk> chunks;
    std::size_t first_chunk = 0;  ///< No chunk before it has a slot that waits for its turn.
    Progress progress;            ///< Of the chunks held here.
    bool changed = false;         ///< Since the screen was told.
    bool total_changed = false;   ///< Since other processes were told.

    [[nodiscard]] bool is_mail() const { return number == 0; }
    [[nodiscard]] bool is_fallback() const { return follows != 0; }
    /// Slots held here that wait for an attempt.
    [[nodiscard]] std::int64_t waiting() const {
        return progress.of(SlotState::kQueued) + progress.of(SlotState::kRetry);
    }
    /// Nothing of it is waiting, on its way or to be tried again.
    [[nodiscard]] bool is_settled() const {
        return waiting() + progress.of(SlotState::kBusy) == 0;
    }
    void count(const Slot& slot, int by) {
        progress.by_state[static_cast<std::size_t>(known_state(slot))] += by;
        progress.failed += slot.failed ? by : 0;
        progress.twice += slot.twice ? by : 0;
        progress.repeated += slot.doubted ? by : 0;
        progress.recipients += slot.state == SlotState::kShared ? 0 : by;
    }
};

}  // namespace haat::messaging
