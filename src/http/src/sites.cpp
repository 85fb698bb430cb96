#include "supply/sites.hpp"

#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {

Result<Answer> list_sites(Call& call) {
    QueryReader query(call.request);
    supply::SiteFilter filter;
    filter.kind = query.maybe_choice("kind", supply::site_kind_from);
    const auto place_id = query.maybe_id<PlaceId>("place_id");
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    filter.limit = paging.limit + 1;
    filter.after_site_id = SiteId{cursor ? cursor->second : 0};
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        if (place_id) {
            filter.places = registry::place_range(tx, place_id);
            if (filter.places->first > filter.places->last) {
                return refuse(ErrorKind::kNotFound, "registry.no_place");
            }
        }
        Views views(tx, call.viewer);
        return json_answer(write_page(
            supply::list_sites(tx, filter), paging,
            [&](JsonWriter& json, const supply::Site& site) { views.site(json, site.site_id); },
            [](const supply::Site& site) { return Cursor{0, site.site_id.value}; }));
    });
}

}  // namespace haat::http
