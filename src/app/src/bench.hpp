/// @file What the measurements of `haat bench` share. Each is a file of its own, bench_<what>.cpp,
/// and a line in the table of command_bench.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "command.hpp"
#include "storage/database.hpp"

namespace haat::app {

/// CPU spent by this process so far, user and system, in microseconds.
[[nodiscard]] std::int64_t cpu_micros();
/// Resident memory of this process in bytes; 0 where /proc does not say.
[[nodiscard]] std::int64_t resident_bytes();

/// A percentile of samples, 0 < share <= 1; sorts them. 0 for none.
[[nodiscard]] std::int64_t percentile(std::vector<std::int64_t>& samples, double share);

/// The figures of one measurement, printed as JSON or as lines, with the circumstances (engine,
/// durability, cores, resident memory) added at the end.
class BenchReport {
 public:
    void count(std::string_view name, std::int64_t value);
    /// A figure with two decimals.
    void figure(std::string_view name, double value);
    void text(std::string_view name, std::string_view value);
    /// A value that is JSON itself.
    void json(std::string_view name, std::string_view value);
    void circumstances(storage::Database& database);
    void print(const Arguments& arguments) const;

 private:
    std::vector<std::pair<std::string, std::string>> values_;  ///< Name and JSON.
};

/// A database of its own for one measurement: a directory below --data (a temporary one if not
/// given) with synchronous FULL, or with --database the schema haat_bench of PostgreSQL (--schema names another).
/// Migrated. A temporary directory is removed at the end.
class BenchDatabase {
 public:
    explicit BenchDatabase(const Arguments& arguments);
    ~BenchDatabase();
    BenchDatabase(const BenchDatabase&) = delete;
    BenchDatabase& operator=(const BenchDatabase&) = delete;

    [[nodiscard]] storage::Database& operator*() { return *database_; }
    [[nodiscard]] storage::Database* operator->() { return database_.get(); }
    [[nodiscard]] const storage::OpenOptions& options() const { return options_; }
    /// Closes and opens again: for what is measured from the disk.
    void reopen();
    void close() { database_.reset(); }

 private:
    storage::OpenOptions options_;
    std::string temporary_;  ///< To be removed.
    std::unique_ptr<storage::Database> database_;
};

/// Made-up people, imported by the ordinary path if the database has none; of a database that has
/// some it is used as it is. Returns how many there are.
[[nodiscard]] Result<std::int64_t> ensure_people(BenchDatabase& database, std::int64_t people,
                                                 std::uint64_t seed);

/// A whole number among the arguments, or what stands for none. @return app.bad_number.
[[nodiscard]] Result<std::int64_t> number_of(const Arguments& arguments, std::string_view name,
                                             std::int64_t otherwise);

}  // namespace haat::app
