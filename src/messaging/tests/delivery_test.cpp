/// The delivery machine against a real socket and both databases: each message once, and the record
/// says what became of it.
#include "delivery_fixture.hpp"

namespace haat::messaging {
namespace {

HAAT_BOTH_ENGINES(DeliveryTest);

TEST_P(DeliveryTest, ABroadcastReachesEachAddressOnceAndNobodyIsMissing) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 300; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    ordinals.push_back(add(300, phone_of(7)).ordinal);  // shares the phone of number 7
    deliver();
    const BroadcastId id = broadcast(ordinals);
    delivery_->broadcast_changed(id);
    ASSERT_TRUE(wait_idle());
    const Progress progress = delivery_->progress(id);
    EXPECT_EQ(progress.recipients, 300);
    EXPECT_EQ(progress.accepted(), 300);
    EXPECT_EQ(progress.of(SlotState::kShared), 1);
    EXPECT_EQ(progress.missing(), 0);
    EXPECT_EQ(provider_.asked().size(), 300U);
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(provider_.asked_to(phone_of(i)), 1);
    }
    // The same request again makes no second broadcast.
    EXPECT_EQ(broadcast(ordinals), id);
}

TEST_P(DeliveryTest, EachAnswerMeansWhatItProves) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 6; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    provider_.script([](const Asked& asked, int before) {
        if (asked.to == phone_of(0)) return ScriptedProvider::refused(400, 131026);
        if (asked.to == phone_of(1)) return ScriptedProvider::refused(500, 131000);
        if (asked.to == phone_of(2) && before == 0) return ScriptedProvider::refused(400, 131056);
        if (asked.to == phone_of(3)) {
            net::Response garbage;
            garbage.body = "not json";
            return garbage;
        }
        if (asked.to == phone_of(4)) {
            net::Response cut;
            cut.is_cut = true;
            return cut;
        }
        return ScriptedProvider::accepted(asked);
    });
    deliver();
    const BroadcastId id = broadcast(ordinals);
    delivery_->broadcast_changed(id);
    ASSERT_TRUE(wait_idle());
    const Progress progress = delivery_->progress(id);
    EXPECT_EQ(progress.of(SlotState::kRejected), 1);
    EXPECT_EQ(progress.of(SlotState::kUnknown), 3);
    EXPECT_EQ(progress.accepted(), 2);
    EXPECT_EQ(progress.missing(), 0);
    EXPECT_EQ(provider_.asked_to(phone_of(2)), 2);  // a definite no is asked again
    for (const int once : {0, 1, 3, 4, 5}) {
        EXPECT_EQ(provider_.asked_to(phone_of(once)), 1) << once;
    }
    EXPECT_THAT(delivery_->reasons(id), ::testing::Contains(::testing::Pair(131026, 1)));
    // What was unknown is settled by its callback.
    for (const Asked& asked : provider_.asked()) {
        if (asked.to == phone_of(1)) {
            EXPECT_EQ(report(asked, SlotState::kDelivered), 1);
        }
    }
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kUnknown), 2);
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kDelivered), 1);
}

