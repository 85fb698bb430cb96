// Writes places and their names; shared by the loader and the LGD import.
#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "place_rows.hpp"
#include "sql/places.hpp"

namespace haat::registry {
namespace {

std::vector<std::string> all_names(const Place& place) {
    std::set<std::string> names{fold_name(place.name_en), fold_name(place.name_hi)};
    std::istringstream aliases(place.aliases);
    for (std::string alias; std::getline(aliases, alias, ';');) {
        names.insert(fold_name(alias));
    }
    names.erase("");
    return {names.begin(), names.end()};
}

std::optional<PlaceId> or_none(PlaceId id) { return id ? std::optional(id) : std::nullopt; }

}  // namespace

void put_names(storage::Transaction& tx, const std::vector<Place>& places) {
    std::vector<std::string> folded;
    std::vector<sql::PlaceNamePutParams> batch;
    std::vector<std::size_t> counts;
    for (const Place& place : places) {
        std::vector<std::string> names = all_names(place);
        counts.push_back(names.size());
        std::ranges::move(names, std::back_inserter(folded));
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t k = 0; k < counts[i]; ++k) {
            batch.push_back({.folded = folded[at++],
                             .place_id = places[i].place_id,
                             .kind = place_kind_name(places[i].kind)});
        }
    }
    if (!batch.empty()) {
        sql::place_name_put(tx, batch);
    }
}

void put_place(storage::Transaction& tx, const Place& place) {
    sql::place_put(
        tx, {.place_id = place.place_id,
             .kind = place_kind_name(place.kind),
             .code = place.code,
             .name_en = place.name_en,
             .name_hi = place.name_hi,
             .aliases = place.aliases,
             .parent_place_id = or_none(place.parent_id),
             .district_place_id = or_none(place.district_id),
             .block_place_id = or_none(place.block_id),
             .lat_micro = place.has_point ? std::optional(place.lat_micro) : std::nullopt,
             .lon_micro = place.has_point ? std::optional(place.lon_micro) : std::nullopt,
             .point_from = place.has_point ? std::optional<std::string_view>("own") : std::nullopt,
             .number_first = place.numbers.first,
             .number_last = place.numbers.last});
}

}  // namespace haat::registry
