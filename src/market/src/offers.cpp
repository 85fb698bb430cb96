#include "market/offers.hpp"

#include <array>
#include <utility>

#include "checks.hpp"
#include "market/demands.hpp"
#include "market/errors.hpp"
#include "offers_internal.hpp"
#include "scope.hpp"
#include "sql/offers.hpp"

namespace haat::market {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"open", "reserved", "ordered", "withdrawn",
                                                     "expired"};

/// The first field of a draft that is wrong, or nothing.
std::string_view wrong_field(const OfferDraft& draft, UnixSeconds now) {
    if (!draft.person_id) return "person_id";
    if (!draft.product_id) return "product_key";
    if (!is_quantity(draft.quantity)) return "quantity_milli";
    if (!is_unit(draft.unit)) return "unit";
    if (!is_price(draft.price_per_unit)) return "price_paise";
    if (!is_grade(draft.grade)) return "grade";
    if (!draft.place_id) return "place_id";
    if (draft.available_until_at <= now) return "available_until_at";
    if (draft.available_from_at >= draft.available_until_at) return "available_from_at";
    if (!is_text(draft.said, 1000)) return "said";
    return {};
}

bool is_same(const Offer& offer, const OfferDraft& draft) {
    return offer.person_id == draft.person_id && offer.quantity == draft.quantity &&
           offer.unit == draft.unit && offer.price_per_unit == draft.price_per_unit &&
           offer.grade == draft.grade;
}

/// Every block that reads offers has the same columns.
template <typename Row>
Offer offer_from(const Row& row) {
    return {.offer_id = row.offer_id,
            .person_id = row.person_id,
            .product_id = row.product_id,
            .place_id = row.place_id,
            .demand_id = row.demand_id,
            .inbound_id = row.inbound_id,
            .said = row.said,
            .quantity = row.quantity_milli,
            .reserved = row.reserved_milli,
            .ordered = row.ordered_milli,
            .remaining = row.quantity_milli - row.reserved_milli - row.ordered_milli,
            .unit = row.unit,
            .price_per_unit = row.price_paise,
            .grade = row.grade.value_or(""),
            .available_from_at = row.available_from_at,
            .available_until_at = row.available_until_at,
            .offered_at = row.offered_at,
            .state = *offer_state_from(row.state)};
}

template <typename Row>
std::vector<Offer> offers_from(const std::vector<Row>& rows) {
    std::vector<Offer> offers;
    offers.reserve(rows.size());
    for (const Row& row : rows) {
        offers.push_back(offer_from(row));
    }
    return offers;
}

void move(storage::Transaction& tx, OfferId offer_id, std::int64_t reserved, std::int64_t ordered,
          UnixSeconds now) {
    const std::int64_t changed = sql::offer_move(tx, {.reserved_change = reserved,
                                                      .ordered_change = ordered,
                                                      .now_at = now,
                                                      .offer_id = offer_id});
    HAAT_ASSERT(changed == 1);
}

}  // namespace

std::string_view name_of(OfferState state) { return kStates[std::to_underlying(state)]; }

std::optional<OfferState> offer_state_from(std::string_view name) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates[i] == name) return static_cast<OfferState>(i);
    }
    return std::nullopt;
}

std::optional<OfferId> find_offer_of(storage::Transaction& tx, InboundId inbound_id,
                                     ProductId product_id) {
    const auto row =
        sql::offer_by_inbound(tx, {.inbound_id = inbound_id, .product_id = product_id});
    return row ? std::optional(row->offer_id) : std::nullopt;
}

