/// The delivery machine against a real socket and both databases: each message once, and the record
/// says what became of it.
#include "messaging/delivery.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "chaos_proxy.hpp"
#include "messaging/allowances.hpp"
#include "messaging/inbox.hpp"
#include "messaging/mail.hpp"
#include "messaging/shard.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "scripted_provider.hpp"
#include "storage_testing/testing.hpp"

namespace haat::messaging {
namespace {

using storage::Transaction;
using testing::Asked;
using testing::ScriptedProvider;

constexpr PlaceId kRampur = registry::place_id_of(registry::PlaceKind::kVillage, 300001);
constexpr registry::ConsentSource kForm{registry::Channel::kWhatsapp, "1/hi", "form:1"};

const registry::PlaceFiles& one_village() {
    static const registry::PlaceFiles kFiles{
        .districts_csv = "lgd_code,name_en,name_hi,aliases,division_en,division_hi,hq_lat,hq_lon\n"
                         "212,Patna,पटना,,Patna,पटना,25.6093,85.1235\n",
        .blocks_csv = "lgd_block_code,name_en,name_hi,district_lgd,name_lgd,aliases,lat,lon\n"
                      "1966,Patna Sadar,पटना सदर,212,PATNA RURAL,,25.5941,85.1376\n",
        .villages_csv = "village_code_2011,name_en,block_lgd,district_lgd,lat_guess,lon_guess\n"
                        "300001,Rampur,1966,212,25.6000,85.1000\n",
        .post_offices_csv =
            "pincode,name_en,office_type,district_lgd,block_lgd_by_point,lat,lon\n"};
    return kFiles;
}

class DeliveryTest : public storage::testing::DatabaseTest {
  protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        auto loader = registry::PlaceLoader::create(one_village());
        ASSERT_TRUE(loader.has_value()) << loader.error().code;
        while (database().write([&](Transaction& tx) { return loader->step(tx); })) {
        }
    }
    void TearDown() override {
        delivery_.reset();
        DatabaseTest::TearDown();
    }

