/// PostgreSQL goes away, comes back, refuses, or loses an answer, and nothing is lost or done
/// twice. Rows 19, 23 and 24 of docs/internals/faults.md.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "chaos_proxy.hpp"
#include "postgres_cluster.hpp"
#include "storage/database.hpp"
#include "storage/failure.hpp"
#include "storage/migrations.hpp"
#include "storage/statement.hpp"

namespace haat::storage {
namespace {

using test::ChaosProxy;
using test::Cut;
using test::PostgresCluster;

constexpr Field kAddIn[] = {{"n", Type::kInteger}, {"at", Type::kInteger}};
constexpr Field kCountOut[] = {{"n", Type::kInteger}};
const Statement kAdd("faults.add", "", "INSERT INTO boot (boot_number, started_at) VALUES ($1, $2)",
                     kAddIn, {});
const Statement kCount("faults.count", "", "SELECT COUNT(*) FROM boot WHERE boot_number >= $1",
                       std::span(kAddIn).first(1), kCountOut);
const Statement kBump("faults.bump", "",
                      "UPDATE boot SET started_at = started_at + $1 WHERE boot_number = 900000",
                      std::span(kAddIn).first(1), {});
const Statement kValue("faults.value", "", "SELECT started_at FROM boot WHERE boot_number = $1",
                       std::span(kAddIn).first(1), kCountOut);

void add(Transaction& tx, std::int64_t n) {
    tx.execute(kAdd, {Value::of(n), Value::of(std::int64_t{0})});
}
std::int64_t count_from(Transaction& tx, std::int64_t first) {
    std::int64_t n = -1;
    tx.query(kCount, {Value::of(first)}, [&](const Row& row) { n = row.integer(0); });
    return n;
}

class FaultPostgres : public ::testing::Test {
 protected:
    static void SetUpTestSuite() { cluster.emplace("-c max_connections=12 -c fsync=off"); }
    static void TearDownTestSuite() { cluster.reset(); }
    void SetUp() override {
        static int schemas = 0;
        options.postgres_schema = "faults_" + std::to_string(schemas++);
        options.postgres_url = cluster->url();
        options.readers = 2;
        options.patience_milliseconds = 60'000;
        ASSERT_TRUE(migrate(options).has_value());
    }
    /// haat behind the proxy.
    void open() {
        proxy.emplace(cluster->port());
        options.postgres_url = cluster->url(proxy->port());
        database = Database::open(options);
    }
    std::int64_t count(std::int64_t first) {
        return database->read([&](Transaction& tx) { return count_from(tx, first); });
    }

