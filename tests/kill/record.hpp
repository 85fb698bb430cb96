/// @file What the record of a broadcast says, held against what the simulated provider took.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "storage/database.hpp"

namespace haat::test {

/// Counts of one comparison. All but `unknown`, `accepted` and `slots` must be 0 (at most once).
struct Verdict {
    std::int64_t slots = 0;
    std::int64_t accepted = 0;         ///< In both.
    std::int64_t unknown = 0;          ///< The record says unknown; the provider never took it.
    std::int64_t missing = 0;          ///< Neither sent nor said to be anything final.
    std::int64_t duplicated = 0;       ///< Taken by the provider more than once.
    std::int64_t unknown_taken = 0;    ///< The record says unknown though callbacks told.
    std::int64_t taken_denied = 0;     ///< Taken, and the record says that it was not.
    std::int64_t accepted_untrue = 0;  ///< The record says accepted, and nobody took it.
    std::int64_t strangers = 0;        ///< Taken, and no slot of ours.

    [[nodiscard]] bool holds() const {
        return slots > 0 &&
               missing + duplicated + unknown_taken + taken_denied + accepted_untrue + strangers ==
                   0;
    }
};

/// How often the provider took each slot of the broadcast.
using Taken = std::map<std::uint32_t, int>;

/// Reads the record as the next start would: chunks with the journal folded over them. Nobody else
/// may have the database open.
[[nodiscard]] Verdict judge(const storage::OpenOptions& database, const std::string& attempt_key,
                            std::uint32_t broadcast, const Taken& taken);

}  // namespace haat::test
