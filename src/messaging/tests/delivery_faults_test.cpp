/// Rows of the fault matrix that happen between haat and a provider (docs/internals/faults.md).
#include <atomic>
#include <functional>

#include "delivery_fixture.hpp"
#include "storage/statement.hpp"

namespace haat::messaging {
namespace {

/// The provider behind a proxy that breaks connections.
class FaultProvider : public DeliveryTest {
 protected:
    void deliver_through(const std::string& url, const Clock& with = system_clock()) {
        net::ClientOptions client;
        client.base_url = url;
        client.deadline_milliseconds = 500;
        client.connections = 1;
        delivery_ =
            std::make_unique<Delivery>(database(), with, options(),
                                       network_transport({{registry::Channel::kWhatsapp, client}}));
        delivery_->start();
    }
    std::string through_proxy() const {
        return "http://127.0.0.1:" + std::to_string(proxy_.port());
    }
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

    test::ChaosProxy proxy_{static_cast<std::uint16_t>(
        std::stoi(provider_.url().substr(provider_.url().rfind(':') + 1)))};
};
HAAT_BOTH_ENGINES(FaultProvider);

/// Rows 27, 30, 31: whatever cuts the reply, it is not known, not asked again, and settled later.
TEST_P(FaultProvider, Row27And30And31AReplyThatNeverComesIsUnknownUntilItsCallback) {
    deliver_through(through_proxy());
    const BroadcastId id = send_to(0 + 4);
    ASSERT_TRUE(wait_idle());
    ASSERT_EQ(delivery_->progress(id).accepted(), 4);
    int number = 10;
    for (const test::Cut cut : {test::Cut::kAfterAnswer, test::Cut::kMidAnswer, test::Cut::kMute}) {
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

/// What is kept of who wrote to the journal: names, rows, cursors.
constexpr storage::Field kLeftOut[] = {{"processes", storage::Type::kInteger},
                                       {"rows", storage::Type::kInteger},
                                       {"cursor_writers", storage::Type::kInteger}};
constexpr const char* kLeftText =
    "SELECT (SELECT COUNT(*) FROM delivery_process), (SELECT COUNT(*) FROM journal), "
    "(SELECT COUNT(DISTINCT writer) FROM shard_cursor)";
const storage::Statement kLeft("test.writers_left", kLeftText, kLeftText, {}, kLeftOut);

struct WritersLeft {
    std::int64_t processes = -1;
    std::int64_t rows = -1;
    std::int64_t cursor_writers = -1;
};
WritersLeft writers_left(storage::Database& database) {
    return database.read([](Transaction& tx) {
        WritersLeft left;
        tx.query(kLeft, {}, [&](const storage::Row& row) {
            left = {row.integer(0), row.integer(1), row.integer(2)};
        });
        return left;
    });
}

/// Hours pass when the test says so.
class LaterClock final : public Clock {
 public:
    [[nodiscard]] UnixMicros now_micros() const override { return system_clock().now_micros(); }
    [[nodiscard]] std::int64_t monotonic_micros() const override {
        return system_clock().monotonic_micros() + later_;
    }
    void pass_seconds(std::int64_t seconds) { later_ += seconds * 1'000'000; }

 private:
    std::atomic<std::int64_t> later_ = 0;
};

/// Several processes with leases of an hour: whose session with the database has ended is not
/// waited for.
class Sessions : public FaultProvider {
 protected:
    void SetUp() override {
        FaultProvider::SetUp();
        if (is_postgres()) {
            second_ = storage::Database::open(DatabaseTest::options());
        }
    }
    [[nodiscard]] bool is_postgres() { return database().engine() == storage::Engine::kPostgres; }
    /// The other process's; SQLite has but one.
    [[nodiscard]] storage::Database& second() { return second_ ? *second_ : database(); }
    std::unique_ptr<Delivery> process(storage::Database& of, const Clock& by = system_clock(),
                                      int lease_seconds = 3'600) {
        DeliveryOptions shared = options();
        shared.alone = false;
        shared.lease_seconds = lease_seconds;
        return std::make_unique<Delivery>(of, by, shared, network());
    }
    /// All but that of the second process's writer.
    void end_sessions() {
        second().write([&](Transaction& tx) {
            tx.execute_script(is_postgres()
                                  ? "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                    "WHERE application_name = 'haat' AND pid <> pg_backend_pid()"
                                  : "UPDATE delivery_process SET beats = -1");
        });
    }

 public:
    static void step_until(Delivery& delivery, const std::function<bool()>& done) {
        for (int i = 0; i < 20'000 && !done(); ++i) {
            std::this_thread::sleep_for(std::chrono::microseconds(delivery.step()));
        }
        ASSERT_TRUE(done());
    }

 protected:
    BroadcastId send_first(int people) {
        std::vector<std::uint32_t> ordinals;
        for (int i = 0; i < people; ++i) {
            ordinals.push_back(add(i).ordinal);
        }
        return broadcast(ordinals);
    }

    std::unique_ptr<storage::Database> second_;
};
HAAT_BOTH_ENGINES(Sessions);

TEST_P(Sessions, TheShardsOfADeadProcessAreTakenWithoutWaitingForItsLease) {
    const BroadcastId id = send_first(30);
    std::unique_ptr<Delivery> dead = process(database());
    std::unique_ptr<Delivery> lives = process(second());
    dead->start();
    lives->start();
    ASSERT_TRUE(wait([&] { return dead->counts().shards == 8 && lives->counts().shards == 8; }));
    dead.reset();  // without a word
    if (is_postgres()) {
        close();
    } else {
        end_sessions();
    }
    ASSERT_TRUE(wait([&] { return lives->counts().shards == 16; }));
    ASSERT_TRUE(wait([&] { return lives->progress(id).missing() == 0; }));
    lives->stop(5'000);
    for (int i = 0; i < 30; ++i) {
        EXPECT_LE(provider_.asked_to(phone_of(i)), 1);
    }
}

/// One that only lost its connection is replaced as well, and fenced: it permits nothing of what is
/// another's now.
TEST_P(Sessions, WhoLostItsSessionAndItsShardsPermitsNothingOfThem) {
    const BroadcastId first = send_first(20);
    const std::unique_ptr<Delivery> old = process(database());
    const std::unique_ptr<Delivery> successor = process(second());
    step_until(*old, [&] { return old->progress(first).accepted() == 20; });
    ASSERT_EQ(old->counts().shards, 16);
    end_sessions();
    step_until(*successor, [&] { return successor->counts().shards == 16; });
    std::vector<std::uint32_t> ordinals;
    for (int i = 20; i < 40; ++i) {
        ordinals.push_back(add(i).ordinal);
    }
    const BroadcastId next = broadcast(ordinals, "device-2");
    step_until(*old, [&] { return old->counts().shards < 16; });
    EXPECT_EQ(provider_.asked().size(), 20U) << "it permitted what is another's";
    step_until(*successor, [&] {  // which gives half of the shards back to whom it sees living
        (void)old->step();
        return provider_.asked().size() >= 40U && successor->progress(next).accepted() == 20;
    });
    EXPECT_EQ(provider_.asked().size(), 40U);
}

/// Its name stays until every owner of a shard has folded what it wrote.
TEST_P(Sessions, AProcessThatIsOverIsForgottenOnceNothingRefersToIt) {
    constexpr int kBroadcasts = 16;  // one for each shard
    constexpr int kLease = 1'000'000;
    LaterClock clock;
    const std::unique_ptr<Delivery> first = process(second(), clock, kLease);
    const std::unique_ptr<Delivery> other = process(second(), clock, kLease);
    std::unique_ptr<Delivery> dead = process(database(), clock, kLease);
    const auto all_hold = [&](int at_most) {
        (void)other->step();
        const int third = dead ? (static_cast<void>(dead->step()), dead->counts().shards) : 0;
        const int held = first->counts().shards + other->counts().shards + third;
        return held == kShards && first->counts().shards <= at_most &&
               other->counts().shards <= at_most && third <= at_most;
    };
    step_until(*first, [&] { return all_hold(6); });
    const std::vector<std::uint32_t> people{add(0).ordinal};
    for (int i = 0; i < kBroadcasts; ++i) {
        (void)broadcast(people, "device-" + std::to_string(i));
    }
    step_until(*first, [&] {
        return all_hold(6) && provider_.asked().size() == kBroadcasts && first->idle() &&
               other->idle() && dead->idle();
    });
    dead.reset();  // without a word
    end_sessions();
    EXPECT_EQ(writers_left(second()).processes, 3);
    clock.pass_seconds(3);
    step_until(*first, [&] { return all_hold(8); });
    const std::int64_t rows = writers_left(second()).rows;
    clock.pass_seconds(3'601);
    (void)first->step();  // writes back its own shards, and would forget
    EXPECT_LT(writers_left(second()).rows, rows);
    EXPECT_GT(writers_left(second()).rows, 0);
    EXPECT_EQ(writers_left(second()).processes, 3) << "the other has not written back its rows";
    (void)other->step();
    EXPECT_EQ(writers_left(second()).processes, 2);
    EXPECT_EQ(writers_left(second()).cursor_writers, 2);
    // They go on as before.
    (void)broadcast(people, "device-after");
    step_until(*first, [&] {
        (void)other->step();
        return provider_.asked().size() == kBroadcasts + 1U;
    });
}

/// Where one process holds the database there are no names, but cursors.
TEST_P(FaultProvider, CursorsOfProcessesBeforeAreForgotten) {
    const std::vector<std::uint32_t> people{add(0).ordinal};
    LaterClock clock;
    for (int i = 0; i < 4; ++i) {
        (void)broadcast(people, "device-" + std::to_string(i));
        delivery_ = std::make_unique<Delivery>(database(), clock, options(), network());
        Sessions::step_until(*delivery_, [&] {
            return static_cast<int>(provider_.asked().size()) == i + 1 && delivery_->idle();
        });
        clock.pass_seconds(61);
        (void)delivery_->step();
        EXPECT_EQ(writers_left(database()).cursor_writers, 1);
        EXPECT_EQ(writers_left(database()).rows, 0);
        stop();
    }
}

/// Row 21: after a failover that may have forgotten commits nobody knows which attempts were made.
/// What waited is not sent, in at-least-once mode not repeated either: its number may have been
/// used.
TEST_P(FaultProvider, Row21WhatWaitedThroughAFailoverIsUnknownAndNeverRepeated) {
    const std::vector<std::uint32_t> ordinals{add(0).ordinal, add(1).ordinal};
    std::vector<BroadcastId> made;
    for (const DeliveryMode mode : {DeliveryMode::kAtMostOnce, DeliveryMode::kAtLeastOnce}) {
        made.push_back(create_broadcast(database(),
                                        {.device_id = "device-" + std::to_string(made.size()),
                                         .template_name = "haat_broadcast",
                                         .params_json = R"({"hi":["x"],"en":["x"],"buttons":[],)"
                                                        R"("text_hi":"x","text_en":"x"})",
                                         .audience_json = "{}",
                                         .place_id = kRampur,
                                         .expires_at = {clock().now().value + 3600},
                                         .mode = mode},
                                        ordinals, clock().now())
                           ->broadcast_id);
    }
    DeliveryOptions held = options();
    held.quarantine = true;
    held.repeat_seconds = 0;
    delivery_ = std::make_unique<Delivery>(database(), clock(), held, network());
    delivery_->start();
    // A broadcast of after the failover goes as ever; by then all that is due was looked at.
    const BroadcastId later = broadcast(ordinals, "device-later");
    delivery_->broadcast_changed(later);
    ASSERT_TRUE(wait([&] { return in_state(later, SlotState::kAccepted) == 2; }));
    for (const BroadcastId id : made) {
        EXPECT_EQ(in_state(id, SlotState::kUnknown), 2);
    }
    EXPECT_EQ(provider_.asked().size(), 2U);
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
