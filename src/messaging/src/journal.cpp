#include "messaging/journal.hpp"

#include <bit>
#include <cstring>

#include "messaging/chunk.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kEventBytes = 16;
constexpr unsigned kStateMask = 0x1F;
constexpr unsigned kFailedBit = 0x20;
constexpr unsigned kTwiceBit = 0x40;
constexpr unsigned kDoubtedBit = 0x80;
static_assert(std::endian::native == std::endian::little, "the journal is little-endian");

/// As it lies in a row. With kReasonOfRun set it is about `tag_or_length` slots from this one on.
struct Stored {
    std::uint32_t broadcast;
    std::uint32_t slot;
    std::uint32_t tag_or_length;
    std::uint16_t reason;
    std::uint8_t flags;
    std::uint8_t attempt;
};
static_assert(sizeof(Stored) == kEventBytes);

/// Reasons are places in a short table, so their highest bit is free.
constexpr std::uint16_t kReasonOfRun = 0x8000;

std::uint8_t flags_of(const Slot& slot) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(slot.state) |
                                     (slot.failed ? kFailedBit : 0U) |
                                     (slot.twice ? kTwiceBit : 0U) |
                                     (slot.doubted ? kDoubtedBit : 0U));
}

/// How many events from the first on say the same without a tag about one slot after the other.
std::size_t run_length(std::span<const SlotEvent> events) {
    const SlotEvent& first = events.front();
    std::size_t length = 1;
    while (first.evidence.tag == 0 && length < events.size() && length < kSlotsPerChunk &&
           events[length].id.broadcast == first.id.broadcast &&
           events[length].id.slot == first.id.slot + length &&
           events[length].evidence == first.evidence) {
        ++length;
    }
    return length;
}

Slot slot_of(const Stored& stored) {
    const unsigned state = stored.flags & kStateMask;
    if (state >= kSlotStateCount) {
        throw storage::Failure("journal: no slot state " + std::to_string(state));
    }
    Slot slot;
    slot.state = static_cast<SlotState>(state);
    slot.failed = (stored.flags & kFailedBit) != 0;
    slot.twice = (stored.flags & kTwiceBit) != 0;
    slot.doubted = (stored.flags & kDoubtedBit) != 0;
    slot.attempt = stored.attempt;
    slot.reason = static_cast<std::uint16_t>(stored.reason & ~kReasonOfRun);
    return slot;
}

}  // namespace

std::string encode_events(std::span<const SlotEvent> events) {
    std::string out;
    out.reserve(events.size() * kEventBytes);
    while (!events.empty()) {
        const SlotEvent& event = events.front();
        const std::size_t length = run_length(events);
        Stored stored{.broadcast = event.id.broadcast,
                      .slot = event.id.slot,
                      .tag_or_length = event.evidence.tag,
                      .reason = event.evidence.reason,
                      .flags = flags_of(event.evidence),
                      .attempt = event.evidence.attempt};
        if (length > 1) {
            stored.tag_or_length = static_cast<std::uint32_t>(length);
            stored.reason = static_cast<std::uint16_t>(stored.reason | kReasonOfRun);
        }
        out.append(reinterpret_cast<const char*>(&stored), sizeof stored);
        events = events.subspan(length);
    }
    return out;
}

std::vector<SlotEvent> decode_events(std::string_view bytes) {
    if (bytes.size() % kEventBytes != 0) {
        throw storage::Failure("journal: a row of " + std::to_string(bytes.size()) + " bytes");
    }
    std::vector<SlotEvent> events;
    events.reserve(bytes.size() / kEventBytes);
    for (; !bytes.empty(); bytes.remove_prefix(kEventBytes)) {
        Stored stored{};
        std::memcpy(&stored, bytes.data(), sizeof stored);
        SlotEvent event{{stored.broadcast, stored.slot}, slot_of(stored)};
        if ((stored.reason & kReasonOfRun) == 0) {
            event.evidence.tag = stored.tag_or_length;
            events.push_back(event);
            continue;
        }
        if (stored.tag_or_length > kSlotsPerChunk) {
            throw storage::Failure("journal: a run of " + std::to_string(stored.tag_or_length));
        }
        for (std::uint32_t i = 0; i < stored.tag_or_length; ++i, ++event.id.slot) {
            events.push_back(event);
        }
    }
    return events;
}

}  // namespace haat::messaging
