/// @file Queries asked ahead on a connection to PostgreSQL (ahead.hpp). Private.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/statement.hpp"
#include "storage/value.hpp"

namespace haat::storage {

struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, FreeResult>;

/// The questions of one connection, each with its place in the round trip that will answer it.
class AskedAhead {
 public:
    [[nodiscard]] bool is_empty() const { return asked_.empty(); }
    /// The transaction ends, or anything may have been written: no answer holds any more.
    void drop_all() { asked_.clear(); }
    /// Before the statement runs: if it writes, what names its table holds no more, unless both are
    /// about rows of their own (Statement::by).
    void drop_for(const Statement& statement, std::span<const Value> values);
    void add(const Statement& statement, std::span<const Value> values, std::size_t at);
    /// Whether the answer at that place of the round trip is waited for.
    [[nodiscard]] bool is_at(std::size_t at) const;
    /// Keeps an answer that is_at.
    void answer(std::size_t at, ResultPtr result);
    /// The round trip is over: what was not answered never will be.
    void drop_unanswered();
    [[nodiscard]] bool has(const Statement& statement, std::span<const Value> values) const;
    /// Null if there is none; each answer is taken once.
    [[nodiscard]] ResultPtr take(const Statement& statement, std::span<const Value> values);

 private:
    struct Asked {
        const Statement* statement;
        std::string key;   ///< The statement with its values.
        std::int64_t row;  ///< The value of its Statement::by.
        std::size_t at;    ///< Its place while there is no answer.
        ResultPtr answer;  ///< Null while it waits.
    };

    [[nodiscard]] static bool is_of_others(const Asked& asked, const Statement& statement,
                                           std::span<const Value> values);

    std::vector<Asked> asked_;
};

}  // namespace haat::storage
