/// @file After a failover that may have lost commits nothing is sent until an operator says so.
/// While it is on no permit is given, and what waited is unknown for good: it may have been sent in
/// what was lost. Turned on by itself when PostgreSQL was promoted, unless the standby is said to
/// be synchronous. Source: docs/internals/delivery.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct Quarantine {
    bool on = false;
    bool synchronous = false;           ///< The standby: a promotion loses nothing.
    std::string reason;                 ///< "failover", "operator"; empty if it never was on.
    std::int64_t last_broadcast = 0;    ///< Later ones were made since, and are not concerned.
    std::int64_t timeline = 0;          ///< PostgreSQL's when it was last looked at; 0: never.
    std::int64_t current_timeline = 0;  ///< As it is now; 0 on SQLite.
    UnixSeconds changed_at;
};

[[nodiscard]] Quarantine read_quarantine(storage::Transaction& tx);

/// The same after a look at the timeline: a promotion since the last look turns it on. For
/// transactions that may write.
[[nodiscard]] Quarantine look_at_quarantine(storage::Transaction& tx, UnixSeconds now);

void set_quarantine(storage::Transaction& tx, bool on, std::string_view reason, UnixSeconds now);
void set_standby(storage::Transaction& tx, bool synchronous);

}  // namespace haat::messaging
