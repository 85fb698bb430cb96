/// @file Who is asking, in what role, for which places and to what end. Every query of personal
/// rows takes a Viewer; outside her scope a row does not exist (404, never 403).
/// Source: docs/domain/roles.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace haat {

enum class Role : std::uint8_t {
    kSystem,          ///< haat itself: workers and commands; sees all, is named in the audit.
    kStateOfficer,    ///< The state; named rows with a reason.
    kDistrictOfficer, ///< Own district.
    kBlockOfficer,    ///< Own block, phones masked.
    kMobiliser,       ///< Own groups.
    kPurchasePoint,   ///< Own site: weighs and grades.
    kPackagingHouse,  ///< Own site: lots, weights, producer codes.
    kCashier,         ///< Own outlet: stock and till.
    kJailOfficer,     ///< Own jail: makers by number, hours, shares.
    kVictimFund,      ///< Own case families, payouts.
    kBuyer,           ///< Catalogue, own demands and orders.
    kAuditor,         ///< Ledger with pseudonyms; writes nothing.
};

/// Why personal rows are read; recorded when an identity is revealed.
enum class Purpose : std::uint8_t { kWork, kReview, kAudit, kSupport };

/// A range of the place tree: every place whose `path_from..path_to` number lies in it. Numbers are
/// handed out depth first when the tree is loaded (registry/places.hpp), so a subtree is one range.
struct PlaceRange {
    std::int64_t first = 0;
    std::int64_t last = 0;  ///< Inclusive.
};

struct Viewer {
    AccountId account_id;
    Role role = Role::kSystem;
    Purpose purpose = Purpose::kWork;
    PlaceId place_id;      ///< Root of what she may see.
    PlaceRange places{};   ///< The same as a range of place numbers.
    OrganisationId organisation_id;  ///< For buyers and jails; else none.
    SiteId site_id;                  ///< For purchase points, packaging houses, outlets; else none.

    [[nodiscard]] bool is_system() const { return role == Role::kSystem; }
};

/// haat itself, for workers and commands: every place.
[[nodiscard]] Viewer system_viewer();

/// "state_officer"; the name in database, contract and i18n.
[[nodiscard]] std::string_view role_name(Role role);

/// The inverse of role_name; false if there is no such role.
[[nodiscard]] bool role_from_name(std::string_view name, Role& role);

}  // namespace haat
