#include "nearest_site.hpp"

#include <limits>

#include "registry/people.hpp"
#include "registry/places.hpp"

namespace haat::flows {
namespace {

std::optional<supply::Site> nearest_in(storage::Transaction& tx, const registry::Place& home,
                                       PlaceId area) {
    std::optional<supply::Site> nearest;
    std::int64_t nearest_metres = std::numeric_limits<std::int64_t>::max();
    for (const supply::Site& site :
         supply::list_sites(tx, {.kind = supply::SiteKind::kPurchasePoint,
                                 .places = registry::place_range(tx, area),
                                 .limit = 200})) {
        const auto place = registry::find_place(tx, site.place_id);
        if (!place) {
            continue;
        }
        const std::int64_t metres =
            registry::metres_between(home, *place).value_or(nearest_metres - 1);
        if (metres < nearest_metres) {
            nearest = site;
            nearest_metres = metres;
        }
    }
    return nearest;
}

}  // namespace

std::optional<supply::Site> nearest_purchase_point(storage::Transaction& tx, PersonId person_id) {
    const auto person = registry::find_person(tx, system_viewer(), person_id);
    if (!person) {
        return std::nullopt;
    }
    const auto home = registry::find_place(tx, person->place_id);
    if (!home) {
        return std::nullopt;
    }
    for (const PlaceId area : {home->block_id, home->district_id}) {
        if (area) {
            if (std::optional<supply::Site> site = nearest_in(tx, *home, area)) {
                return site;
            }
        }
    }
    return std::nullopt;
}

}  // namespace haat::flows
