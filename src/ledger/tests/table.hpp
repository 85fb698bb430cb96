/// @file Reads the text tables of the tests: one case a line, columns between '|', the outcome in
/// the last one; '#' starts a comment.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace haat::ledger::testing {

struct TableRow {
    int line = 0;
    std::vector<std::string> cells;
};

[[nodiscard]] inline std::vector<std::string> split_text(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        const std::string_view part = trim(text.substr(0, end));
        if (!part.empty()) {
            parts.emplace_back(part);
        }
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

[[nodiscard]] inline std::vector<TableRow> read_table(const std::string& name,
                                                      std::size_t columns) {
    std::ifstream file(std::string(HAAT_SOURCE_DIR) + "/src/ledger/tests/" + name);
    std::vector<TableRow> rows;
    std::string text;
    for (int line = 1; std::getline(file, text); ++line) {
        if (trim(text).empty() || text.starts_with('#')) {
            continue;
        }
        TableRow row{.line = line, .cells = {}};
        std::string_view rest = text;
        for (std::size_t bar = rest.find('|'); bar != std::string_view::npos;
             bar = rest.find('|')) {
            row.cells.emplace_back(trim(rest.substr(0, bar)));
            rest.remove_prefix(bar + 1);
        }
        row.cells.emplace_back(trim(rest));
        if (row.cells.size() != columns) {
            throw std::runtime_error(name + ": line " + std::to_string(line) + " has " +
                                     std::to_string(row.cells.size()) + " columns");
        }
        rows.push_back(std::move(row));
    }
    if (rows.empty()) {
        throw std::runtime_error(name + ": no rows");
    }
    return rows;
}

}  // namespace haat::ledger::testing
