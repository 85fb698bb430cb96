/// Disks that fill, fail, crawl and lie, and files that move under a running server.
/// Rows 11 to 18 of docs/internals/faults.md.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "bad_disk.hpp"
#include "storage/database.hpp"
#include "storage/failure.hpp"
#include "storage/migrations.hpp"
#include "storage/statement.hpp"

namespace haat::storage {
namespace {

using test::BadDisk;
namespace fs = std::filesystem;

constexpr Field kAddIn[] = {{"n", Type::kInteger}, {"at", Type::kInteger}};
constexpr Field kCountOut[] = {{"n", Type::kInteger}};
const Statement kAdd("disk.add", "INSERT INTO boot (boot_number, started_at) VALUES (?1, ?2)", "",
                     kAddIn, {});
const Statement kCount("disk.count",
                       "SELECT COUNT(*) FROM boot WHERE boot_number >= ?1 AND started_at = 0", "",
                       std::span(kAddIn).first(1), kCountOut);

class FaultSqlite : public ::testing::Test {
 protected:
    void SetUp() override {
        BadDisk::install();
        BadDisk::full = BadDisk::log_sync_fails = BadDisk::file_sync_fails = false;
        BadDisk::sync_milliseconds = 0;
        root = fs::temp_directory_path() / ("haat-disk-" + std::to_string(::getpid()));
        fs::remove_all(root);
        options.sqlite_directory = root / "data";
        ASSERT_TRUE(migrate(options).has_value());
    }
    void TearDown() override {
        BadDisk::keep_flushed_in({});
        database.reset();
        fs::remove_all(root);
    }
    void open() { database = Database::open(options); }
    void add(std::int64_t n) {
        database->write(
            [&](Transaction& tx) { tx.execute(kAdd, {Value::of(n), Value::of(std::int64_t{0})}); });
    }
    static std::int64_t count(Database& in, std::int64_t first = 1'000) {
        std::int64_t n = -1;
        in.read([&](Transaction& tx) {
            tx.query(kCount, {Value::of(first)}, [&](const Row& row) { n = row.integer(0); });
        });
        return n;
    }
    /// The files as they lie there now, opened as by another start.
    std::unique_ptr<Database> open_copy(const fs::path& from) {
        OpenOptions copied = options;
        copied.sqlite_directory = root / ("copy" + std::to_string(copies++));
        fs::copy(from, copied.sqlite_directory);
        fs::remove(fs::path(copied.sqlite_directory) / "haat.db-shm");
        return Database::open(copied);
    }
    /// Turns one bit of a file over.
    static void flip(const fs::path& path, std::int64_t at) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(at);
        const int byte = file.get();
        file.seekp(at);
        file.put(static_cast<char>(byte ^ 0x10));
    }

