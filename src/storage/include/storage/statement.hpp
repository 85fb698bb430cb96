/// @file A named statement with its text for both databases. Instances are made by haat_dev from
/// src/<module>/sql/*.sql and live as long as the program.
#pragma once

#include <cstddef>
#include <optional>
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

/// Of tables with a column like it, the statement touches only rows that have this integer
/// parameter's value.
struct By {
    std::size_t param = 0;
    /// PostgreSQL's text takes an array for each parameter: many rows at once, each of another value.
    bool takes_sets = false;
};

class Statement {
  public:
    /// An empty text means: this database has no such statement, and using it there is a bug.
    Statement(std::string_view name, std::string_view sqlite, std::string_view postgres,
              std::span<const Field> params, std::span<const Field> columns,
              std::optional<By> by = std::nullopt);
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    std::string_view name;  ///< "market.offer_add"
    std::string_view sqlite;
    std::string_view postgres;
    std::span<const Field> params;
    std::span<const Field> columns;
    std::optional<By> by;
    std::size_t index;  ///< Dense number, for tables of prepared statements.
};

/// Every statement linked into this program, by index.
[[nodiscard]] std::span<const Statement* const> all_statements();

}  // namespace haat::storage
