/// Rows that wait for company: each is seen, overwritten and failed as if it had gone alone.
#include <array>
#include <atomic>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/ahead.hpp"
#include "storage/database.hpp"
#include "storage/failure.hpp"
#include "storage/statement.hpp"
#include "storage_testing/testing.hpp"

namespace haat::storage {
namespace {

constexpr Field kBootIn[] = {{"boot_number", Type::kInteger}, {"started_at", Type::kInteger}};
constexpr Field kBootOut[] = {{"started_at", Type::kInteger}};
constexpr std::string_view kUpsert =
    " ON CONFLICT (boot_number) DO UPDATE SET started_at = excluded.started_at * 10";
const std::string kPutText = "INSERT INTO boot (boot_number, started_at) VALUES (?1, ?2)";
const std::string kPutSetText =
    "INSERT INTO boot (boot_number, started_at) SELECT given.p1, given.p2 "
    "FROM unnest($1::BIGINT[], $2::BIGINT[]) AS given (p1, p2)";
const std::string kPutSqlite = kPutText + std::string(kUpsert);
const std::string kPutPostgres = kPutSetText + std::string(kUpsert);
const Statement kPut("test.set_put", kPutSqlite, kPutPostgres, kBootIn, {}, By{0, true});
const Statement kAdd("test.set_add", kPutText, kPutSetText, kBootIn, {}, By{0, true});
const Statement kShift("test.set_shift", "UPDATE boot SET started_at = started_at + ?1",
                       "UPDATE boot SET started_at = started_at + $1 WHERE boot_number > 0",
                       std::span(kBootIn).last(1), {});
const Statement kFind("test.set_find", "SELECT started_at FROM boot WHERE boot_number = ?1",
                      "SELECT started_at FROM boot WHERE boot_number = $1",
                      std::span(kBootIn).first(1), kBootOut, By{0});

constexpr Field kMailIn[] = {
    {"mail_id", Type::kInteger}, {"device_id", Type::kText}, {"body", Type::kText}};
constexpr Field kMailOut[] = {{"device_id", Type::kText}, {"body", Type::kText}};
const Statement kMail(
    "test.set_mail",
    "INSERT INTO mail (mail_id, device_id, by_account_id, address_id, ordinal, person_id, purpose,"
    " body, template, created_at, expires_at) VALUES (?1, ?2, 0, -1, 0, 0, 0, ?3, '', 0, 0)",
    "INSERT INTO mail (mail_id, device_id, by_account_id, address_id, ordinal, person_id, purpose,"
    " body, template, created_at, expires_at) SELECT given.p1, given.p2, 0, -1, 0, 0, 0, given.p3,"
    " '', 0, 0 FROM unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[]) AS given (p1, p2, p3)",
    kMailIn, {}, By{0, true});
const Statement kMails("test.set_mails",
                       "SELECT device_id, body FROM mail WHERE address_id = -1 ORDER BY mail_id",
                       "SELECT device_id, body FROM mail WHERE address_id = -1 ORDER BY mail_id",
                       {}, kMailOut);
constexpr Field kBytesIn[] = {{"unreadable_id", Type::kInteger}, {"body", Type::kBlob}};
constexpr Field kBytesOut[] = {{"body", Type::kBlob}};
const Statement kBytes(
    "test.set_bytes",
    "INSERT INTO unreadable_webhook (unreadable_id, channel, body, received_at)"
    " VALUES (?1, 0, ?2, 0)",
    "INSERT INTO unreadable_webhook (unreadable_id, channel, body, received_at) SELECT given.p1, 0,"
    " given.p2, 0 FROM unnest($1::BIGINT[], $2::BYTEA[]) AS given (p1, p2)",
    kBytesIn, {}, By{0, true});
const Statement kBytesBack("test.set_bytes_back",
                           "SELECT body FROM unreadable_webhook ORDER BY unreadable_id",
                           "SELECT body FROM unreadable_webhook ORDER BY unreadable_id", {},
                           kBytesOut);

void put(Transaction& tx, const Statement& statement, std::int64_t n, std::int64_t at) {
    const std::array values{Value::of(n), Value::of(at)};
    tx.execute_many(statement, values);
}

/// -1: no such row, or asked ahead.
std::int64_t find(Transaction& tx, std::int64_t n) {
    std::int64_t at = -1;
    tx.query(kFind, {Value::of(n)}, [&](const Row& row) { at = row.integer(0); });
    return at;
}

class Sets : public testing::DatabaseTest {
 protected:
    std::int64_t kept(std::int64_t n) {
        return database().read([&](Transaction& tx) { return find(tx, n); });
    }
};
HAAT_BOTH_ENGINES(Sets);

TEST_P(Sets, EachRowComesInItsOrder) {
    database().write([](Transaction& tx) {
        put(tx, kAdd, 50'001, 1);
        put(tx, kPut, 50'001, 2);  // another statement on the same table: behind
        put(tx, kPut, 50'002, 3);
        put(tx, kPut, 50'002, 4);  // the same row again: behind
        EXPECT_EQ(find(tx, 50'001), 20);
        EXPECT_EQ(find(tx, 50'002), 40);
        put(tx, kPut, 50'002, 5);
        tx.execute(kShift, {Value::of(std::int64_t{1})});
        put(tx, kPut, 50'003, 7);
        const std::array values{Value::of(std::int64_t{50'003}), Value::of(std::int64_t{8}),
                                Value::of(std::int64_t{50'004}), Value::of(std::int64_t{9}),
                                Value::of(std::int64_t{50'003}), Value::of(std::int64_t{6})};
        tx.execute_many(kPut, values);
    });
    EXPECT_EQ(kept(50'002), 51);
    EXPECT_EQ(kept(50'003), 60);
    EXPECT_EQ(kept(50'004), 9);
}

TEST_P(Sets, ValuesComeBackAsTheyWent) {
    using namespace std::string_view_literals;
    const std::string long_text(70'000, 'x');
    database().write([&](Transaction& tx) {
        const std::array values{Value::of(std::int64_t{1}),
                                Value(),
                                Value::of("दीदी {,\"} 'x'"sv),
                                Value::of(std::int64_t{2}),
                                Value::of(""sv),
                                Value::of(""sv),
                                Value::of(std::int64_t{-3}),
                                Value::of("null"sv),
                                Value::of(std::string_view(long_text))};
        tx.execute_many(kMail, values);
        const std::array bytes{Value::of(std::int64_t{1}), Value::blob("\0\xFF{"sv),
                               Value::of(std::int64_t{2}), Value::blob(""sv)};
        tx.execute_many(kBytes, bytes);
    });
    database().read([&](Transaction& tx) {
        std::vector<std::string> bodies;
        std::vector<bool> nulls;
        tx.query(kMails, {}, [&](const Row& row) {
            nulls.push_back(row.is_null(0));
            bodies.emplace_back(row.text(1));
        });
        EXPECT_EQ(nulls, (std::vector{false, true, false}));
        EXPECT_EQ(bodies, (std::vector<std::string>{long_text, "दीदी {,\"} 'x'", ""}));
        std::vector<std::string> bytes;
        tx.query(kBytesBack, {}, [&](const Row& row) { bytes.emplace_back(row.text(0)); });
        EXPECT_EQ(bytes, (std::vector<std::string>{std::string("\0\xFF{", 3), ""}));
    });
}

TEST_P(Sets, WhatWaitedFailsWithItsTransaction) {
    database().write([](Transaction& tx) { put(tx, kAdd, 60'000, 1); });
    EXPECT_THROW(database().write([](Transaction& tx) {
        put(tx, kAdd, 60'001, 1);
        put(tx, kAdd, 60'000, 1);
    }),
                 UniqueViolation);
    EXPECT_THROW(database().write([](Transaction& tx) {
        put(tx, kAdd, 60'000, 1);
        (void)find(tx, 60'000);
    }),
                 UniqueViolation);
    EXPECT_THROW(database().write([](Transaction& tx) {
        put(tx, kAdd, 60'001, 1);
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(kept(60'001), -1);
    database().write([](Transaction& tx) { put(tx, kAdd, 60'002, 1); });  // nothing is left over
    EXPECT_EQ(kept(60'001), -1);
    EXPECT_EQ(kept(60'002), 1);
}

/// Jobs that share a commit: what one left waiting is its own to lose, and its own to fail.
TEST_P(Sets, JobsOfOneCommitKeepTheirRowsApart) {
    using Keep = Database::Keep;
    std::promise<void> all_wait;
    std::promise<void> all_done;
    std::array<std::exception_ptr, 6> failed;
    std::atomic<int> done{0};
    const auto queue = [&](std::size_t at, Database::Job job) {
        database().write_async(std::move(job), [&, at](std::exception_ptr error) {
            failed.at(at) = std::move(error);
            if (++done == static_cast<int>(failed.size())) {
                all_done.set_value();
            }
        });
    };
    database().write([](Transaction& tx) { put(tx, kAdd, 80'000, 1); });
    queue(0, [&](Transaction&) {  // the others come while it is at work
        all_wait.get_future().wait();
        return Keep::kYes;
    });
    queue(1, [](Transaction& tx) -> Keep {
        put(tx, kAdd, 80'001, 1);
        throw std::runtime_error("no");
    });
    queue(2, [](Transaction& tx) {
        put(tx, kAdd, 80'002, 1);
        ahead(tx, [](Transaction& asks) { (void)find(asks, 80'004); });
        return Keep::kNo;
    });
    queue(3, [](Transaction& tx) {
        put(tx, kAdd, 80'000, 2);  // is there
        return Keep::kYes;
    });
    queue(4, [](Transaction& tx) {
        put(tx, kAdd, 80'004, 1);
        ahead(tx, [](Transaction& asks) { (void)find(asks, 80'004); });
        return Keep::kYes;
    });
    queue(5, [](Transaction& tx) {
        put(tx, kPut, 80'004, 7);
        EXPECT_EQ(find(tx, 80'004), 70);
        return Keep::kYes;
    });
    all_wait.set_value();
    all_done.get_future().wait();
    const auto is_told = [&](std::size_t at) { return failed.at(at) != nullptr; };
    EXPECT_FALSE(is_told(0));
    EXPECT_TRUE(is_told(1));
    EXPECT_FALSE(is_told(2));
    ASSERT_TRUE(is_told(3));
    EXPECT_THROW(std::rethrow_exception(failed[3]), UniqueViolation);
    EXPECT_FALSE(is_told(4));
    EXPECT_FALSE(is_told(5));
    EXPECT_EQ(kept(80'000), 1);
    EXPECT_EQ(kept(80'001), -1);
    EXPECT_EQ(kept(80'002), -1);
    EXPECT_EQ(kept(80'004), 70);
}

TEST_P(Sets, AnAnswerAskedAheadHoldsAfterAWriteOfAnotherRow) {
    database().write([](Transaction& tx) {
        put(tx, kAdd, 70'000, 1);
        put(tx, kAdd, 70'001, 2);
        ahead(tx, [](Transaction& asks) {
            EXPECT_EQ(find(asks, 70'000), -1);
            EXPECT_EQ(find(asks, 70'001), -1);
            EXPECT_EQ(find(asks, 70'000), -1);
        });
        EXPECT_EQ(find(tx, 70'000), 1);
        put(tx, kPut, 70'000, 3);
        EXPECT_EQ(find(tx, 70'001), 2);
        EXPECT_EQ(find(tx, 70'000), 30);  // not the second answer, which is older
        ahead(tx, [](Transaction& asks) { (void)find(asks, 70'001); });
        tx.execute(kShift, {Value::of(std::int64_t{1})});  // of every row
        EXPECT_EQ(find(tx, 70'001), 3);
    });
}

}  // namespace
}  // namespace haat::storage
