#include "market/extend.hpp"

#include <algorithm>
#include <string>

#include "market/errors.hpp"
#include "offers_internal.hpp"
#include "sql/lines.hpp"
#include "sql/offers.hpp"
#include "sql/orders.hpp"

namespace haat::market {
namespace {

std::unexpected<Error> invalid(std::string_view field) {
    return refuse(ErrorKind::kInvalid, errors::kOrderInvalid, {{"field", std::string(field)}});
}

}  // namespace

Result<Order> extend(storage::Transaction& tx, OrderId order_id, std::span<const LineDraft> lines,
                     UnixSeconds now) {
    const auto row = sql::order_get(tx, {.order_id = order_id, .organisation_id = {}});
    if (!row || row->cancelled_at) {
        return refuse(ErrorKind::kNotFound, errors::kNoOrder);
    }
    if (lines.empty()) {
        return invalid("lines");
    }
    const std::vector<OrderLine> standing = lines_of(tx, system_viewer(), order_id);
    std::vector<sql::LineAddParams> added;
    for (const LineDraft& line : lines) {
        if (std::ranges::find(standing, line.offer_id, &OrderLine::offer_id) != standing.end()) {
            return invalid("offer_id");
        }
        const auto offer = sql::offer_reserve(
            tx, {.quantity_milli = line.quantity, .now_at = now, .offer_id = line.offer_id});
        if (!offer) {
            return std::unexpected(why_not_reserved(tx, line.offer_id, now));
        }
        if (offer->product_id != row->product_id || offer->unit != row->unit) {
            return invalid("offer_id");
        }
        if (offer->price_paise != line.price_per_unit) {
            return refuse(ErrorKind::kConflict, errors::kOfferPriceChanged);
        }
        added.push_back({.order_line_id = tx.new_id_as<OrderLineId>(),
                         .order_id = order_id,
                         .offer_id = line.offer_id,
                         .person_id = offer->person_id,
                         .quantity_milli = line.quantity,
                         .price_paise = line.price_per_unit,
                         .amount_paise = cost_of(line.quantity, line.price_per_unit),
                         .distance_metres = line.distance_metres,
                         .transport_paise = line.transport});
    }
    sql::line_add(tx, added);
    return *find_order(tx, system_viewer(), order_id);
}

}  // namespace haat::market