TEST_P(DeliveryTest, APermitOfADeadProcessIsUnknownAndNeverUsedAgain) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 20; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    const BroadcastId id = broadcast(ordinals);
    // What a kill -9 after the permit's commit leaves behind: a journal row and nothing else.
    {
        Delivery dying(database(), clock(), options(), network());
        const AttemptId attempt = attempt_of(id, 3);
        EXPECT_TRUE(dying.attempt_ids().read(dying.attempt_ids().write(attempt)));
        const SlotEvent permit{attempt.id, {.state = SlotState::kBusy, .attempt = 1}};
        const std::string row = encode_events(std::span(&permit, 1));
        database().write([&](Transaction& tx) {
            std::string hex;
            for (const char c : row) {
                constexpr std::string_view kDigits = "0123456789abcdef";
                hex += kDigits[static_cast<unsigned char>(c) >> 4U];
                hex += kDigits[static_cast<unsigned char>(c) & 15U];
            }
            const std::string bytes = tx.engine() == storage::Engine::kSqlite
                                          ? "x'" + hex + "'"
                                          : "decode('" + hex + "', 'hex')";
            tx.execute_script("INSERT INTO journal (writer, seq, shard, events) VALUES (0, 1, " +
                              std::to_string(shard_of(attempt.id.broadcast, 0)) + ", " + bytes +
                              ")");
        });
    }
    deliver();
    ASSERT_TRUE(wait_idle());
    const Progress progress = delivery_->progress(id);
    EXPECT_EQ(progress.of(SlotState::kUnknown), 1);
    EXPECT_EQ(progress.accepted(), 19);
    EXPECT_EQ(progress.missing(), 0);
    EXPECT_EQ(provider_.asked().size(), 19U);
    // It was sent after all, and the provider's callback says so, once and again.
    const Asked late{.to = phone_of(3),
                     .callback_data = delivery_->attempt_ids().write(attempt_of(id, 3))};
    EXPECT_EQ(report(late, SlotState::kRead), 1);
    EXPECT_EQ(report(late, SlotState::kSent), 1);
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kRead), 1);
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kUnknown), 0);
}

/// A failover took a broadcast back, and the next one got its number: what the provider still tells
/// of the first must not be taken for news of the second.
TEST_P(DeliveryTest, StatusesOfAForgottenBroadcastDoNotSettleItsSuccessor) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 3; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    const BroadcastId first = broadcast(ordinals, "device-lost");
    const AttemptId old = attempt_of(first, 1);
    database().write([&](Transaction& tx) {
        const std::string where = " WHERE broadcast_id = " + std::to_string(first.value);
        tx.execute_script("DELETE FROM chunk" + where + "; DELETE FROM broadcast" + where);
    });
    const BroadcastId second = broadcast(ordinals, "device-new");
    ASSERT_EQ(second, first);
    deliver();
    ASSERT_TRUE(wait_idle());
    const auto tell = [&](const AttemptId& attempt) {
        return report({.to = phone_of(1), .callback_data = delivery_->attempt_ids().write(attempt)},
                      SlotState::kRead);
    };
    EXPECT_EQ(tell(old), 0);
    EXPECT_EQ(delivery_->progress(second).of(SlotState::kRead), 0);
    EXPECT_EQ(tell(attempt_of(second, 1)), 1);
    EXPECT_EQ(delivery_->progress(second).of(SlotState::kRead), 1);
}

/// Whoever asked asks again, and need not wait for a restart.
TEST_P(DeliveryTest, ASnapshotThatWasCutOffIsTakenAnew) {
    const std::vector<std::uint32_t> ordinals{add(0).ordinal, add(1).ordinal};
    const BroadcastId cut_off = broadcast(ordinals);
    database().write([](Transaction& tx) {
        tx.execute_script("UPDATE broadcast SET state = 'planning', slots = 0");
    });
    const std::uint32_t nonce = nonce_;
    EXPECT_EQ(broadcast(ordinals), cut_off);
    EXPECT_NE(nonce_, nonce);
    deliver();
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(delivery_->progress(cut_off).accepted(), 2);
    EXPECT_EQ(provider_.asked().size(), 2U);
}

TEST_P(DeliveryTest, ARestartForgetsNothingAndRepeatsNothing) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 50; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    deliver();
    const BroadcastId id = broadcast(ordinals);
    delivery_->broadcast_changed(id);
    ASSERT_TRUE(wait_idle());
    for (const Asked& asked : provider_.asked()) {
        report(asked, SlotState::kDelivered);
    }
    stop();
    deliver();
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kDelivered), 50);
    EXPECT_EQ(provider_.asked().size(), 50U);
}