    fs::path root;
    OpenOptions options;
    std::unique_ptr<Database> database;
    int copies = 0;
};
using FaultSqliteDeathTest = FaultSqlite;

/// Row 11: http answers 503 to DiskFull (server.cpp), permits fail and so nothing is sent.
TEST_F(FaultSqlite, Row11AFullDiskIsSaidReadersGoOnAndSpaceMendsIt) {
    open();
    add(1'000);
    BadDisk::full = true;
    EXPECT_THROW(add(1'001), DiskFull);
    EXPECT_THROW(add(1'001), DiskFull);
    EXPECT_EQ(count(*database), 1);
    BadDisk::full = false;
    add(1'001);
    EXPECT_EQ(count(*database), 2);
}

/// Row 12: it ends at the first failed fsync: nothing is flushed a second time.
TEST_F(FaultSqliteDeathTest, Row12AFailedFlushOfTheLogEndsTheProcess) {
    EXPECT_EXIT(
        {
            open();
            add(1'000);
            BadDisk::log_sync_fails = true;
            add(1'001);
        },
        ::testing::ExitedWithCode(74), "^fsync failed\n[^\n]*fsync_failed[^\n]*\n$");
    open();
    EXPECT_GE(count(*database), 1);
}

/// Row 12: likewise of the database file, which SQLite flushes when it folds the log into it.
TEST_F(FaultSqliteDeathTest, Row12AFailedFlushOfTheFileEndsTheProcess) {
    EXPECT_EXIT(
        {
            open();
            BadDisk::file_sync_fails = true;
            // 20,000 pages of log call for a checkpoint; rows of bytes fill them soon.
            database->write([](Transaction& tx) {
                tx.execute_script("CREATE TABLE filler (bytes BLOB) STRICT");
            });
            for (int i = 0; i < 100; ++i) {
                database->write([](Transaction& tx) {
                    tx.execute_script("INSERT INTO filler VALUES (zeroblob(4000000))");
                });
            }
        },
        ::testing::ExitedWithCode(74), "^fsync failed\n[^\n]*fsync_failed[^\n]*\n$");
    open();
    EXPECT_EQ(count(*database), 0);
}

/// Row 13: on a disk that needs 100 ms for a flush, many share one, and none is lost.
TEST_F(FaultSqlite, Row13ASlowDiskMakesThemShareCommits) {
    open();
    BadDisk::sync_milliseconds = 100;
    const std::int64_t commits = database->write_stats().commits;
    std::vector<std::thread> writers;
    for (std::int64_t t = 0; t < 40; ++t) {
        writers.emplace_back([this, t] { add(1'000 + t); });
    }
    for (std::thread& writer : writers) {
        writer.join();
    }
    EXPECT_LE(database->write_stats().commits - commits, 10);
    EXPECT_EQ(count(*database), 40);
}

/// Row 14: whatever was not flushed is gone; whatever was confirmed is there.
TEST_F(FaultSqlite, Row14APowerCutLosesNothingThatWasConfirmed) {
    const fs::path flushed = root / "flushed";
    fs::copy(options.sqlite_directory, flushed);
    BadDisk::keep_flushed_in(flushed);
    open();
    std::atomic<std::int64_t> confirmed{0};
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::int64_t n = 1'000; !stop; ++n) {
            add(n);
            ++confirmed;
        }
    });
    for (int cut = 0; cut < 20; ++cut) {
        for (const std::int64_t goal = confirmed + 10; confirmed < goal;) {
            std::this_thread::yield();
        }
        const std::int64_t promised = confirmed;
        const fs::path left = root / ("left" + std::to_string(cut));
        BadDisk::cut_power(left);
        const auto after = open_copy(left);
        EXPECT_GE(count(*after), promised);
    }
    stop = true;
    writer.join();
}

/// Row 15: a bit of a confirmed commit in the log has turned over.
TEST_F(FaultSqlite, Row15ADamagedLogIsRefused) {
    open();
    for (std::int64_t n = 1'000; n < 1'020; ++n) {
        add(n);
    }
    const fs::path wal = fs::path(options.sqlite_directory) / "haat.db-wal";
    const auto bytes = static_cast<std::int64_t>(fs::file_size(wal));
    EXPECT_EQ(count(*open_copy(options.sqlite_directory)), 20) << "as it is, it is whole";
    for (const std::int64_t at :
         {std::int64_t{32 + 100}, std::int64_t{32 + 18}, bytes / 2, bytes - 3 * (4096 + 24)}) {
        flip(wal, at);
        EXPECT_THROW((void)open_copy(options.sqlite_directory), Corrupt) << at;
        flip(wal, at);
    }
    // The last commit cut short is what a power cut leaves: it was never confirmed.
    const fs::path cut = root / "cut";
    fs::copy(options.sqlite_directory, cut);
    fs::resize_file(cut / "haat.db-wal", fs::file_size(cut / "haat.db-wal") - 100);
    EXPECT_EQ(count(*open_copy(cut)), 19);
}

/// Row 15: a page of the file was torn: what reads it says so, and does not answer wrongly.
TEST_F(FaultSqlite, Row15ATornPageIsSaid) {
    open();
    for (std::int64_t n = 1'000; n < 3'000; ++n) {
        database->write_async(
            [n](Transaction& tx) {
                tx.execute(kAdd, {Value::of(n), Value::of(std::int64_t{0})});
                return Database::Keep::kYes;
            },
            [](const std::exception_ptr&) {});
    }
    add(3'000);
    database.reset();  // folds the log into the file
    const fs::path file = fs::path(options.sqlite_directory) / "haat.db";
    const auto pages = static_cast<std::int64_t>(fs::file_size(file)) / 4096;
    std::fstream torn(file, std::ios::in | std::ios::out | std::ios::binary);
    for (std::int64_t page = 1; page < pages; ++page) {  // all but the schema's
        torn.seekp(page * 4096);
        torn << std::string(512, '\xA5');
    }
    torn.close();
    EXPECT_THROW(
        {
            const auto again = Database::open(options);
            (void)count(*again);
        },
        Corrupt);
    flip(file, 3);  // of the header's "SQLite format 3"
    EXPECT_THROW((void)Database::open(options), Failure);
}

/// Row 17: somebody moved the file away, or put another in its place.
TEST_F(FaultSqliteDeathTest, Row17AFileReplacedUnderTheServerStopsIt) {
    const auto try_with = [this](const std::function<void(const fs::path&)>& act) {
        open();
        add(2 * ::getpid());  // each child has its own
        act(options.sqlite_directory);
        add(2 * ::getpid() + 1);
        std::_Exit(0);
    };
    EXPECT_EXIT(try_with([](const fs::path& at) { fs::rename(at / "haat.db", at / "old.db"); }),
                ::testing::ExitedWithCode(74), "file_replaced");
    fs::rename(options.sqlite_directory + "/old.db", options.sqlite_directory + "/haat.db");
    EXPECT_EXIT(try_with([](const fs::path& at) {
                    fs::copy_file(at / "haat.db", at / "new.db");
                    fs::rename(at / "new.db", at / "haat.db");
                }),
                ::testing::ExitedWithCode(74), "file_replaced");
    EXPECT_EXIT(try_with([](const fs::path& at) { fs::remove(at / "haat.db-wal"); }),
                ::testing::ExitedWithCode(74), "file_replaced");
}

/// Row 18: another program holds the lock: the wait ends, callers hear of it, and it passes.
TEST_F(FaultSqlite, Row18AnotherProgramsLockIsWaitedForAWhile) {
    open();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((options.sqlite_directory + "/haat.db").c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_THROW(add(1'000), Unavailable);
    EXPECT_EQ(count(*database), 0);
    ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
    add(1'000);
    sqlite3_close(other);
}

}  // namespace
}  // namespace haat::storage
