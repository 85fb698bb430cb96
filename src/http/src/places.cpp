#include "registry/places.hpp"

#include <algorithm>

#include "handlers.hpp"
#include "reader.hpp"
#include "registry/audience.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

using registry::Place;
using registry::PlaceKind;

bool is_within(const Place& place, const Viewer& viewer) {
    return viewer.places.first <= place.numbers.first && place.numbers.last <= viewer.places.last;
}

/// Place of the contract.
void write_place(JsonWriter& json, storage::Transaction& tx, const Call& call, const Place& place) {
    registry::AudienceQuery all;
    all.places = {place.place_id};
    json.begin_object().field("place_id", place.place_id);
    json.field("kind", registry::place_kind_name(place.kind));
    write_lgd_code(json, place);
    json.field("name_hi", place.name("hi")).field("name_en", place.name_en);
    nullable(json, "parent_id", place.parent_id);
    json.field("people", call.services.audience.count(call.viewer, all));
    const bool is_leaf = place.kind == PlaceKind::kVillage;
    json.field("children", is_leaf ? 0 : registry::child_places(tx, place.place_id).size());
    json.end_object();
}

struct PlacesAsked {
    PlaceId parent_id;
    std::optional<PlaceKind> kind;
    std::optional<std::string> name;
};

/// What was asked for, before paging, within what the viewer may see.
Result<std::vector<Place>> find_places(storage::Transaction& tx, const Viewer& viewer,
                                       const PlacesAsked& asked) {
    const PlaceId root = asked.parent_id ? asked.parent_id : viewer.place_id;
    const Place top = HAAT_TRY(registry::find_place(tx, root));
    if (!is_within(top, viewer)) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    std::vector<Place> places;
    if (asked.name) {
        constexpr int kMatches = 500;
        places = registry::search_places(tx, *asked.name, kMatches);
        std::erase_if(places, [&](const Place& place) {
            return !is_within(place, viewer) || place.numbers.first < top.numbers.first ||
                   place.numbers.last > top.numbers.last ||
                   (asked.kind && place.kind != *asked.kind);
        });
    } else if (asked.kind) {
        places = registry::places_below(tx, root, *asked.kind);
    } else if (asked.parent_id) {
        places = registry::child_places(tx, root);
    } else {
        places = {top};
    }
    return places;
}

}  // namespace

Result<Answer> list_places(Call& call) {
    QueryReader query(call.request);
    PlacesAsked asked;
    asked.parent_id = query.maybe_id<PlaceId>("parent_id");
    asked.kind = query.maybe_choice("kind", registry::place_kind_from_name);
    asked.name = query.maybe_text("q", {.max = 80});
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const std::vector<Place> places = HAAT_TRY(find_places(tx, call.viewer, asked));
        // The tree does not change while people look at it: a cursor is a position in the list.
        const auto start = static_cast<std::size_t>(cursor ? cursor->first : 0);
        const std::size_t end =
            std::min(places.size(), start + static_cast<std::size_t>(paging.limit));
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (std::size_t i = start; i < end; ++i) {
            write_place(json, tx, call, places[i]);
        }
        json.end_array();
        nullable_text(json, "next",
                      end < places.size() ? write_cursor(static_cast<std::int64_t>(end), 0) : "");
        return json_answer(json.end_object().take());
    });
}

Result<Answer> get_place(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const Place place = HAAT_TRY(registry::find_place(tx, PlaceId{call.id}));
        if (!is_within(place, call.viewer)) {
            return refuse(ErrorKind::kNotFound, "registry.no_place");
        }
        std::vector<Place> path = registry::place_path(tx, place.place_id);
        JsonWriter json;
        json.begin_object().key("place");
        write_place(json, tx, call, place);
        json.key("path").begin_array();
        for (std::size_t i = path.size(); i > 1; --i) {  // from the state down to the parent
            write_place_ref(json, path[i - 1]);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

}  // namespace haat::http
