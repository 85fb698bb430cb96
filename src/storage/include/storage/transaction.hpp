/// @file What a module receives to read and write. Modules never open one: flows, workers and
/// commands do, through Database::write and Database::read.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/value.hpp"

namespace haat::storage {

class Statement;

enum class Engine : std::uint8_t { kSqlite, kPostgres };

class Transaction {
  public:
    virtual ~Transaction() = default;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// Runs a statement without an answer; returns how many rows it changed.
    virtual std::int64_t execute(const Statement& statement, std::span<const Value> values) = 0;
    std::int64_t execute(const Statement& statement, std::initializer_list<Value> values) {
        return execute(statement, std::span(values.begin(), values.size()));
    }

    /// Runs a statement and hands over its rows one after another. The callback may not use `this`.
    virtual void query(const Statement& statement, std::span<const Value> values,
                       const std::function<void(const Row&)>& each) = 0;
    void query(const Statement& statement, std::initializer_list<Value> values,
               const std::function<void(const Row&)>& each) {
        query(statement, std::span(values.begin(), values.size()), each);
    }

    /// Runs one statement for many rows of values laid end to end. PostgreSQL gets them in one
    /// pipeline: one round trip.
    virtual void execute_many(const Statement& statement, std::span<const Value> values) = 0;

    /// Runs a script of several statements without parameters; for migrations only.
    virtual void execute_script(std::string_view script) = 0;

    /// A new id, never given before by any process on this database. Costs nothing.
    [[nodiscard]] virtual std::int64_t new_id() = 0;
    template <typename StrongId>
    [[nodiscard]] StrongId new_id_as() {
        return StrongId{new_id()};
    }

    [[nodiscard]] virtual Engine engine() const = 0;

    /// Runs `action` once this transaction is durable, on the committing thread, in order; never if
    /// it is rolled back. For telling memory what the disk now says. Must not throw.
    void after_commit(std::move_only_function<void()> action) {
        after_commit_.push_back(std::move(action));
    }

    /// For Database: the actions to run, handed over once.
    [[nodiscard]] std::vector<std::move_only_function<void()>> take_after_commit() {
        return std::exchange(after_commit_, {});
    }

  protected:
    Transaction() = default;

  private:
    std::vector<std::move_only_function<void()>> after_commit_;
};

}  // namespace haat::storage