    static inline std::optional<PostgresCluster> cluster;
    std::optional<ChaosProxy> proxy;
    OpenOptions options;
    std::unique_ptr<Database> database;
};

/// Row 19: writers go on through a crash of the server; what was confirmed is there, once.
TEST_F(FaultPostgres, Row19ACrashAndRestartLosesNothing) {
    open();
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> next{100'000};
    std::atomic<int> failed{0};
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t) {
        writers.emplace_back([&] {
            while (!stop) {
                const std::int64_t n = next++;
                try {
                    // Run again after a lost answer it would meet its own row and fail.
                    database->write([&](Transaction& tx) { add(tx, n); });
                } catch (const Failure&) {
                    ++failed;
                }
                try {
                    (void)count(100'000);
                } catch (
                    const Unavailable&) {  // cut in the middle of its rows: the caller's choice
                }
            }
        });
    }
    const auto wait_for = [&](std::int64_t more) {
        for (const std::int64_t goal = next + more; next < goal;) {
            std::this_thread::yield();
        }
    };
    for (int round = 0; round < 3; ++round) {
        wait_for(200);
        cluster->kill();
        cluster->start();
    }
    wait_for(200);
    stop = true;
    for (std::thread& writer : writers) {
        writer.join();
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(count(100'000), next - 100'000);
}

TEST_F(FaultPostgres, Row19AnAdministratorEndsEverySession) {
    open();
    for (int round = 0; round < 5; ++round) {
        const std::int64_t n = 200'000 + round;
        database->write([&](Transaction& tx) { add(tx, n); });
        cluster->sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'haat'");
    }
    EXPECT_EQ(count(200'000), 5);
}

/// Row 19: the answer to a commit is lost. What became of it is found out, not guessed.
TEST_F(FaultPostgres, Row19ALostAnswerToACommitIsLookedUp) {
    open();
    database->write([&](Transaction& tx) { add(tx, 300'000); });
    int told = 0;
    for (const Cut cut : {Cut::kAfterAnswer, Cut::kBeforeForward, Cut::kMidAnswer}) {
        const int before = proxy->cuts();
        const std::int64_t n = 300'001 + proxy->cuts();
        proxy->arm("COMMIT", cut);
        // The key is unique: were a kept one repeated, it would fail.
        database->write([&](Transaction& tx) {
            add(tx, n);
            tx.after_commit([&told] { ++told; });
        });
        EXPECT_EQ(proxy->cuts(), before + 1);
    }
    EXPECT_EQ(told, 3);
    EXPECT_EQ(count(300'000), 4);
}

TEST_F(FaultPostgres, Row19AConnectionCutInTheMiddleRunsTheWorkAgain) {
    open();
    int runs = 0;
    database->write([&](Transaction& tx) {
        add(tx, 310'000);
        if (++runs == 1) {
            proxy->cut_all();
            EXPECT_THROW(
                for (int i = 1; i < 1'000'000; ++i) { add(tx, 310'000 + i); }, Unavailable);
            throw Unavailable("as the statement said");
        }
    });
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count(310'000), 1);
}

/// Row 19: away for longer than callers wait. Who asked hears what is known, and nobody restarts
/// haat.
TEST_F(FaultPostgres, Row19AwayForLongFailsFastAndComesBackByItself) {
    options.patience_milliseconds = 500;
    open();
    proxy->arm("COMMIT", Cut::kAfterAnswer);
    std::atomic<bool> ran{false};
    // The commit's answer is lost, and then nobody can be asked.
    EXPECT_THROW(database->write([&](Transaction& tx) {
        add(tx, 320'000);
        proxy->refuse(true);
        ran = true;
    }),
                 CommitUnknown);
    EXPECT_TRUE(ran);
    EXPECT_THROW(database->write([&](Transaction& tx) { add(tx, 320'001); }), Unavailable);
    proxy->cut_all();
    EXPECT_THROW((void)count(320'000), Unavailable);
    proxy->refuse(false);
    database->write([&](Transaction& tx) { add(tx, 320'002); });
    EXPECT_EQ(count(320'000), 2) << "the unknown one was kept, the refused one was not";
}

/// Row 23: two processes that meet on one row: each is repeated, twelve times at most, and no
/// increment is lost.
TEST_F(FaultPostgres, Row23ConflictsAreRepeatedAFewTimes) {
    open();
    const std::unique_ptr<Database> other = Database::open(options);
    database->write([&](Transaction& tx) { add(tx, 900'000); });
    std::atomic<std::int64_t> done{0};
    const auto bump = [&](Database& mine) {
        for (int i = 0; i < 300; ++i) {
            try {
                mine.write([&](Transaction& tx) {
                    (void)count_from(tx, 900'000);
                    tx.execute(kBump, {Value::of(std::int64_t{1})});
                });
                ++done;
            } catch (const SerializationFailure&) {  // too often: the caller decides
            }
        }
    };
    std::thread one([&] { bump(*database); });
    std::thread two([&] { bump(*other); });
    one.join();
    two.join();
    std::int64_t value = 0;
    database->read([&](Transaction& tx) {
        tx.query(kValue, {Value::of(std::int64_t{900'000})},
                 [&](const Row& row) { value = row.integer(0); });
    });
    EXPECT_EQ(value, done);
    EXPECT_GT(database->write_stats().retries + other->write_stats().retries, 0);

    int runs = 0;
    EXPECT_THROW(database->write([&](Transaction&) {
        ++runs;
        throw SerializationFailure("always");
    }),
                 SerializationFailure);
    EXPECT_EQ(runs, 1 + 5);
}

/// Row 24: no connection is left, at the server or here.
TEST_F(FaultPostgres, Row24NoConnectionLeftIsSaidAndPasses) {
    options.patience_milliseconds = 500;
    open();
    // The server has 12, of which 3 are the superuser's (who is haat here): all are taken.
    std::vector<std::unique_ptr<Database>> others;
    OpenOptions one = options;
    one.postgres_url = cluster->url();
    one.readers = 1;
    one.read_only = true;
    EXPECT_THROW(
        for (int i = 0; i < 12; ++i) { others.push_back(Database::open(one)); }, CannotOpen);
    proxy->cut_all();
    std::vector<std::unique_ptr<Database>> more;
    // Ours were freed by the cut; take them as well.
    for (bool full = false; !full;) {
        try {
            more.push_back(Database::open(one));
        } catch (const CannotOpen&) {
            full = more.size() >= 3;
        }
    }
    EXPECT_THROW(database->write([&](Transaction& tx) { add(tx, 400'000); }), Unavailable);
    EXPECT_THROW((void)count(400'000), Unavailable);
    others.clear();
    more.clear();
    database->write([&](Transaction& tx) { add(tx, 400'001); });
    EXPECT_EQ(count(400'000), 1);
}

TEST_F(FaultPostgres, Row24EveryReaderBusyIsSaidSoon) {
    options.readers = 1;
    options.patience_milliseconds = 200;
    open();
    std::promise<void> entered;
    std::promise<void> release;
    std::thread holder([&] {
        database->read([&](Transaction&) {
            entered.set_value();
            release.get_future().wait();
        });
    });
    entered.get_future().wait();
    EXPECT_THROW((void)count(0), Unavailable);
    release.set_value();
    holder.join();
    EXPECT_GE(count(0), 1);
}

}  // namespace
}  // namespace haat::storage