TEST_P(DeliveryTest, WhoSaidStopBeforeThePermitIsNotWrittenTo) {
    std::vector<std::uint32_t> ordinals;
    std::vector<PersonId> people;
    for (int i = 0; i < 5; ++i) {
        const registry::Person person = add(i);
        ordinals.push_back(person.ordinal);
        people.push_back(person.person_id);
    }
    const BroadcastId id = broadcast(ordinals);  // the snapshot still has her
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(registry::suppress(tx, system_viewer(), people[2], registry::kAllPurposes,
                                       kForm, clock().now()));
    });
    deliver();
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kSuppressed), 1);
    EXPECT_EQ(delivery_->progress(id).accepted(), 4);
    EXPECT_EQ(delivery_->progress(id).missing(), 0);
    EXPECT_EQ(provider_.asked_to(phone_of(2)), 0);
}

TEST_P(DeliveryTest, AVoiceNoteIsSentInItsWindowByTheNumberThatUploadedIt) {
    const registry::Person person = add(1);
    const Message hello{.message_id = "wamid.in",
                        .from = phone_of(1),
                        .kind = "text",
                        .text = "बोलो",
                        .raw = "{}",
                        .at = clock().now()};
    database().write([&](Transaction& tx) {
        (void)store_messages(tx, registry::Channel::kWhatsapp, std::span(&hello, 1), clock().now());
        const auto address = registry::find_address(tx, system_viewer(),
                                                    registry::Channel::kWhatsapp, phone_of(1));
        for (const char* sender : {"1001", "1001"}) {
            const NewMail mail{
                .address_id = address->address_id,
                .person_id = person.person_id,
                .ordinal = person.ordinal,
                .purpose = registry::MessagePurpose::kNotice,
                .body = {.text = "नमस्ते", .voice = VoiceNote{"/nowhere.ogg", "media-7", sender}},
                .expires_at = {clock().now().value + 3600}};
            EXPECT_TRUE(add_mail(tx, mail, clock().now()).has_value());
        }
    });
    deliver();
    ASSERT_TRUE(wait([&] { return provider_.asked().size() == 2; }));
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(provider_.asked()[0].type, "audio");
    EXPECT_EQ(provider_.asked()[0].text, "media-7");
    EXPECT_EQ(delivery_->mail_progress().accepted(), 2);
}

TEST_P(DeliveryTest, MailKeepsToTheWindowAndToAStop) {
    const registry::Person person = add(1);
    deliver();
    const auto queue = [&](std::optional<registry::MessagePurpose> purpose, bool with_template) {
        database().write([&](Transaction& tx) {
            const auto address = registry::find_address(
                tx, system_viewer(), registry::Channel::kWhatsapp, phone_of(1));
            NewMail mail{.address_id = address->address_id,
                         .person_id = person.person_id,
                         .ordinal = person.ordinal,
                         .purpose = purpose,
                         .body = {.text = "नमस्ते"},
                         .expires_at = {clock().now().value + 3600}};
            if (with_template) {
                mail.instead = TemplateBody{"haat_notice", "hi", {"नमस्ते"}, {}};
            }
            EXPECT_TRUE(add_mail(tx, mail, clock().now()).has_value());
        });
        delivery_->wake();
        ASSERT_TRUE(wait_idle());
    };
    queue(registry::MessagePurpose::kOrder, false);  // she never wrote: no free text
    EXPECT_EQ(delivery_->mail_progress().of(SlotState::kRejected), 1);
    queue(registry::MessagePurpose::kOrder, true);
    ASSERT_EQ(provider_.asked().size(), 1U);
    EXPECT_EQ(provider_.asked()[0].template_name, "haat_notice");
    const Message hello{.message_id = "wamid.in",
                                  .from = phone_of(1),
                                  .kind = "text",
                                  .text = "बंद",
                                  .raw = "{}",
                                  .at = clock().now()};
    database().write([&](Transaction& tx) {
        EXPECT_EQ(store_messages(tx, registry::Channel::kWhatsapp, std::span(&hello, 1),
                                 clock().now()),
                  1);
        EXPECT_EQ(store_messages(tx, registry::Channel::kWhatsapp, std::span(&hello, 1),
                                 clock().now()),
                  0);
        EXPECT_TRUE(registry::suppress(tx, system_viewer(), person.person_id,
                                       registry::kAllPurposes, kForm, clock().now()));
    });
    queue(registry::MessagePurpose::kOrder, true);  // stopped
    EXPECT_EQ(delivery_->mail_progress().of(SlotState::kSuppressed), 1);
    EXPECT_EQ(provider_.asked().size(), 1U);
    queue(std::nullopt, false);  // a direct answer, in her open window
    ASSERT_EQ(provider_.asked().size(), 2U);
    EXPECT_EQ(provider_.asked()[1].text, "नमस्ते");
    EXPECT_EQ(delivery_->mail_progress().missing(), 0);
}

