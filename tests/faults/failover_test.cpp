/// The primary is lost, its standby is promoted, and nobody is sent a thing twice. Rows 20 to 22 of
/// docs/internals/faults.md, on two real clusters.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "messaging/broadcasts.hpp"
#include "messaging/delivery.hpp"
#include "messaging/quarantine.hpp"
#include "postgres_cluster.hpp"
#include "storage/migrations.hpp"

namespace haat::messaging {
namespace {

using test::PostgresCluster;

constexpr int kPeople = 300;

/// Takes everything at once, and remembers who was written to how often.
class Taker final : public Transport {
 public:
    struct Log {
        std::mutex mutex;
        std::map<std::string, int> sent;  ///< By text and phone.
        [[nodiscard]] int total() {
            const std::lock_guard lock(mutex);
            int sum = 0;
            for (const auto& [to, times] : sent) {
                sum += times;
            }
            return sum;
        }
        [[nodiscard]] bool any_twice() {
            const std::lock_guard lock(mutex);
            return std::ranges::any_of(sent, [](const auto& one) { return one.second > 1; });
        }
    };
    explicit Taker(Log& log) : log_(log) {}
    void send(registry::Channel, std::vector<net::BatchRequest> requests,
              net::BatchRules rules) override {
        std::vector<net::BatchResult> results;
        for (const net::BatchRequest& request : requests) {
            const std::size_t to = request.body.find(R"("to":")") + 6;
            const std::string text = request.body.find("second") == std::string::npos ? "1 " : "2 ";
            {
                const std::lock_guard lock(log_.mutex);
                ++log_.sent[text + request.body.substr(to, request.body.find('"', to) - to)];
            }
            net::BatchResult& result = results.emplace_back();
            result.tag = request.tag;
            result.result.outcome = net::Outcome::kAnswered;
            result.result.status = 200;
            result.result.body =
                R"({"messages":[{"id":"wamid.)" + std::to_string(++count_) + R"("}]})";
        }
        rules.done(results);
    }
    void stop(int) override {}

 private:
    Log& log_;
    int count_ = 0;
};

class FaultFailover : public ::testing::Test {
 protected:
    FaultFailover()
        : primary_("-c fsync=off -c max_connections=30"), standby_(primary_, "standby") {
        ready(primary_);
    }
    storage::OpenOptions options_of(const PostgresCluster& cluster) {
        storage::OpenOptions options;
        options.postgres_url = cluster.url();
        options.postgres_schema = "failover";
        options.readers = 1;
        options.patience_milliseconds = 2'000;
        return options;
    }
    void ready(const PostgresCluster& cluster) {
        const storage::OpenOptions options = options_of(cluster);
        ASSERT_TRUE(storage::migrate(options).has_value());
        const auto database = storage::Database::open(options);
        database->write([](storage::Transaction& tx) {
            tx.execute_script(fmt::format(
                "INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, number_first,"
                " number_last) VALUES (1, 'village', 300001, 'Rampur', 'Rampur', '', 1, 1);"
                "INSERT INTO person (ordinal, person_id, place_id, kind, language, channels,"
                " consents, suppressed, is_synthetic, created_at, name, name_latin)"
                " SELECT n, n, 1, 0, 0, 1, 15, 0, 1, 0, 'didi', 'didi'"
                " FROM generate_series(1, {0}) n;"
                "INSERT INTO contact SELECT n, '+91' || (7000000000 + n), 3, 0"
                " FROM generate_series(1, {0}) n;"
                "INSERT INTO person_contact SELECT n, n, 1 FROM generate_series(1, {0}) n;",
                kPeople));
        });
        first_ = add_broadcast(*database, "first");
    }
    std::uint32_t add_broadcast(storage::Database& database, const std::string& text) {
        std::vector<std::uint32_t> everybody;
        for (std::uint32_t ordinal = 1; ordinal <= kPeople; ++ordinal) {
            everybody.push_back(ordinal);
        }
        const UnixSeconds now = system_clock().now();
        const auto made = create_broadcast(
            database,
            {.device_id = text,
             .template_name = "haat_" + text,
             .params_json = R"({"hi":["x"],"en":["x"],"buttons":[],"text_hi":"x","text_en":"x"})",
             .audience_json = "{}",
             .place_id = PlaceId{1},
             .expires_at = {now.value + 3600}},
            everybody, now);
        EXPECT_TRUE(made.has_value());
        return static_cast<std::uint32_t>(made->broadcast_id.value);
    }
    std::unique_ptr<Delivery> deliver(storage::Database& database) {
        DeliveryOptions options;
        options.access_token = "token";
        options.phone_number_ids = {"1001"};
        options.rate_per_number = 100;
        options.quiet_hours = false;
        options.attempt_key = "a key of sixteen bytes or more";
        options.alone = false;
        options.lease_seconds = 1;
        return std::make_unique<Delivery>(database, system_clock(), options,
                                          std::make_unique<Taker>(log_));
    }
    template <typename Done>
    static void step_until(Delivery& delivery, Done done) {
        for (int i = 0; i < 20'000 && !done(); ++i) {
            std::this_thread::sleep_for(std::chrono::microseconds(delivery.step()));
        }
        ASSERT_TRUE(done());
    }
    [[nodiscard]] Progress progress(const Delivery& delivery, std::uint32_t number) const {
        return delivery.progress(BroadcastId{number});
    }
    void synchronous() {
        (void)primary_.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        (void)primary_.sql("SELECT pg_reload_conf()");
        while (primary_.sql("SELECT sync_state FROM pg_stat_replication") != "sync") {
            std::this_thread::yield();
        }
        const auto database = storage::Database::open(options_of(primary_));
        database->write([](storage::Transaction& tx) { set_standby(tx, true); });
    }

