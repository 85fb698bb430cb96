/// @file Which rows of the market a viewer may see: one place for the rule, used by every query.
#pragma once

#include <limits>

#include "base/ids.hpp"
#include "base/viewer.hpp"

namespace haat::market {

inline constexpr PlaceRange kEverywhere{0, std::numeric_limits<std::int64_t>::max()};
inline constexpr PlaceRange kNowhere{1, 0};

/// Places whose offers and lines she may see. Buyers see what is offered anywhere; who has nothing
/// to do with offers sees none.
[[nodiscard]] inline PlaceRange places_for(const Viewer& viewer) {
    switch (viewer.role) {
        case Role::kSystem:
        case Role::kBuyer:
            return kEverywhere;
        case Role::kStateOfficer:
        case Role::kDistrictOfficer:
        case Role::kBlockOfficer:
        case Role::kMobiliser:
        case Role::kPurchasePoint:
        case Role::kPackagingHouse:
        case Role::kAuditor:
            return viewer.places;
        case Role::kCashier:
        case Role::kJailOfficer:
        case Role::kVictimFund:
            return kNowhere;
    }
    return kNowhere;
}

/// The organisation whose demands and orders alone she may see; none: all of them. A buyer without
/// an organisation sees nothing (there is no organisation -1).
[[nodiscard]] inline OrganisationId buyer_for(const Viewer& viewer) {
    switch (viewer.role) {
        case Role::kBuyer:
            return viewer.organisation_id ? viewer.organisation_id : OrganisationId{-1};
        case Role::kCashier:
        case Role::kJailOfficer:
        case Role::kVictimFund:
            return OrganisationId{-1};
        default:
            return OrganisationId{};
    }
}

/// What both ranges have; kNowhere if nothing.
[[nodiscard]] inline PlaceRange both(PlaceRange a, PlaceRange b) {
    return {a.first > b.first ? a.first : b.first, a.last < b.last ? a.last : b.last};
}

}  // namespace haat::market