Result<Offer> add(storage::Transaction& tx, const OfferDraft& draft, UnixSeconds now) {
    if (draft.inbound_id) {
        if (const auto first = find_offer_of(tx, *draft.inbound_id, draft.product_id)) {
            Offer offer = *find_offer(tx, system_viewer(), *first, now);
            if (!is_same(offer, draft)) {
                return refuse(ErrorKind::kConflict, errors::kOfferSourceReused);
            }
            return offer;
        }
    }
    if (const std::string_view field = wrong_field(draft, now); !field.empty()) {
        return refuse(ErrorKind::kInvalid, errors::kOfferInvalid, {{"field", std::string(field)}});
    }
    if (draft.demand_id && !find_demand(tx, system_viewer(), *draft.demand_id, now)) {
        return refuse(ErrorKind::kNotFound, errors::kNoDemand);
    }
    const OfferId offer_id = tx.new_id_as<OfferId>();
    sql::offer_add(tx, {.offer_id = offer_id,
                        .person_id = draft.person_id,
                        .product_id = draft.product_id,
                        .place_id = draft.place_id,
                        .demand_id = draft.demand_id,
                        .inbound_id = draft.inbound_id,
                        .said = draft.said,
                        .quantity_milli = draft.quantity,
                        .unit = draft.unit,
                        .price_paise = draft.price_per_unit,
                        .grade = draft.grade.empty() ? std::nullopt
                                                     : std::optional<std::string_view>(draft.grade),
                        .available_from_at = draft.available_from_at,
                        .available_until_at = draft.available_until_at,
                        .offered_at = now});
    // Its row is not read again: that would be a round trip for what is known.
    return Offer{.offer_id = offer_id,
                 .person_id = draft.person_id,
                 .product_id = draft.product_id,
                 .place_id = draft.place_id,
                 .demand_id = draft.demand_id,
                 .inbound_id = draft.inbound_id,
                 .said = draft.said,
                 .quantity = draft.quantity,
                 .reserved = {},
                 .ordered = {},
                 .remaining = draft.quantity,
                 .unit = draft.unit,
                 .price_per_unit = draft.price_per_unit,
                 .grade = draft.grade,
                 .available_from_at = draft.available_from_at,
                 .available_until_at = draft.available_until_at,
                 .offered_at = now,
                 .state = OfferState::kOpen};
}

Result<void> reserve(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now) {
    HAAT_ASSERT(quantity > Milli{0});
    if (sql::offer_reserve(tx, {.quantity_milli = quantity, .now_at = now, .offer_id = offer_id})) {
        return {};
    }
    return std::unexpected(why_not_reserved(tx, offer_id, now));
}

Error why_not_reserved(storage::Transaction& tx, OfferId offer_id, UnixSeconds now) {
    const std::optional<Offer> offer = find_offer(tx, system_viewer(), offer_id, now);
    if (!offer) {
        return refuse(ErrorKind::kNotFound, errors::kNoOffer).error();
    }
    if (offer->state != OfferState::kOpen) {
        return refuse(ErrorKind::kConflict, errors::kOfferNotOpen,
                      {{"state", std::string(name_of(offer->state))}})
            .error();
    }
    return refuse(ErrorKind::kConflict, errors::kOfferTooSmall,
                  {{"left", quantity_plain(offer->remaining)}, {"unit", offer->unit}})
        .error();
}

void release(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now) {
    move(tx, offer_id, -quantity.value, 0, now);
}

void confirm(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now) {
    move(tx, offer_id, -quantity.value, quantity.value, now);
}

void release_ordered(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now) {
    move(tx, offer_id, 0, -quantity.value, now);
}

Result<Offer> withdraw(storage::Transaction& tx, PersonId person_id, OfferId offer_id,
                       UnixSeconds now) {
    const std::optional<Offer> offer = find_offer(tx, system_viewer(), offer_id, now);
    if (!offer || offer->person_id != person_id) {
        return refuse(ErrorKind::kNotFound, errors::kNoOffer);
    }
    if (offer->state == OfferState::kOrdered || offer->state == OfferState::kReserved) {
        return refuse(ErrorKind::kConflict, errors::kOfferOrdered);
    }
    sql::offer_withdraw(tx, {.now_at = now, .offer_id = offer_id});
    return *find_offer(tx, system_viewer(), offer_id, now);
}

