/// @file Reads CSV as RFC 4180 writes it: a record at a time, from a stream, never the whole file.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace haat {

/// What the reader met.
enum class CsvRead : std::uint8_t {
    kRecord,  ///< A record was read.
    kEnd,     ///< The file ended.
    kUtf16,   ///< The file starts as UTF-16 or UTF-32, or holds NUL bytes: nothing can be read.
    kBroken,  ///< This record's quotes are wrong, or it is over 64 KiB, 200 fields or 100 lines;
              ///< the next line is read next time, so that nothing else is lost.
};

/// Fields are split by commas, quoted by double quotes; quoted fields may hold commas, doubled
/// quotes and line ends. Lines end in LF, CRLF or the end of the file; empty lines are skipped; a
/// UTF-8 byte order mark is skipped. Fields are bytes: ask is_utf8 before using one.
class CsvReader {
 public:
    explicit CsvReader(std::istream& in) : in_(in) {}

    /// Reads the next record into `fields`. O(its bytes).
    [[nodiscard]] CsvRead next(std::vector<std::string>& fields);

    /// The line in which the last record started, counted from 1.
    [[nodiscard]] std::int64_t line() const { return record_line_; }

    /// Bytes consumed so far.
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }

 private:
    [[nodiscard]] bool read_start();
    [[nodiscard]] bool read_line(std::string& line);
    [[nodiscard]] int field_end(const std::string& text, std::size_t& at, std::string& field);

    std::istream& in_;
    std::int64_t line_ = 0;
    std::int64_t record_line_ = 0;
    std::int64_t bytes_ = 0;
    bool started_ = false;
    bool unreadable_ = false;
};

/// The position of the column called `name` in a header record, without regard to ASCII case and
/// surrounding blanks; -1 if there is none.
[[nodiscard]] int csv_column(const std::vector<std::string>& header, std::string_view name);

}  // namespace haat
