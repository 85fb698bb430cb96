/// @file Rows of one write that PostgreSQL is to get together, as an array for each parameter.
/// Private.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "postgres_values.hpp"
#include "storage/statement.hpp"

namespace haat::storage {

class RowSet {
 public:
    /// @param statement  One that takes sets (Statement::by).
    explicit RowSet(const Statement& statement);

    [[nodiscard]] const Statement* statement() const { return statement_; }
    /// Whether it has a row of the same By value: the second must come after the first.
    [[nodiscard]] bool has(std::span<const Value> row) const;
    void add(std::span<const Value> row);
    /// Whether the other statement may only run once the rows of this are there.
    [[nodiscard]] bool goes_before(const Statement& other) const;
    /// The arrays; they hold while this lives and nothing is added.
    [[nodiscard]] Bound arrays() const;

 private:
    const Statement* statement_;
    std::set<std::int64_t> rows_;
    std::vector<std::string> columns_;  ///< In PostgreSQL's binary form of an array.
};

/// The sets of one transaction. They wait for company until a statement names their table, a second
/// row of the same comes, or the end.
class RowSets {
 public:
    using Send = std::function<void(const RowSet&)>;

    explicit RowSets(Send send) : send_(std::move(send)) {}

    /// Rows laid end to end.
    void add(const Statement& statement, std::span<const Value> values);
    /// Those that go before the statement, in their order; its own rows wait on.
    void send_before(const Statement& statement);
    void send();
    /// The transaction or its job is given up.
    void drop() { sets_.clear(); }

 private:
    void add_row(const Statement& statement, std::span<const Value> row);

    Send send_;
    std::vector<RowSet> sets_;
};

/// What PostgreSQL is to take a parameter for.
[[nodiscard]] Oid parameter_type(const Statement& statement, Type type);

}  // namespace haat::storage