Result<Offer> change(storage::Transaction& tx, PersonId person_id, OfferId offer_id,
                     const OfferChange& to, UnixSeconds now) {
    const std::optional<Offer> offer = find_offer(tx, system_viewer(), offer_id, now);
    if (!offer || offer->person_id != person_id) {
        return refuse(ErrorKind::kNotFound, errors::kNoOffer);
    }
    const std::string_view field = !is_quantity(to.quantity)      ? "quantity_milli"
                                   : !is_price(to.price_per_unit) ? "price_paise"
                                   : !is_text(to.said, 1000)      ? "said"
                                                                  : "";
    if (!field.empty()) {
        return refuse(ErrorKind::kInvalid, errors::kOfferInvalid, {{"field", std::string(field)}});
    }
    if (offer->state != OfferState::kOpen) {
        return std::unexpected(why_not_reserved(tx, offer_id, now));
    }
    if (sql::offer_change(tx, {.quantity_milli = to.quantity,
                               .price_paise = to.price_per_unit,
                               .said = to.said,
                               .now_at = now,
                               .offer_id = offer_id}) != 1) {
        return refuse(ErrorKind::kConflict, errors::kOfferOrdered);
    }
    return *find_offer(tx, system_viewer(), offer_id, now);
}

std::optional<Offer> find_offer(storage::Transaction& tx, const Viewer& viewer, OfferId offer_id,
                                UnixSeconds now) {
    const PlaceRange places = places_for(viewer);
    const auto row = sql::offer_get(tx, {.now_at = now,
                                         .offer_id = offer_id,
                                         .number_first = places.first,
                                         .number_last = places.last});
    return row ? std::optional(offer_from(*row)) : std::nullopt;
}

std::vector<Offer> list_offers(storage::Transaction& tx, const Viewer& viewer,
                               const OfferFilter& filter, const Page& page, UnixSeconds now) {
    const PlaceRange places = both(places_for(viewer), filter.places.value_or(kEverywhere));
    const std::string_view state = filter.state ? name_of(*filter.state) : "";
    if (filter.person_id) {
        return offers_from(sql::offer_page_of_person(tx, {.now_at = now,
                                                          .person_id = filter.person_id,
                                                          .before_at = page.before_at,
                                                          .before_id = page.before_id,
                                                          .product_id = filter.product_id,
                                                          .number_first = places.first,
                                                          .number_last = places.last,
                                                          .state = state,
                                                          .row_limit = page.limit}));
    }
    if (filter.product_id) {
        return offers_from(sql::offer_page_of_product(tx, {.now_at = now,
                                                           .product_id = filter.product_id,
                                                           .before_at = page.before_at,
                                                           .before_id = page.before_id,
                                                           .number_first = places.first,
                                                           .number_last = places.last,
                                                           .state = state,
                                                           .row_limit = page.limit}));
    }
    return offers_from(sql::offer_page(tx, {.now_at = now,
                                            .before_at = page.before_at,
                                            .before_id = page.before_id,
                                            .number_first = places.first,
                                            .number_last = places.last,
                                            .state = state,
                                            .row_limit = page.limit}));
}

std::vector<Offer> offers_that_fit(storage::Transaction& tx, const Viewer& viewer,
                                   ProductId product_id, UnixSeconds deadline_at,
                                   std::optional<Paise> max_price, std::int64_t limit,
                                   UnixSeconds now) {
    const PlaceRange places = places_for(viewer);
    return offers_from(sql::offer_fitting(tx, {.now_at = now,
                                               .product_id = product_id,
                                               .number_first = places.first,
                                               .number_last = places.last,
                                               .deadline_at = deadline_at,
                                               .max_price_paise = max_price,
                                               .row_limit = limit}));
}

std::vector<Offer> expired_between(storage::Transaction& tx, const Viewer& viewer,
                                   UnixSeconds after, UnixSeconds until, std::int64_t limit) {
    const PlaceRange places = places_for(viewer);
    return offers_from(sql::offer_ended(tx, {.now_at = until,
                                             .after_at = after,
                                             .number_first = places.first,
                                             .number_last = places.last,
                                             .row_limit = limit}));
}

}  // namespace haat::market
