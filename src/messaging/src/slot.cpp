#include "messaging/slot.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, kSlotStateCount> kNames{
    "queued", "suppressed", "expired",  "cancelled", "capped",   "shared",
    "no_address", "spared", "busy",     "unknown",   "retry",    "rejected",
    "accepted",   "sent",   "delivered", "read",     "played"};

/// What outranks what: that it was accepted, whatever the attempt; else the later attempt; else the
/// stronger evidence about the same attempt.
std::tuple<int, int> rank(const Slot& slot) {
    const int state = static_cast<int>(slot.state);
    return is_accepted(slot.state) ? std::tuple(256, state) : std::tuple(int{slot.attempt}, state);
}

/// What a provider said outranks a cause that we noted ourselves.
int weight(std::uint16_t reason) {
    constexpr int kAboveCauses = kUnknownCauses + 1;
    return is_cause(reason) ? reason - kFirstCause + 1 : reason == 0 ? 0 : reason + kAboveCauses;
}

}  // namespace

std::string_view slot_state_name(SlotState state) {
    return kNames[static_cast<std::size_t>(state)];
}

Slot merge(const Slot& a, const Slot& b) {
    Slot merged = rank(a) < rank(b) ? b : a;
    merged.attempt = std::max(a.attempt, b.attempt);
    merged.failed = a.failed || b.failed;
    merged.doubted = a.doubted || b.doubted;
    // Two different provider ids for one slot: it was taken twice.
    merged.twice = a.twice || b.twice || (a.tag != 0 && b.tag != 0 && a.tag != b.tag);
    // Where both have a value the greater one stays, so that the order does not matter.
    merged.tag = std::max(a.tag, b.tag);
    merged.reason = weight(a.reason) < weight(b.reason) ? b.reason : a.reason;
    return merged;
}

}  // namespace haat::messaging
