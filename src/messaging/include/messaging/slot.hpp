/// @file The state of one message to one address, and how evidence about it merges. Merging is a
/// join: it does not depend on order and repeating it changes nothing, so journal rows of several
/// processes, late callbacks and replays after a crash all lead to the same state.
/// Source: docs/internals/delivery.md (states, why at most once holds).
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace haat::messaging {

/// In the order in which evidence about one attempt outranks other evidence. The numbers are stored.
enum class SlotState : std::uint8_t {
    kQueued = 0,
    kSuppressed = 1,  ///< She said stop before the permit; never sent.
    kExpired = 2,     ///< Its time was over before the permit; never sent.
    kCancelled = 3,   ///< The broadcast was cancelled before the permit; never sent.
    kCapped = 4,      ///< She had as many messages as one person should get; never sent.
    kShared = 5,      ///< The same text goes to this address for somebody else; never sent.
    kNoAddress = 6,   ///< Not reachable on this channel when its turn came; never sent.
    kSpared = 7,      ///< A fallback that was not needed: an earlier channel served her.
    kBusy = 8,        ///< Permitted: its bytes may have left.
    kUnknown = 9,     ///< Permitted, and nobody can say what became of it.
    kRetry = 10,      ///< A definite no that may pass: queued for the next attempt.
    kRejected = 11,   ///< A definite no that stays.
    kAccepted = 12,   ///< The provider took it.
    kSent = 13,
    kDelivered = 14,
    kRead = 15,
    kPlayed = 16,  ///< A voice note was listened to.
};
inline constexpr int kSlotStateCount = 17;

/// "queued", "busy", …: the name in contract and i18n.
[[nodiscard]] std::string_view slot_state_name(SlotState state);

/// 8 bytes a slot in memory; at rest about 6 (chunk.hpp).
struct Slot {
    SlotState state : 5 = SlotState::kQueued;
    bool failed : 1 = false;   ///< Accepted, and the provider said later that it failed.
    bool twice : 1 = false;    ///< Two provider ids were seen for it: it arrived more than once.
    bool doubted : 1 = false;  ///< Sent again while an earlier attempt was unknown.
    std::uint8_t attempt = 0;  ///< 0 before the first permit.
    std::uint16_t reason = 0;  ///< Index into the provider's reasons, or a cause; 0 if none.
    std::uint32_t tag = 0;     ///< 32 bits of the hash of the provider's message id; 0 if unknown.

    friend bool operator==(const Slot&, const Slot&) = default;
};
static_assert(sizeof(Slot) == 8);

inline constexpr std::uint8_t kAttemptsMax = 6;

/// Why it is not known what became of an attempt.
enum class UnknownCause : std::uint8_t {
    kNoAnswer,     ///< The connection broke, or nothing came in time.
    kServerError,  ///< A 5xx, whatever its code.
    kUnreadable,   ///< An answer that proves nothing.
    kCrash,        ///< The process that held the permit ended.
    kQuarantine,   ///< The database may have forgotten that it was sent.
};
inline constexpr int kUnknownCauses = 5;

/// Causes stand above every reason of a provider, within the journal's 15 bits.
inline constexpr std::uint16_t kFirstCause = 0x7FF0;
[[nodiscard]] constexpr std::uint16_t reason_of(UnknownCause cause) {
    return static_cast<std::uint16_t>(kFirstCause + static_cast<int>(cause));
}
[[nodiscard]] constexpr bool is_cause(std::uint16_t reason) {
    return reason >= kFirstCause && reason < kFirstCause + kUnknownCauses;
}

[[nodiscard]] constexpr bool is_accepted(SlotState state) { return state >= SlotState::kAccepted; }

/// What the record may say. A refusal proves nothing about an earlier attempt that is unknown.
[[nodiscard]] constexpr SlotState known_state(const Slot& slot) {
    const bool unclear = slot.doubted && slot.state == SlotState::kRejected;
    return unclear ? SlotState::kUnknown : slot.state;
}

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
