#include "messaging/slot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"
#include "messaging/attempt_id.hpp"
#include "messaging/chunk.hpp"
#include "messaging/journal.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

Slot any_slot(Random& random) {
    Slot slot;
    slot.state = static_cast<SlotState>(random.below(kSlotStateCount));
    slot.attempt = slot.state >= SlotState::kBusy ? static_cast<std::uint8_t>(1 + random.below(3)) : 0;
    slot.failed = is_accepted(slot.state) && random.chance(1, 5);
    slot.tag = is_accepted(slot.state) ? 1 + random.below(3) : 0;
    slot.reason = static_cast<std::uint16_t>(random.below(4));
    if (random.chance(1, 4)) {
        slot.reason = reason_of(static_cast<UnknownCause>(random.below(kUnknownCauses)));
    }
    return slot;
}

TEST(Slot, EvidenceMergesTheSameInAnyOrderAndAnyNumberOfTimes) {
    Random random(11);
    for (int round = 0; round < 20'000; ++round) {
        std::vector<Slot> evidence;
        for (std::uint32_t i = 0; i < 5; ++i) {
            evidence.push_back(any_slot(random));
        }
        Slot first;
        for (const Slot& slot : evidence) {
            first = merge(first, slot);
        }
        for (std::size_t i = evidence.size(); i-- > 1;) {
            std::swap(evidence[i], evidence[random.below(static_cast<std::uint32_t>(i) + 1)]);
        }
        evidence.push_back(evidence[random.below(5)]);
        Slot second;
        for (const Slot& slot : evidence) {
            second = merge(second, slot);
        }
        ASSERT_EQ(first, second) << "round " << round;
    }
}

TEST(Slot, WhatAProviderSaysOutranksACauseOfOurs) {
    const Slot crashed{.state = SlotState::kUnknown,
                       .attempt = 1,
                       .reason = reason_of(UnknownCause::kCrash)};
    const Slot refused{.state = SlotState::kRejected, .attempt = 1, .reason = 2};
    EXPECT_EQ(merge(crashed, refused).reason, 2);
    EXPECT_EQ(merge(refused, crashed).reason, 2);
    EXPECT_EQ(merge(crashed, Slot{}).reason, crashed.reason);
    EXPECT_EQ(decode_events(encode_events(std::vector<SlotEvent>{{{1, 1}, crashed}}))
                  .front()
                  .evidence.reason,
              crashed.reason);
}

TEST(Slot, AcceptedOutranksEverythingAndStatusesNeverGoBack) {
    const Slot accepted{.state = SlotState::kAccepted, .attempt = 1, .tag = 9};
    const Slot read{.state = SlotState::kRead, .attempt = 1};
    const Slot sent{.state = SlotState::kSent, .attempt = 1};
    const Slot rejected{.state = SlotState::kRejected, .attempt = 2};
    EXPECT_EQ(merge(merge(accepted, read), sent).state, SlotState::kRead);
    EXPECT_EQ(merge(accepted, rejected).state, SlotState::kAccepted);
    EXPECT_EQ(merge(Slot{.state = SlotState::kUnknown, .attempt = 1}, sent).state, SlotState::kSent);
    EXPECT_EQ(merge(Slot{.state = SlotState::kRetry, .attempt = 1}, Slot{.state = SlotState::kBusy, .attempt = 2}).state,
              SlotState::kBusy);
    EXPECT_FALSE(merge(accepted, read).twice);
    EXPECT_TRUE(merge(accepted, Slot{.state = SlotState::kSent, .attempt = 2, .tag = 8}).twice);
}

TEST(Chunk, ComesBackAsItWasStored) {
    Random random(5);
    for (const std::uint32_t size : {0U, 1U, 77U, kSlotsPerChunk}) {
        std::vector<Slot> slots;
        std::vector<std::uint32_t> ordinals;
        std::uint32_t ordinal = 0;
        for (std::uint32_t i = 0; i < size; ++i) {
            slots.push_back(any_slot(random));
            ordinals.push_back(ordinal += 1 + random.below(300));
        }
        EXPECT_EQ(decode_slots(encode_slots(slots)), slots);
        EXPECT_EQ(decode_ordinals(encode_ordinals(ordinals)), ordinals);
    }
    EXPECT_THROW((void)decode_slots("\x05"), storage::Failure);
    EXPECT_THROW((void)decode_slots("\xFF\xFF\xFF\xFF\x7F"), storage::Failure);
}

TEST(Chunk, SettledSlotsAreSmallAtRest) {
    std::vector<Slot> slots(kSlotsPerChunk, Slot{.state = SlotState::kRead, .attempt = 1});
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i].tag = static_cast<std::uint32_t>(i * 2'654'435'761U) | 1U;
    }
    EXPECT_LE(encode_slots(slots).size(), slots.size() * 5);
}

TEST(Journal, ComesBackAsItWasWritten) {
    Random random(3);
    std::vector<SlotEvent> events;
    for (std::uint32_t i = 0; i < 500; ++i) {
        events.push_back({{random.next(), random.next()}, any_slot(random)});
        events.back().evidence.twice = random.chance(1, 9);
    }
    const std::vector<SlotEvent> back = decode_events(encode_events(events));
    ASSERT_EQ(back.size(), events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(back[i].id, events[i].id);
        EXPECT_EQ(back[i].evidence, events[i].evidence);
    }
    EXPECT_THROW((void)decode_events("short"), storage::Failure);
    EXPECT_THROW((void)decode_events(std::string(16, '\x3F')), storage::Failure);
}

TEST(AttemptId, IsReadOnlyIfItWasOurs) {
    const AttemptIds ids("a key of sixteen bytes or more");
    for (const AttemptId& attempt : {AttemptId{{7, 123'456}, 2}, AttemptId{{7, 123'456}, 2, 77},
                                     AttemptId{{UINT32_MAX, UINT32_MAX}, 255, UINT32_MAX}}) {
        const std::string text = ids.write(attempt);
        EXPECT_EQ(ids.read(text), attempt);
        EXPECT_LE(text.size(), 56U);
        EXPECT_FALSE(AttemptIds("another key of sixteen bytes").read(text));
        for (std::size_t i = 0; i < text.size(); ++i) {
            std::string forged = text;
            forged[i] = forged[i] == '1' ? '2' : '1';
            EXPECT_FALSE(ids.read(forged)) << forged;
            EXPECT_FALSE(ids.read(text.substr(0, i)));
        }
        EXPECT_FALSE(ids.read(text + "0"));
    }
    EXPECT_NE(provider_tag("wamid.A"), provider_tag("wamid.B"));
}

}  // namespace
}  // namespace haat::messaging
