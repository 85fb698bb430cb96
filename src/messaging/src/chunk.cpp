#include "messaging/chunk.hpp"

#include "base/assert.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

// One byte of a slot at rest, and of an event in the journal.
constexpr std::uint32_t kStateMask = 0x1F;
constexpr std::uint32_t kFailed = 0x20;
constexpr std::uint32_t kTwice = 0x40;
constexpr std::uint32_t kDoubted = 0x80;

void put_varint(std::string& out, std::uint32_t value) {
    while (value >= 0x80) {
        out += static_cast<char>((value & 0x7FU) | 0x80U);
        value >>= 7U;
    }
    out += static_cast<char>(value);
}

std::uint32_t take_varint(std::string_view& bytes) {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (bytes.empty()) {
            break;
        }
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    throw storage::Failure("chunk: a broken number");
}

/// One column: runs of equal values as (length, value).
template <typename Get>
void put_column(std::string& out, std::span<const Slot> slots, Get get) {
    for (std::size_t i = 0; i < slots.size();) {
        const std::uint32_t value = get(slots[i]);
        std::size_t end = i + 1;
        while (end < slots.size() && get(slots[end]) == value) {
            ++end;
        }
        put_varint(out, static_cast<std::uint32_t>(end - i));
        put_varint(out, value);
        i = end;
    }
}

template <typename Set>
void take_column(std::string_view& bytes, std::vector<Slot>& slots, Set set) {
    for (std::size_t i = 0; i < slots.size();) {
        const std::uint32_t length = take_varint(bytes);
        const std::uint32_t value = take_varint(bytes);
        if (length == 0 || length > slots.size() - i) {
            throw storage::Failure("chunk: a broken run");
        }
        for (const std::size_t end = i + length; i < end; ++i) {
            set(slots[i], value);
        }
    }
}

std::uint32_t flags_of(const Slot& slot) {
    return static_cast<std::uint32_t>(slot.state) | (slot.failed ? kFailed : 0U) |
           (slot.twice ? kTwice : 0U) | (slot.doubted ? kDoubted : 0U);
}

}  // namespace

bool Chunk::fold(std::uint32_t place, const Slot& evidence) {
    HAAT_ASSERT(place < kSlotsPerChunk);
    if (place >= slots.size()) {
        HAAT_ASSERT(ordinals.empty());
        slots.resize(place + 1);
    }
    const Slot merged = merge(slots[place], evidence);
    if (merged == slots[place]) {
        return false;
    }
    slots[place] = merged;
    dirty = true;
    return true;
}

std::string encode_ordinals(std::span<const std::uint32_t> ordinals) {
    std::string out;
    std::uint32_t before = 0;
    for (const std::uint32_t ordinal : ordinals) {
        put_varint(out, ordinal - before);
        before = ordinal;
    }
    return out;
}

std::vector<std::uint32_t> decode_ordinals(std::string_view bytes) {
    std::vector<std::uint32_t> ordinals;
    std::uint32_t before = 0;
    while (!bytes.empty()) {
        before += take_varint(bytes);
        ordinals.push_back(before);
    }
    return ordinals;
}

std::string encode_slots(std::span<const Slot> slots) {
    std::string out;
    put_varint(out, static_cast<std::uint32_t>(slots.size()));
    put_column(out, slots, flags_of);
    put_column(out, slots, [](const Slot& slot) { return std::uint32_t{slot.attempt}; });
    put_column(out, slots, [](const Slot& slot) { return std::uint32_t{slot.reason}; });
    for (const Slot& slot : slots) {  // tags are random: no runs
        if (is_accepted(slot.state)) {
            for (unsigned shift = 0; shift < 32; shift += 8) {
                out += static_cast<char>((slot.tag >> shift) & 0xFFU);
            }
        }
    }
    return out;
}

std::vector<Slot> decode_slots(std::string_view bytes) {
    const std::uint32_t count = take_varint(bytes);
    if (count > kSlotsPerChunk) {
        throw storage::Failure("chunk: more slots than a chunk has");
    }
    std::vector<Slot> slots(count);
    take_column(bytes, slots, [](Slot& slot, std::uint32_t flags) {
        if ((flags & kStateMask) >= kSlotStateCount) {
            throw storage::Failure("chunk: no such slot state");
        }
        slot.state = static_cast<SlotState>(flags & kStateMask);
        slot.failed = (flags & kFailed) != 0;
        slot.twice = (flags & kTwice) != 0;
        slot.doubted = (flags & kDoubted) != 0;
    });
    take_column(bytes, slots, [](Slot& slot, std::uint32_t value) {
        slot.attempt = static_cast<std::uint8_t>(value);
    });
    take_column(bytes, slots, [](Slot& slot, std::uint32_t value) {
        slot.reason = static_cast<std::uint16_t>(value);
    });
    for (Slot& slot : slots) {
        if (!is_accepted(slot.state)) {
            continue;
        }
        if (bytes.size() < 4) {
            throw storage::Failure("chunk: a tag is missing");
        }
        for (unsigned i = 0; i < 4; ++i) {
            slot.tag |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
        }
        bytes.remove_prefix(4);
    }
    return slots;
}

}  // namespace haat::messaging
