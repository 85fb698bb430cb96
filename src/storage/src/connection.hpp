/// @file One connection of either engine: a Transaction that can begin and end. Private to storage.
#pragma once

#include <atomic>
#include <memory>

#include "storage/database.hpp"
#include "storage/transaction.hpp"

namespace haat::storage {

enum class Mode : std::uint8_t { kRead, kWrite };

/// Ids of one opening: boot number in the upper bits, a count in the lower 32. 2^21 openings and
/// 4 billion ids each stay below 2^53, so an id survives JavaScript.
class IdSource {
  public:
    void start(std::int64_t boot_number) { next_ = (boot_number << 32) + 1; }
    [[nodiscard]] std::int64_t next() { return next_.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t boot_number() const { return next_.load() >> 32; }

  private:
    std::atomic<std::int64_t> next_{1};
};

/// What became of a commit whose answer was lost.
enum class Fate : std::uint8_t { kKept, kNotKept, kUnknown };

class Connection : public Transaction {
  public:
    /// Connects again if the connection was lost. @throws Unavailable if that fails.
    virtual void begin(Mode mode) = 0;
    /// @throws CommitUnknown if the connection is lost and it may have been kept.
    virtual void commit() = 0;
    /// Never throws: what cannot be rolled back is reopened before the next begin.
    virtual void rollback() noexcept = 0;
    /// See ahead.hpp.
    virtual void ask_ahead(const Statement& /*statement*/, std::span<const Value> /*values*/) {}
    virtual void savepoint() = 0;
    virtual void release_savepoint() = 0;
    virtual void rollback_to_savepoint() = 0;
    /// Prepares every statement. @throws Failure naming the one that does not fit the schema.
    virtual void prepare_all() = 0;
    /// The next begin must connect again; whatever was under way is rolled back.
    [[nodiscard]] virtual bool is_lost() const = 0;
    /// After CommitUnknown: connects again and looks. @throws Unavailable if that fails.
    [[nodiscard]] virtual Fate fate_of_commit() = 0;
};

}  // namespace haat::storage
