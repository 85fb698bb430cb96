/// @file The state of one message to one address, and how evidence about it merges. Merging is a
/// join: it does not depend on order and repeating it changes nothing, so journal rows of several
/// processes, late callbacks and replays after a crash all lead to the same state.
/// Source: docs/internals/delivery.md (states, why at most once holds).
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace haat::messaging {

/// In the order in which evidence about one attempt outranks other evidence.
enum class SlotState : std::uint8_t {
    kQueued = 0,
    kSuppressed = 1,  ///< She said stop before the permit; never sent.
    kExpired = 2,     ///< Its time was over before the permit; never sent.
    kShared = 3,      ///< The same text goes to this address for somebody else; never sent.
    kNoAddress = 4,   ///< Not reachable on this channel when its turn came; never sent.
    kBusy = 5,        ///< Permitted: its bytes may have left.
    kUnknown = 6,     ///< Permitted, and nobody can say what became of it. Never sent again.
    kRetry = 7,       ///< A definite no that may pass: queued for the next attempt.
    kRejected = 8,    ///< A definite no that stays.
    kAccepted = 9,    ///< The provider took it.
    kSent = 10,
    kDelivered = 11,
    kRead = 12,
    kPlayed = 13,  ///< A voice note was listened to.
};
inline constexpr int kSlotStateCount = 14;

/// "queued", "busy", …: the name in contract and i18n.
[[nodiscard]] std::string_view slot_state_name(SlotState state);

/// 8 bytes a slot in memory and at rest (before compression).
struct Slot {
    SlotState state = SlotState::kQueued;
    std::uint8_t attempt = 0;  ///< 0 before the first permit; at most kAttemptsMax.
    bool failed = false;       ///< Accepted, and the provider said later that it failed.
    bool twice = false;        ///< Two provider ids were seen for it: it arrived more than once.
    std::uint32_t tag = 0;     ///< 32 bits of the hash of the provider's message id; 0 if unknown.
    std::uint16_t reason = 0;  ///< Index into the provider's reasons; 0 if none.

    friend bool operator==(const Slot&, const Slot&) = default;
};

inline constexpr std::uint8_t kAttemptsMax = 6;

[[nodiscard]] constexpr bool is_accepted(SlotState state) { return state >= SlotState::kAccepted; }

/// True if it may be permitted now.
[[nodiscard]] constexpr bool is_sendable(SlotState state) {
    return state == SlotState::kQueued || state == SlotState::kRetry;
}

/// True if nothing more will be done by us.
[[nodiscard]] constexpr bool is_settled(SlotState state) {
    return !is_sendable(state) && state != SlotState::kBusy;
}

/// The join of two states of one slot.
[[nodiscard]] Slot merge(const Slot& a, const Slot& b);

}  // namespace haat::messaging
