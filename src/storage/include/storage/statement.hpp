/// @file A named statement with its text for both databases. Instances are made by haat_dev from
/// src/<module>/sql/*.sql and live as long as the program.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "storage/value.hpp"

namespace haat::storage {

/// A parameter or a column.
struct Field {
    std::string_view name;
    Type type = Type::kNull;
};

class Statement {
  public:
    /// An empty text means: this database has no such statement, and using it there is a bug.
    Statement(std::string_view name, std::string_view sqlite, std::string_view postgres,
              std::span<const Field> params, std::span<const Field> columns);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    std::string_view name;  ///< "market.offer_add"
    std::string_view sqlite;
    std::string_view postgres;
    std::span<const Field> params;
    std::span<const Field> columns;
    std::size_t index;  ///< Dense number, for tables of prepared statements.
};

/// Every statement linked into this program, by index.
[[nodiscard]] std::span<const Statement* const> all_statements();

}  // namespace haat::storage
