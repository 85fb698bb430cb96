/// A broadcast with fallbacks counted as one: nobody twice, each channel beside it.
#include "../src/whole_delivery.hpp"

#include <fmt/format.h>

#include "flows/read_delivery.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "messaging/journal.hpp"
#include "messaging/shard.hpp"
#include "plan_fixture.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::Slot;
using messaging::SlotState;
using messaging::UnknownCause;

TEST(PersonSlot, IsTheOneThatGotFurthest) {
    using enum SlotState;
    struct Row {
        std::vector<Slot> legs;
        SlotState state;
        std::size_t leg;
    };
    const Slot failed{.state = kSent, .failed = true, .attempt = 1};
    const Slot rejected{.state = kRejected, .attempt = 1};
    const std::vector<Row> rows{
        {{Slot{.state = kQueued}, Slot{.state = kQueued}}, kQueued, 0},
        {{Slot{.state = kAccepted}, Slot{.state = kQueued}}, kAccepted, 0},
        {{Slot{.state = kDelivered}, Slot{.state = kSpared}}, kDelivered, 0},
        {{rejected, Slot{.state = kQueued}}, kQueued, 1},
        {{rejected, Slot{.state = kDelivered}}, kDelivered, 1},
        {{rejected, Slot{.state = kNoAddress}}, kRejected, 0},
        {{rejected, rejected, Slot{.state = kPlayed}}, kPlayed, 2},
        {{rejected, Slot{.state = kNoAddress}, Slot{.state = kQueued}}, kQueued, 2},
        {{failed, Slot{.state = kBusy}}, kBusy, 1},
        {{failed, Slot{.state = kNoAddress}}, kRejected, 0},
        {{Slot{.state = kNoAddress}, Slot{.state = kExpired}}, kExpired, 1},
        {{Slot{.state = kUnknown}, Slot{.state = kQueued}}, kUnknown, 0},
        {{Slot{.state = kUnknown}, rejected}, kUnknown, 0},
        {{Slot{.state = kUnknown}, Slot{.state = kAccepted}}, kAccepted, 1},
        {{Slot{.state = kSuppressed}, Slot{.state = kQueued}}, kSuppressed, 0},
        {{Slot{.state = kShared}, Slot{.state = kQueued}}, kShared, 0},
        {{rejected, Slot{.state = kSuppressed}}, kSuppressed, 1},
        {{Slot{.state = kAccepted}, Slot{.state = kDelivered}}, kDelivered, 1}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const PersonSlot person = person_slot(rows[i].legs);
        EXPECT_EQ(person_state(person.slot), rows[i].state) << "row " << i;
        EXPECT_EQ(person.leg, rows[i].leg) << "row " << i;
    }
}

class Whole : public PlanTest {
 protected:
    /// A plan by WhatsApp, then SMS, whose slots are set by hand.
    BroadcastId with_fallback() {
        write([](storage::Transaction& tx) {
            tx.execute_script(
                "UPDATE contact SET channels = 3; "
                "UPDATE person_contact SET channels = 3; "
                "UPDATE person SET channels = 3;");
            registry::note_audience_change(tx, 1, 4);
        });
        PlanBody body = notice();
        body.channels = {{registry::Channel::kWhatsapp, 3600}, {registry::Channel::kSms, 0}};
        const auto plan_id = kept(block_officer(), body);
        EXPECT_EQ(submitted(block_officer(), plan_id), "");
        EXPECT_EQ(step_plans(here()), 1);
        return view(plan_id).parts.at(0).broadcast_id;
    }
    BroadcastId fallback_of(BroadcastId broadcast_id) {
        BroadcastId found;
        read([&](storage::Transaction& tx) {
            found = messaging::fallbacks_of(tx, broadcast_id).at(0);
        });
        return found;
    }
    /// Ordinals 1 to 4 in slots 0 to 3; 4 shares the phone of 2.
    void set_slots(BroadcastId broadcast_id, std::vector<Slot> slots) {
        messaging::Chunk chunk;
        chunk.slots = std::move(slots);
        const std::string bytes = messaging::encode_slots(chunk.slots);
        std::string hex;
        for (const char c : bytes) {
            hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
        }
        const bool sqlite = database().engine() == storage::Engine::kSqlite;
        write([&](storage::Transaction& tx) {
            tx.execute_script(fmt::format(
                "UPDATE chunk SET slots = {} WHERE broadcast_id = {}",
                sqlite ? "X'" + hex + "'" : "decode('" + hex + "', 'hex')", broadcast_id.value));
        });
    }
};
HAAT_BOTH_ENGINES(Whole);