    registry::Person add(int number, const std::string& phone = "") {
        const std::string own = phone.empty() ? phone_of(number) : phone;
        const std::string name = "दीदी " + std::to_string(number);
        return database().write([&](Transaction& tx) {
            const registry::NewAddress address{registry::Channel::kWhatsapp, own};
            return *registry::add_person(
                tx, system_viewer(),
                {.name = name,
                 .place_id = kRampur,
                 .addresses = std::span(&address, 1),
                 .consent = registry::NewConsent{registry::kAllPurposes,
                                                 registry::Channel::kWhatsapp, "1/hi", "form:1"}},
                clock().now());
        });
    }
    static std::string phone_of(int number) { return "+9198000" + std::to_string(10'000 + number); }
    [[nodiscard]] const Clock& clock() const { return system_clock(); }

    DeliveryOptions options() {
        DeliveryOptions options;
        options.access_token = "token";
        options.phone_number_ids = {"1001"};
        options.rate_per_number = 1000;
        options.quiet_hours = false;
        options.attempt_key = "a key of sixteen bytes or more";
        return options;
    }
    std::unique_ptr<Transport> network() {
        net::ClientOptions client;
        client.base_url = provider_.url();
        return network_transport({{registry::Channel::kWhatsapp, client}});
    }
    Delivery& deliver() {
        delivery_ = std::make_unique<Delivery>(database(), clock(), options(), network());
        delivery_->start();
        return *delivery_;
    }
    void stop() {
        delivery_->stop(5'000);
        delivery_.reset();
    }

    BroadcastId broadcast(const std::vector<std::uint32_t>& ordinals,
                          const std::string& device_id = "device-1") {
        const auto made = create_broadcast(
            database(),
            {.device_id = device_id,
             .template_name = "haat_broadcast",
             .params_json = R"({"hi":["नमस्ते"],"en":["hello"],"buttons":[],)"
                            R"("text_hi":"नमस्ते","text_en":"hello"})",
             .audience_json = "{}",
             .place_id = kRampur,
             .expires_at = {clock().now().value + 3600}},
            ordinals, clock().now());
        EXPECT_TRUE(made.has_value()) << made.error().code;
        nonce_ = made->nonce;
        return made->broadcast_id;
    }
    /// As the latest broadcast's attempts are named.
    [[nodiscard]] AttemptId attempt_of(BroadcastId id, std::uint32_t slot,
                                       std::uint8_t attempt = 1) const {
        return {{static_cast<std::uint32_t>(id.value), slot}, attempt, nonce_};
    }

    template <typename Done>
    bool wait(Done done) {
        for (int i = 0; i < 3'000; ++i) {
            if (done()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    bool wait_idle() {
        return wait([&] { return delivery_->idle(); });
    }
    std::int64_t report(const Asked& asked, SlotState state, bool with_callback = true) {
        const Status status{.message_id = "wamid." + asked.callback_data,
                                      .callback_data = with_callback ? asked.callback_data : "",
                                      .recipient = asked.to,
                                      .state = state};
        return database().write([&](Transaction& tx) {
            return delivery_->record_statuses(tx, std::span(&status, 1));
        });
    }

    ScriptedProvider provider_;
    std::unique_ptr<Delivery> delivery_;
    std::uint32_t nonce_ = 0;
};
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

/// The provider behind a proxy that breaks connections.
class FaultProvider : public DeliveryTest {
  protected:
    void deliver_through(const std::string& url, const Clock& with = system_clock()) {
        net::ClientOptions client;
        client.base_url = url;
        client.deadline_milliseconds = 500;
        client.connections = 1;
        delivery_ = std::make_unique<Delivery>(
            database(), with, options(),
            network_transport({{registry::Channel::kWhatsapp, client}}));
        delivery_->start();
    }
    std::string through_proxy() const { return "http://127.0.0.1:" + std::to_string(proxy_.port()); }
    BroadcastId send_to(int people) {
        std::vector<std::uint32_t> ordinals;
        for (int i = 0; i < people; ++i) {
            ordinals.push_back(add(i).ordinal);
        }
        const BroadcastId id = broadcast(ordinals);
        delivery_->broadcast_changed(id);
        return id;
    }
    std::int64_t in_state(BroadcastId id, SlotState state) const {
        return delivery_->progress(id).of(state);
    }

    test::ChaosProxy proxy_{
        static_cast<std::uint16_t>(std::stoi(provider_.url().substr(provider_.url().rfind(':') + 1)))};
};
HAAT_BOTH_ENGINES(FaultProvider);

/// Rows 27, 30, 31: whatever cuts the reply, it is not known, not asked again, and settled later.
TEST_P(FaultProvider, Row27And30And31AReplyThatNeverComesIsUnknownUntilItsCallback) {
    deliver_through(through_proxy());
    const BroadcastId id = send_to(0 + 4);
    ASSERT_TRUE(wait_idle());
    ASSERT_EQ(delivery_->progress(id).accepted(), 4);
    int number = 10;
    for (const test::Cut cut :
         {test::Cut::kAfterAnswer, test::Cut::kMidAnswer, test::Cut::kMute}) {
        SCOPED_TRACE(static_cast<int>(cut));
        const std::string phone = phone_of(++number);
        proxy_.arm(phone.substr(1), cut);
        const BroadcastId cut_one =
            broadcast({add(number).ordinal}, "device-" + std::to_string(number));
        delivery_->broadcast_changed(cut_one);
        ASSERT_TRUE(wait([&] { return in_state(cut_one, SlotState::kUnknown) == 1; }));
        EXPECT_EQ(provider_.asked_to(phone), 1) << "it was taken";
        EXPECT_EQ(report(provider_.asked().back(), SlotState::kSent), 1);
        EXPECT_EQ(in_state(cut_one, SlotState::kSent), 1);
        EXPECT_EQ(provider_.asked_to(phone), 1) << "and never asked again";
    }
}

/// Row 32: a name that leads nowhere is a definite no, and costs nobody her message.
TEST_P(FaultProvider, Row32ADeadNameIsNotSentAndAskedAgainLater) {
    deliver_through("http://no-such-provider.invalid");
    const BroadcastId id = send_to(5);
    ASSERT_TRUE(wait([&] { return in_state(id, SlotState::kRetry) == 5; }));
    EXPECT_EQ(in_state(id, SlotState::kUnknown), 0);
    stop();
    deliver();
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(delivery_->progress(id).accepted(), 5);
    EXPECT_EQ(provider_.asked().size(), 5U);
}

/// Rows 33, 34: a thousand times the same, and the order turned round.
TEST_P(FaultProvider, Row33And34RepeatedAndReorderedStatusesHaveOneEffect) {
    deliver();
    const BroadcastId id = send_to(2);
    ASSERT_TRUE(wait_idle());
    const Asked asked = provider_.asked().front();
    EXPECT_EQ(report(asked, SlotState::kRead), 1);
    const Status again{.message_id = "wamid." + asked.callback_data,
                       .callback_data = asked.callback_data,
                       .recipient = asked.to,
                       .state = SlotState::kSent};
    const std::vector<Status> thousand(1'000, again);
    database().write([&](Transaction& tx) { (void)delivery_->record_statuses(tx, thousand); });
    EXPECT_EQ(in_state(id, SlotState::kRead), 1);
    EXPECT_EQ(in_state(id, SlotState::kSent), 0);
    EXPECT_EQ(delivery_->progress(id).accepted(), 2);
    stop();
    deliver();
    EXPECT_TRUE(wait([&] { return in_state(id, SlotState::kRead) == 1; })) << "nor after a restart";
}

/// Row 35: the provider reports before it answers.
TEST_P(FaultProvider, Row35AStatusBeforeTheAnswerIsKept) {
    deliver();
    provider_.script([this](const Asked& asked, int) {
        EXPECT_EQ(report(asked, SlotState::kDelivered), 1);
        return ScriptedProvider::accepted(asked);
    });
    const BroadcastId id = send_to(3);
    ASSERT_TRUE(wait_idle());
    EXPECT_EQ(in_state(id, SlotState::kDelivered), 3);
    EXPECT_EQ(delivery_->counts().unmatched, 0);
}

/// A clock that somebody set wrong, or that of another day.
class ShiftedClock final : public Clock {
  public:
    explicit ShiftedClock(std::int64_t seconds) : seconds_(seconds) {}
    [[nodiscard]] UnixMicros now_micros() const override {
        return {system_clock().now_micros().value + seconds_ * 1'000'000};
    }
    [[nodiscard]] std::int64_t monotonic_micros() const override {
        return system_clock().monotonic_micros();
    }

  private:
    std::int64_t seconds_;
};

/// Row 36: seven days later, in another process.
TEST_P(FaultProvider, Row36AStatusAWeekLateIsApplied) {
    deliver();
    const BroadcastId id = send_to(3);
    ASSERT_TRUE(wait_idle());
    stop();
    const ShiftedClock next_week(7 * 86'400);
    deliver_through(through_proxy(), next_week);
    ASSERT_TRUE(wait([&] { return delivery_->progress(id).accepted() == 3; }));
    EXPECT_EQ(report(provider_.asked().front(), SlotState::kRead), 1);
    EXPECT_EQ(in_state(id, SlotState::kRead), 1);
    delivery_.reset();  // before the clock that it reads
}

/// Row 39: processes whose clocks are an hour apart, either way, share the work; nobody is sent to
/// twice, nothing is closed early, and no lease changes hands for it.
TEST_P(FaultProvider, Row39WrongClocksStealNoLeaseAndCloseNothing) {
    const ShiftedClock ahead(3'000);
    const ShiftedClock behind(-3'600);
    std::vector<std::uint32_t> ordinals;
    for (int i = 0; i < 40; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    DeliveryOptions shared = options();
    shared.alone = false;
    shared.lease_seconds = 2;
    const auto make = [&](const Clock& with) {
        return std::make_unique<Delivery>(database(), with, shared, network());
    };
    const std::unique_ptr<Delivery> one = make(ahead);
    const std::unique_ptr<Delivery> two = make(behind);
    one->start();
    two->start();
    const auto owned = [&] { return one->counts().shards + two->counts().shards; };
    ASSERT_TRUE(wait([&] { return one->counts().shards == 8 && two->counts().shards == 8; }));
    const BroadcastId id = broadcast(ordinals);
    one->broadcast_changed(id);
    two->broadcast_changed(id);
    ASSERT_TRUE(wait([&] { return provider_.asked().size() == 40U; }));
    ASSERT_TRUE(wait([&] { return one->progress(id).accepted() == 40; }));
    EXPECT_EQ(one->progress(id).of(SlotState::kExpired), 0);
    EXPECT_EQ(owned(), 16);
    EXPECT_EQ(one->counts().shards, 8);
    one->stop(5'000);
    two->stop(5'000);
    EXPECT_EQ(provider_.asked().size(), 40U);
}

}  // namespace
}  // namespace haat::messaging
