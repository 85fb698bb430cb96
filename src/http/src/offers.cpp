#include "market/offers.hpp"

#include "catalogue/products.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "market_views.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

/// A place that the viewer may ask about: her own, or for buyers any. @return registry.no_place.
Result<PlaceRange> place_asked(storage::Transaction& tx, const Viewer& viewer, PlaceId place_id) {
    const PlaceRange range = registry::place_range(tx, place_id);
    const bool exists = range.first <= range.last;
    const bool hers = viewer.places.first <= range.first && range.last <= viewer.places.last;
    if (!exists || (!hers && viewer.role != Role::kBuyer)) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    return range;
}

}  // namespace

Result<Answer> list_offers(Call& call) {
    QueryReader query(call.request);
    const auto product_key = query.maybe_token("product_key", kProductKey);
    const auto place_id = query.maybe_id<PlaceId>("place_id");
    market::OfferFilter filter;
    filter.state = query.maybe_choice("state", market::offer_state_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        if (product_key) {
            filter.product_id = HAAT_TRY(catalogue::find_product(tx, *product_key)).product_id;
        }
        if (place_id) {
            filter.places = HAAT_TRY(place_asked(tx, call.viewer, place_id));
        }
        Views views(tx, call.viewer);
        const auto offers = market::list_offers(tx, call.viewer, filter,
                                                page_of<market::Page>(paging, cursor), call.now);
        return json_answer(write_page(
            offers, paging,
            [&](JsonWriter& json, const market::Offer& offer) {
                write_offer(json, views, call.viewer, offer);
            },
            [](const market::Offer& offer) {
                return Cursor{offer.offered_at.value, offer.offer_id.value};
            }));
    });
}

Result<Answer> get_offer(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const auto offer = market::find_offer(tx, call.viewer, OfferId{call.id}, call.now);
        if (!offer) {
            return refuse(ErrorKind::kNotFound, "market.no_offer");
        }
        Views views(tx, call.viewer);
        JsonWriter json;
        write_offer(json, views, call.viewer, *offer);
        return json_answer(json.take());
    });
}

}  // namespace haat::http
