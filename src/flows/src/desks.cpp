#include "desks.hpp"

#include <algorithm>

#include "access/roles.hpp"
#include "registry/places.hpp"
#include "sql/desks.hpp"

namespace haat::flows {

std::vector<Officer> officers_for(storage::Transaction& tx, PlaceId place_id) {
    std::vector<Officer> officers;
    const PlaceId from = place_id ? place_id : registry::kBihar;
    for (const auto& row : sql::accounts_at_or_above(tx, {.place_id = from})) {
        Role role = Role::kAuditor;
        if (!role_from_name(row.role, role) || !access::may(role, access::Action::kAnswerInbox)) {
            continue;
        }
        // Only the state's officers see who has no place.
        if (place_id || role == Role::kStateOfficer) {
            officers.push_back({row.account_id, row.name_hi, row.name_en, role, row.place_id});
        }
    }
    return officers;
}

Desk first_desk(const std::vector<Officer>& officers) {
    if (officers.empty()) {
        return {.place_id = registry::kBihar, .is_highest = true};
    }
    const PlaceId nearest = officers.front().place_id;
    const bool is_highest = std::ranges::all_of(
        officers, [&](const Officer& officer) { return officer.place_id == nearest; });
    return {.place_id = nearest, .is_highest = is_highest};
}

std::optional<Desk> desk_above(storage::Transaction& tx, PlaceId desk_place_id) {
    const auto here = registry::find_place(tx, desk_place_id);
    if (!here || !here->parent_id) {
        return std::nullopt;
    }
    const std::vector<Officer> above = officers_for(tx, here->parent_id);
    return above.empty() ? std::nullopt : std::optional(first_desk(above));
}

}  // namespace haat::flows
