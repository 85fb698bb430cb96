#include "base/viewer.hpp"

#include <array>
#include <limits>
#include <utility>

namespace haat {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 12> kRoles{{
    {Role::kSystem, "system"},
    {Role::kStateOfficer, "state_officer"},
    {Role::kDistrictOfficer, "district_officer"},
    {Role::kBlockOfficer, "block_officer"},
    {Role::kMobiliser, "mobiliser"},
    {Role::kPurchasePoint, "purchase_point"},
    {Role::kPackagingHouse, "packaging_house"},
    {Role::kCashier, "cashier"},
    {Role::kJailOfficer, "jail_officer"},
    {Role::kVictimFund, "victim_fund"},
    {Role::kBuyer, "buyer"},
    {Role::kAuditor, "auditor"},
}};

}  // namespace

Viewer system_viewer() {
    Viewer viewer;
    viewer.places = {0, std::numeric_limits<std::int64_t>::max()};
    return viewer;
}

std::string_view role_name(Role role) {
    for (const auto& [candidate, name] : kRoles) {
        if (candidate == role) {
            return name;
        }
    }
    return "";
}

bool role_from_name(std::string_view name, Role& role) {
    for (const auto& [candidate, candidate_name] : kRoles) {
        if (candidate_name == name) {
            role = candidate;
            return true;
        }
    }
    return false;
}

}  // namespace haat
