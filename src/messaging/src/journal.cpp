#include "messaging/journal.hpp"

#include <bit>
#include <cstring>

#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kEventBytes = 16;
constexpr unsigned kFailedBit = 0x40;
constexpr unsigned kTwiceBit = 0x80;

static_assert(std::endian::native == std::endian::little, "the journal is written little-endian");

template <typename Integer>
void put(std::string& out, Integer value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename Integer>
Integer take(std::string_view& bytes) {
    Integer value{};
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
}

}  // namespace

std::string encode_events(std::span<const SlotEvent> events) {
    std::string out;
    out.reserve(events.size() * kEventBytes);
    for (const SlotEvent& event : events) {
        const Slot& slot = event.evidence;
        put(out, event.id.broadcast);
        put(out, event.id.slot);
        put(out, slot.tag);
        put(out, slot.reason);
        put(out, static_cast<std::uint8_t>(static_cast<unsigned>(slot.state) |
                                           (slot.failed ? kFailedBit : 0U) |
                                           (slot.twice ? kTwiceBit : 0U)));
        put(out, slot.attempt);
    }
    return out;
}

std::vector<SlotEvent> decode_events(std::string_view bytes) {
    if (bytes.size() % kEventBytes != 0) {
        throw storage::Failure("journal: a row of " + std::to_string(bytes.size()) + " bytes");
    }
    std::vector<SlotEvent> events;
    events.reserve(bytes.size() / kEventBytes);
    while (!bytes.empty()) {
        SlotEvent event;
        event.id.broadcast = take<std::uint32_t>(bytes);
        event.id.slot = take<std::uint32_t>(bytes);
        event.evidence.tag = take<std::uint32_t>(bytes);
        event.evidence.reason = take<std::uint16_t>(bytes);
        const unsigned flags = take<std::uint8_t>(bytes);
        event.evidence.attempt = take<std::uint8_t>(bytes);
        const unsigned state = flags & 0x3FU;
        if (state >= kSlotStateCount) {
            throw storage::Failure("journal: no slot state " + std::to_string(state));
        }
        event.evidence.state = static_cast<SlotState>(state);
        event.evidence.failed = (flags & kFailedBit) != 0;
        event.evidence.twice = (flags & kTwiceBit) != 0;
        events.push_back(event);
    }
    return events;
}

}  // namespace haat::messaging
