/// @file What of the goods a viewer may see: one place for the rule, used by every query.
#pragma once

#include <limits>

#include "base/ids.hpp"
#include "base/viewer.hpp"

namespace haat::supply {

/// All three must hold; a none id asks nothing. An id of -1 fits no row.
struct Scope {
    SiteId site_id;
    OrganisationId organisation_id;
    PlaceRange places{0, std::numeric_limits<std::int64_t>::max()};
};

[[nodiscard]] inline Scope scope_of(const Viewer& viewer) {
    Scope scope;
    switch (viewer.role) {
        case Role::kSystem:
            return scope;
        case Role::kStateOfficer:
        case Role::kDistrictOfficer:
        case Role::kBlockOfficer:
        case Role::kMobiliser:
        case Role::kAuditor:
            scope.places = viewer.places;
            return scope;
        case Role::kPurchasePoint:
        case Role::kPackagingHouse:
        case Role::kCashier:
            scope.site_id = viewer.site_id ? viewer.site_id : SiteId{-1};
            return scope;
        case Role::kJailOfficer:
            scope.organisation_id =
                viewer.organisation_id ? viewer.organisation_id : OrganisationId{-1};
            return scope;
        case Role::kVictimFund:
        case Role::kBuyer:
            break;
    }
    scope.site_id = SiteId{-1};
    return scope;
}

/// A till shows goods and prices, never whose they are.
[[nodiscard]] inline bool may_see_producers(const Viewer& viewer) {
    return viewer.role != Role::kCashier;
}

}  // namespace haat::supply
