/// @file The rule by which the surplus of jail goods is shared, or would be.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "ledger/share_out.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

inline constexpr std::string_view kPrisonersClass = "prisoners";
inline constexpr std::string_view kStaffClass = "staff";
inline constexpr std::string_view kVictimsClass = "victims";

/// Half to the prisoners who worked, a third to victims' families, a sixth to the staff pool: a
/// proposal that nobody has ordered.
[[nodiscard]] ledger::Rule proposed_jail_rule();

/// The version in force on that day. Where none is, the newest version, and where there is none at
/// all the proposal, recorded as such: then ledger::share_out leaves the surplus in suspense and
/// remembers by these classes who was there.
[[nodiscard]] Result<ledger::Rule> jail_rule_for(storage::Transaction& tx, Date day,
                                                 UnixSeconds now);

}  // namespace haat::flows
