#include "storage/database.hpp"

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "storage/ahead.hpp"
#include "storage/audit.hpp"
#include "storage/failure.hpp"
#include "storage/migrations.hpp"
#include "storage/statement.hpp"
#include "storage_testing/testing.hpp"

namespace haat::storage {
namespace {

constexpr Field kNoteIn[] = {{"n", Type::kInteger}, {"words", Type::kText}, {"bytes", Type::kBlob}};
constexpr Field kNoteOut[] = {{"words", Type::kText}, {"bytes", Type::kBlob}};
constexpr Field kAddIn[] = {{"n", Type::kInteger}, {"at", Type::kInteger}};
const Statement kBoot("test.boot", "INSERT INTO boot (boot_number, started_at) VALUES (?1, ?2)",
                      "INSERT INTO boot (boot_number, started_at) VALUES ($1, $2)", kAddIn, {});
constexpr Field kCountOut[] = {{"n", Type::kInteger}};
const Statement kCount("test.count", "SELECT COUNT(*) FROM boot WHERE boot_number >= ?1",
                       "SELECT COUNT(*) FROM boot WHERE boot_number >= $1",
                       std::span(kAddIn).first(1), kCountOut);
const Statement kEcho("test.echo", "SELECT ?2, ?3 WHERE ?1 > 0", "SELECT $2, $3 WHERE $1 > 0",
                      kNoteIn, kNoteOut);

std::int64_t count_from(Transaction& tx, std::int64_t first) {
    std::int64_t n = -1;
    tx.query(kCount, {Value::of(first)}, [&](const Row& row) { n = row.integer(0); });
    return n;
}
void add(Transaction& tx, std::int64_t n) { tx.execute(kBoot, {Value::of(n), Value::of(std::int64_t{1})}); }

class StorageTest : public testing::DatabaseTest {};
HAAT_BOTH_ENGINES(StorageTest);

TEST_P(StorageTest, ValuesComeBackAsTheyWent) {
    const std::string bytes("\0\xFF\x01", 3);
    std::string words = "दीदी 'x' \"y\"";
    database().read([&](Transaction& tx) {
        int rows = 0;
        tx.query(kEcho, {Value::of(std::int64_t{1}), Value::of(std::string_view(words)), Value::blob(bytes)},
                 [&](const Row& row) {
                     ++rows;
                     EXPECT_EQ(row.text(0), words);
                     EXPECT_EQ(row.text(1), bytes);
                 });
        EXPECT_EQ(rows, 1);
        tx.query(kEcho, {Value::of(std::int64_t{1}), Value(), Value::blob(std::string_view())},
                 [&](const Row& row) {
                     EXPECT_TRUE(row.is_null(0));
                     EXPECT_FALSE(row.is_null(1));
                 });
    });
}

TEST_P(StorageTest, ARefusalAndAnExceptionKeepNothing) {
    const Result<int> refused = database().write([](Transaction& tx) -> Result<int> {
        add(tx, 1000);
        return refuse(ErrorKind::kConflict, "test.no");
    });
    EXPECT_EQ(refused.error().code, "test.no");
    EXPECT_THROW(database().write([](Transaction& tx) {
        add(tx, 1001);
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 1000); }), 0);
}

/// Eight threads write fifty rows each from `first` on, every fifth twice: those jobs alone fail.
template <typename Add>
void expect_each_keeps_its_own_outcome(Database& database, std::int64_t first, Add add_row) {
    constexpr int kThreads = 8;
    constexpr int kEach = 50;
    std::atomic<int> failed{0};
    std::atomic<int> told{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                try {
                    database.write([&](Transaction& tx) {
                        add_row(tx, first + t * kEach + i);
                        tx.after_commit([&told] { ++told; });
                        if (i % 5 == 0) {
                            add_row(tx, first + t * kEach + i);  // the same key again
                        }
                    });
                } catch (const UniqueViolation&) {
                    ++failed;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failed, kThreads * kEach / 5);
    EXPECT_EQ(told, kThreads * kEach - failed);
    EXPECT_EQ(database.read([&](Transaction& tx) { return count_from(tx, first); }), told.load());
}

TEST_P(StorageTest, ManyWritersShareCommitsAndEachKeepsItsOwnOutcome) {
    expect_each_keeps_its_own_outcome(database(), 10'000, add);
    EXPECT_LE(database().write_stats().commits, database().write_stats().jobs);
}

TEST_P(StorageTest, BulkRowsAreOneCall) {
    std::vector<Value> values;
    for (std::int64_t i = 0; i < 2'500; ++i) {
        values.push_back(Value::of(i + 50'000));
        values.push_back(Value::of(std::int64_t{1}));
    }
    database().write([&](Transaction& tx) { tx.execute_many(kBoot, values); });
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 50'000); }), 2'500);
    EXPECT_THROW(database().write([&](Transaction& tx) { tx.execute_many(kBoot, values); }),
                 UniqueViolation);
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 50'000); }), 2'500);
}

void add_later(Transaction& tx, std::int64_t n) {
    const std::array values{Value::of(n), Value::of(std::int64_t{1})};
    tx.execute_many(kBoot, values);
}

/// A few rows go with the next statement that is answered: it sees them, and fails if they do.
TEST_P(StorageTest, AFewRowsMayWaitForTheNextAnswer) {
    database().write([](Transaction& tx) {
        add_later(tx, 60'000);
        add_later(tx, 60'001);
        EXPECT_EQ(count_from(tx, 60'000), 2);
        add_later(tx, 60'002);
        add(tx, 60'003);
        for (std::int64_t i = 0; i < 1'000; ++i) {
            add_later(tx, 61'000 + i);
        }
    });
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 60'000); }), 1'004);
    // The answer of a statement behind them is its own.
    EXPECT_EQ(database().write([](Transaction& tx) {
        add_later(tx, 62'000);
        return tx.execute(kBoot, {Value::of(std::int64_t{62'001}), Value::of(std::int64_t{1})});
    }),
              1);
    const auto twice = [](Transaction& tx) {
        add_later(tx, 63'000);
        add_later(tx, 60'000);
    };
    EXPECT_THROW(database().write([&](Transaction& tx) { twice(tx); }), UniqueViolation);
    EXPECT_THROW(database().write([&](Transaction& tx) {
        twice(tx);
        (void)count_from(tx, 0);
    }),
                 UniqueViolation);
    EXPECT_THROW(database().write([&](Transaction& tx) {
        twice(tx);
        throw std::runtime_error("no");
    }),
                 std::exception);
    EXPECT_THROW(database().write([&](Transaction& tx) {
        add_later(tx, 64'000);
        tx.query(kCount, {Value::of(std::int64_t{1})},
                 [](const Row&) { throw std::runtime_error("no"); });
    }),
                 std::runtime_error);
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 63'000); }), 0);
}

/// What was asked ahead is what the same query says at its own place.
TEST_P(StorageTest, AskingAheadChangesNoAnswer) {
    database().write([](Transaction& tx) {
        const auto ask = [&] {
            ahead(tx, [](Transaction& asks) {
                EXPECT_EQ(count_from(asks, 80'000), -1);
                EXPECT_EQ(count_from(asks, 80'001), -1);
            });
        };
        add_later(tx, 80'000);
        ask();
        EXPECT_EQ(count_from(tx, 80'000), 1);
        EXPECT_EQ(count_from(tx, 80'001), 0);
        ask();
        add_later(tx, 80'001);  // a write between: both are asked again
        EXPECT_EQ(count_from(tx, 80'001), 1);
        EXPECT_EQ(count_from(tx, 80'000), 2);
        ask();
        add(tx, 80'002);
        EXPECT_EQ(count_from(tx, 80'000), 3);
        ask();
        EXPECT_EQ(count_from(tx, 80'002), 1);  // another question in between
        EXPECT_EQ(count_from(tx, 80'001), 2);
        EXPECT_EQ(count_from(tx, 80'001), 2);  // each answer is taken once
        ask();                                 // in vain, to the end
    });
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 80'000); }), 3);
}

TEST_P(StorageTest, WhatWasAskedAheadFailsWithWhatWaitedBeforeIt) {
    const auto ask = [](Transaction& tx) {
        add_later(tx, 85'000);
        add_later(tx, 85'000);
        ahead(tx, [](Transaction& asks) { (void)count_from(asks, 85'000); });
    };
    EXPECT_THROW(database().write([&](Transaction& tx) {
        ask(tx);
        (void)count_from(tx, 85'000);
    }),
                 UniqueViolation);
    EXPECT_THROW(database().write([&](Transaction& tx) { ask(tx); }), UniqueViolation);
    EXPECT_EQ(database().read([](Transaction& tx) { return count_from(tx, 85'000); }), 0);
    database().write([](Transaction& tx) { add(tx, 85'001); });  // the connection is as before
    database().read([](Transaction& tx) {
        ahead(tx, [](Transaction& asks) { (void)count_from(asks, 85'000); });
        EXPECT_EQ(count_from(tx, 85'000), 1);
    });
}

TEST_P(StorageTest, WhatFailsLaterIsItsOwnJobsFailureAmongMany) {
    expect_each_keeps_its_own_outcome(database(), 70'000, add_later);
}

TEST_P(StorageTest, ReadersCannotWrite) {
    EXPECT_THROW(database().read([](Transaction& tx) { add(tx, 7'000); }), Failure);
}

TEST_P(StorageTest, IdsAreNeverGivenTwiceAcrossOpenings) {
    const std::int64_t first = database().new_id();
    EXPECT_LT(first, database().new_id());
    const std::int64_t boot = database().boot_number();
    reopen();
    EXPECT_EQ(database().boot_number(), boot + 1);
    EXPECT_GT(database().new_id(), first + 1'000'000);
    EXPECT_LT(database().new_id(), std::int64_t{1} << 53);
}

TEST_P(StorageTest, TheAuditRecordIsAppendOnly) {
    database().write([](Transaction& tx) { audit(tx, {1}, AccountId{1}, "test.act", "test:1", "{}"); });
    for (const char* change : {"UPDATE audit SET action = 'x'", "DELETE FROM audit"}) {
        EXPECT_THROW(database().write([&](Transaction& tx) { tx.execute_script(change); }), Failure);
    }
}

TEST_P(StorageTest, MigratingAgainChangesNothing) {
    EXPECT_EQ(inspect_schema(options()).state, SchemaState::kCurrent);
    EXPECT_TRUE(migrate(options())->empty());
    database().write([](Transaction& tx) {
        tx.execute_script("INSERT INTO schema_migration VALUES ('9999_future', 'x', 0)");
    });
    EXPECT_EQ(inspect_schema(options()).state, SchemaState::kNewer);
    EXPECT_EQ(migrate(options()).error().code, "storage.schema_newer");
    database().write([](Transaction& tx) {
        tx.execute_script("DELETE FROM schema_migration WHERE name = '9999_future';"
                          "UPDATE schema_migration SET sha256 = 'other'");
    });
    EXPECT_EQ(inspect_schema(options()).state, SchemaState::kForked);
}

TEST_P(StorageTest, ASecondServerOnOneDirectoryIsRefused) {
    if (GetParam() == Engine::kSqlite) {
        EXPECT_THROW((void)Database::open(options()), CannotOpen);
        OpenOptions reading = options();
        reading.read_only = true;
        EXPECT_EQ(Database::open(reading)->boot_number(), 0);
    } else {
        EXPECT_NE(Database::open(options())->boot_number(), database().boot_number());
    }
}

TEST(Migrations, TextFitsEachEngine) {
    const std::string_view text = "CREATE TABLE a (\n    b BIGINT, my_BIGINT_c BYTEA\n);\n"
                                  "-- only: sqlite\nX;\n-- end\n-- only: postgres\nY;\n-- end\n";
    EXPECT_EQ(migration_text_for(Engine::kSqlite, text),
              "CREATE TABLE a (\n    b INTEGER, my_BIGINT_c BLOB\n) STRICT;\nX;\n");
    EXPECT_EQ(migration_text_for(Engine::kPostgres, text),
              "CREATE TABLE a (\n    b BIGINT, my_BIGINT_c BYTEA\n);\nY;\n");
}

}  // namespace
}  // namespace haat::storage