TEST_P(DeliveryTest, AStatusWithoutOurIdFindsItsSlotByAddressAndForgedOnesFindNone) {
    const registry::Person person = add(1);
    deliver();
    const BroadcastId id = broadcast({person.ordinal});
    delivery_->broadcast_changed(id);
    ASSERT_TRUE(wait_idle());
    const Asked asked = provider_.asked().at(0);
    Asked forged = asked;
    forged.callback_data.back() = forged.callback_data.back() == '0' ? '1' : '0';
    forged.to = "+919800099999";
    EXPECT_EQ(report(forged, SlotState::kRead), 0);
    EXPECT_EQ(report(asked, SlotState::kDelivered, false), 1);
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kDelivered), 1);
    EXPECT_EQ(delivery_->counts().unmatched, 1);
}

TEST_P(DeliveryTest, ATokenErrorStopsTheChannelAndCostsNobodyAMessage) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 10; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    provider_.script([](const Asked&, int) { return ScriptedProvider::refused(401, 190); });
    deliver();
    const BroadcastId id = broadcast(ordinals);
    delivery_->broadcast_changed(id);
    ASSERT_TRUE(wait([&] {
        return delivery_->counts().channel_stopped &&
               delivery_->progress(id).of(SlotState::kBusy) == 0;
    }));
    EXPECT_EQ(delivery_->progress(id).of(SlotState::kRejected), 0);
    stop();
    provider_.script(nullptr);
    deliver();  // the operator mended the token
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(delivery_->progress(id).accepted(), 10);
}

TEST_P(DeliveryTest, WhatAPlanMayCostIsNeverPassed) {
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 20; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    database().write([](Transaction& tx) { set_allowance(tx, 7, 7 * 50 + 49); });
    const auto made = create_broadcast(
        database(),
        {.device_id = "dear",
         .template_name = "haat_broadcast",
         .params_json = R"({"hi":["नमस्ते"],"en":["hello"],"text_hi":"नमस्ते","text_en":"hello"})",
         .audience_json = "{}",
         .place_id = kRampur,
         .expires_at = {clock().now().value + 3600},
         .price_centipaise = 50,
         .allowance_id = 7},
        ordinals, clock().now());
    ASSERT_TRUE(made);
    deliver();
    const auto accepted = [&] { return delivery_->progress(made->broadcast_id).accepted(); };
    const auto left = [&] {
        return database().read(
            [](Transaction& tx) { return find_allowance(tx, 7)->left_centipaise; });
    };
    ASSERT_TRUE(wait([&] { return accepted() == 7; }));
    EXPECT_EQ(left(), 49);
    database().write([](Transaction& tx) { set_allowance(tx, 7, 12 * 50 + 49); });
    ASSERT_TRUE(wait([&] { return accepted() == 12; })) << "a larger budget goes on";
    EXPECT_EQ(left(), 49);
    EXPECT_EQ(provider_.asked().size(), 12U);
    std::int64_t permitted = 0;
    for (const SenderState& sender : delivery_->senders()) {
        permitted += sender.permitted;
        EXPECT_EQ(sender.ended, sender.accepted);
    }
    EXPECT_EQ(permitted, 12);
}

}  // namespace
}  // namespace haat::messaging