TEST_P(Whole, CountsCostAndReasonsIncludeTheFallbacksAndNobodyTwice) {
    const BroadcastId broadcast_id = with_fallback();
    const BroadcastId sms = fallback_of(broadcast_id);
    using enum SlotState;
    const std::uint16_t no_whatsapp = messaging::whatsapp::reason_index(131026);
    set_slots(broadcast_id, {Slot{.state = kDelivered, .attempt = 1},
                             Slot{.state = kRejected, .attempt = 1, .reason = no_whatsapp},
                             Slot{.state = kUnknown,
                                  .attempt = 1,
                                  .reason = messaging::reason_of(UnknownCause::kServerError)},
                             Slot{.state = kShared}});
    set_slots(sms, {Slot{.state = kSpared}, Slot{.state = kDelivered, .attempt = 1},
                    Slot{.state = kQueued}, Slot{.state = kShared}});
    start_haat();
    const auto live = read_live_delivery(here(), block_officer(), broadcast_id);
    ASSERT_TRUE(live);
    const WholeDelivery& whole = live->whole;
    EXPECT_EQ(whole.people.recipients, 3);
    EXPECT_EQ(whole.people.of(kDelivered), 2);
    EXPECT_EQ(whole.people.of(kUnknown), 1);
    EXPECT_EQ(whole.people.of(kRejected), 0);
    EXPECT_TRUE(whole.reasons.empty()) << "she got it by SMS";
    EXPECT_EQ(whole.causes, (UnknownCauses{0, 1, 0, 0, 0, 0}));
    EXPECT_FALSE(live->unknown_closes_at) << "it is not finished";
    ASSERT_EQ(whole.legs.size(), 2U);
    EXPECT_EQ(whole.legs[0].progress.of(kRejected), 1);
    ASSERT_EQ(whole.legs[0].reasons.size(), 1U);
    EXPECT_EQ(whole.legs[0].reasons[0].code, 131026);
    EXPECT_EQ(whole.legs[1].channel, registry::Channel::kSms);
    EXPECT_EQ(whole.legs[1].progress.of(kDelivered), 1);
    EXPECT_GT(whole.legs[1].cost.value, 0);
    EXPECT_GE(whole.cost.value, whole.legs[0].cost.value + whole.legs[1].cost.value - 1);
    const auto places = read_delivery_by_place(here(), district_officer(), broadcast_id, {});
    ASSERT_TRUE(places);
    EXPECT_EQ(places->items.at(0).delivered, 2);
    const auto page =
        export_recipients(here(), block_officer(), broadcast_id, {}, 100, PhonesShown::kMasked);
    ASSERT_TRUE(page);
    EXPECT_NE(page->csv.find("\"sms\",\"delivered\""), std::string::npos) << page->csv;
    EXPECT_NE(page->csv.find("\"whatsapp\",\"unknown\""), std::string::npos) << page->csv;
    // What is unknown may be settled for eight days after the last channel has ended.
    write([](storage::Transaction& tx) {
        tx.execute_script("UPDATE broadcast SET finished_at = 5000 + follows");
    });
    EXPECT_EQ(read_live_delivery(here(), block_officer(), broadcast_id)->unknown_closes_at,
              (UnixSeconds{5'000 + broadcast_id.value + 8 * 86'400}));
}

TEST_P(Whole, AProcessThatHoldsNothingReadsTheJournalOfTheOthers) {
    const BroadcastId broadcast_id = with_fallback();
    const std::string events = messaging::encode_events(
        std::vector<messaging::SlotEvent>{{{static_cast<std::uint32_t>(broadcast_id.value), 0},
                                           Slot{.state = SlotState::kDelivered, .attempt = 1}}});
    std::string hex;
    for (const char c : events) {
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    const bool sqlite = database().engine() == storage::Engine::kSqlite;
    write([&](storage::Transaction& tx) {
        tx.execute_script(
            fmt::format("INSERT INTO journal (writer, seq, shard, events) VALUES (77, 1, {}, {})",
                        messaging::shard_of(static_cast<std::uint32_t>(broadcast_id.value), 0),
                        sqlite ? "X'" + hex + "'" : "decode('" + hex + "', 'hex')"));
    });
    messaging::DeliveryOptions options;
    options.attempt_key = "a key of sixteen bytes or more";
    options.alone = false;
    const messaging::Delivery other(database(), clock(), options, messaging::network_transport({}));
    std::vector<Slot> seen;
    read([&](storage::Transaction& tx) {
        const std::uint32_t chunks =
            other.each_person(tx, std::vector{broadcast_id}, 0, UINT32_MAX,
                              [&](std::uint32_t, std::span<const std::uint32_t>,
                                  std::span<const std::vector<Slot>> legs) { seen = legs[0]; });
        EXPECT_EQ(chunks, 1U);
    });
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(seen[0].state, SlotState::kDelivered);
    EXPECT_EQ(seen[1].state, SlotState::kQueued);
}

}  // namespace
}  // namespace haat::flows