    PostgresCluster primary_;
    PostgresCluster standby_;
    Taker::Log log_;
    std::uint32_t first_ = 0;
};

/// A synchronous standby has whatever was confirmed: sending goes on where it stood.
TEST_F(FaultFailover, Row20ASynchronousStandbyGoesOnAndRepeatsNothing) {
    synchronous();
    {
        const auto database = storage::Database::open(options_of(primary_));
        const auto delivery = deliver(*database);
        step_until(*delivery, [&] { return log_.total() >= kPeople / 3; });
        primary_.kill();
    }
    standby_.promote();
    const auto database = storage::Database::open(options_of(standby_));
    const auto delivery = deliver(*database);
    step_until(*delivery, [&] {
        return progress(*delivery, first_).recipients == kPeople &&
               progress(*delivery, first_).missing() == 0;
    });
    const Progress end = progress(*delivery, first_);
    EXPECT_FALSE(log_.any_twice());
    EXPECT_EQ(end.accepted() + end.of(SlotState::kUnknown), kPeople);
    EXPECT_GT(end.accepted(), 0);
    EXPECT_FALSE(database->read([](storage::Transaction& tx) { return read_quarantine(tx); }).on);
}

/// An asynchronous one may miss permits that were used: nothing that waits is sent, and it is said.
TEST_F(FaultFailover, Row21AfterAnAsynchronousFailoverNothingGoesUntilAnOperatorSaysSo) {
    int lost_from = 0;
    {
        const auto database = storage::Database::open(options_of(primary_));
        const auto delivery = deliver(*database);
        step_until(*delivery, [&] { return log_.total() >= kPeople / 4; });
        // From here on the standby hears nothing: these permits will be forgotten.
        (void)standby_.sql("ALTER SYSTEM SET primary_conninfo = ''");
        (void)standby_.sql("SELECT pg_reload_conf()");
        while (standby_.sql("SELECT COUNT(*) FROM pg_stat_wal_receiver") != "0") {
            std::this_thread::yield();
        }
        lost_from = log_.total();
        step_until(*delivery, [&] { return log_.total() >= lost_from + kPeople / 4; });
        primary_.kill();
    }
    const int sent = log_.total();
    standby_.promote();
    const auto database = storage::Database::open(options_of(standby_));
    const auto delivery = deliver(*database);
    step_until(*delivery, [&] {
        return progress(*delivery, first_).recipients == kPeople &&
               progress(*delivery, first_).missing() == 0;
    });
    EXPECT_EQ(log_.total(), sent);
    const Quarantine held =
        database->read([](storage::Transaction& tx) { return read_quarantine(tx); });
    EXPECT_TRUE(held.on);
    EXPECT_EQ(held.reason, "failover");
    const std::int64_t unknown = progress(*delivery, first_).of(SlotState::kUnknown);
    EXPECT_GE(unknown, kPeople - lost_from);
    // A new one waits as well, until an operator lets it go; what was unknown stays unsent.
    const std::uint32_t second = add_broadcast(*database, "second");
    const std::int64_t until = system_clock().monotonic_micros() + 500'000;
    step_until(*delivery, [&] { return system_clock().monotonic_micros() > until; });
    EXPECT_EQ(log_.total(), sent);
    database->write([](storage::Transaction& tx) {
        set_quarantine(tx, false, "operator", system_clock().now());
    });
    step_until(*delivery, [&] { return progress(*delivery, second).accepted() == kPeople; });
    EXPECT_EQ(log_.total(), sent + kPeople);
    EXPECT_EQ(progress(*delivery, first_).of(SlotState::kUnknown), unknown);
    EXPECT_FALSE(log_.any_twice());
}

/// Whoever is left with the old primary can commit nothing, for nobody confirms it: no permit.
TEST_F(FaultFailover, Row22TheOldPrimaryPermitsNothing) {
    synchronous();
    primary_.kill();
    standby_.promote();
    primary_.start();
    storage::OpenOptions options = options_of(primary_);
    std::thread left_behind([&] {
        try {
            const auto database = storage::Database::open(options);
            const auto delivery = deliver(*database);
            while (true) {
                (void)delivery->step();
            }
        } catch (const std::exception&) {  // its commits fail when its server ends
        }
    });
    while (primary_.sql("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") ==
           "0") {
        std::this_thread::yield();
    }
    const auto database = storage::Database::open(options_of(standby_));
    const auto delivery = deliver(*database);
    step_until(*delivery, [&] { return progress(*delivery, first_).accepted() == kPeople; });
    EXPECT_EQ(log_.total(), kPeople);
    EXPECT_FALSE(log_.any_twice());
    primary_.kill();
    left_behind.join();
    EXPECT_EQ(log_.total(), kPeople);
}

}  // namespace
}  // namespace haat::messaging
