/// @file A CSV text whose columns are found by their names: for files that we ship or that an officer
/// hands in whole. A line that is not as it should be becomes one refusal that names file and line.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"
#include "base/result.hpp"

namespace haat {

class CsvTable {
 public:
    /// @param refusal_code  Of every refusal, with the parameters `file` and `line`.
    CsvTable(std::string_view file, const std::string& text, std::string_view refusal_code);

    /// Reads the header. Refuses a text without one of the columns.
    [[nodiscard]] Result<void> open(std::initializer_list<std::string_view> columns);

    /// Reads the next record; false at the end. Refuses one with another number of fields than the
    /// header, broken quotes, or text that is not UTF-8.
    [[nodiscard]] Result<bool> next();

    /// A field of the current record; the column must be one of open()'s.
    [[nodiscard]] const std::string& text(std::string_view column) const;
    /// The same as a number above 0.
    [[nodiscard]] Result<std::int64_t> number(std::string_view column) const;

    /// The refusal of the current line, for what only the caller can judge.
    [[nodiscard]] std::unexpected<Error> refusal() const;

 private:
    std::string file_;
    std::string refusal_code_;
    std::istringstream in_;
    CsvReader reader_;
    std::vector<std::string> header_;
    std::vector<std::string> fields_;
};

}  // namespace haat
