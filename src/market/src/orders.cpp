#include "market/orders.hpp"

#include <array>
#include <unordered_set>
#include <utility>

#include "checks.hpp"
#include "market/demands.hpp"
#include "market/errors.hpp"
#include "offers_internal.hpp"
#include "scope.hpp"
#include "sql/demands.hpp"
#include "sql/lines.hpp"
#include "sql/offers.hpp"
#include "sql/orders.hpp"

namespace haat::market {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"asking", "agreed", "collecting", "completed",
                                                     "cancelled"};
constexpr std::size_t kMostLines = 5000;
constexpr int kMostReferenceAttempts = 40;

std::string_view wrong_field(const OrderDraft& draft, UnixSeconds now) {
    if (!is_device_id(draft.device_id)) return "device_id";
    if (draft.answer_by_at <= now) return "answer_by_at";
    if (draft.lines.empty() || draft.lines.size() > kMostLines) return "lines";
    std::unordered_set<OfferId> offers;
    for (const LineDraft& line : draft.lines) {
        if (!line.offer_id || !offers.insert(line.offer_id).second) return "offer_id";
        if (!is_quantity(line.quantity)) return "quantity_milli";
        if (line.distance_metres < 0 || line.distance_metres > kMostDistanceMetres) {
            return "distance_km";
        }
        if (line.transport < Paise{0} || line.transport > kMostPricePerUnit) {
            return "transport_paise";
        }
    }
    return {};
}

std::unexpected<Error> invalid(std::string_view field) {
    return refuse(ErrorKind::kInvalid, errors::kOrderInvalid, {{"field", std::string(field)}});
}

OrderState state_from(const sql::OrderSumsRow& sums, bool is_cancelled) {
    if (is_cancelled || sums.no_lines == sums.lines) return OrderState::kCancelled;
    if (sums.waiting_lines == 0 && sums.finished_lines == sums.yes_lines) {
        return OrderState::kCompleted;
    }
    if (sums.weighed_lines > 0) return OrderState::kCollecting;
    return sums.waiting_lines > 0 ? OrderState::kAsking : OrderState::kAgreed;
}

template <typename Row>
Order order_from(storage::Transaction& tx, const Row& row) {
    const sql::OrderSumsRow sums = sql::order_sums(tx, {.order_id = row.order_id});
    return {.order_id = row.order_id,
            .reference = row.reference,
            .demand_id = row.demand_id,
            .buyer_organisation_id = row.buyer_organisation_id,
            .product_id = row.product_id,
            .place_id = row.place_id,
            .unit = row.unit,
            .wanted = row.wanted_milli,
            .quantity = sums.quantity_milli,
            .goods = sums.amount_paise,
            .transport = sums.transport_paise,
            .total = sums.amount_paise + sums.transport_paise,
            .weighed = sums.weighed_milli,
            .lines = sums.lines,
            .yes = sums.yes_lines,
            .no = sums.no_lines,
            .waiting = sums.waiting_lines,
            .state = state_from(sums, row.cancelled_at.has_value()),
            .answer_by_at = row.answer_by_at,
            .placed_at = row.placed_at};
}

/// Writes the order's own row under a reference that nobody has.
OrderId add_order(storage::Transaction& tx, const Viewer& viewer, const OrderDraft& draft,
                  const Demand& demand, UnixSeconds now) {
    const OrderId order_id = tx.new_id_as<OrderId>();
    for (int attempt = 0; attempt < kMostReferenceAttempts; ++attempt) {
        const std::int64_t added =
            sql::order_add(tx, {.order_id = order_id,
                                .reference = reference_for(order_id, attempt),
                                .device_id = draft.device_id,
                                .demand_id = draft.demand_id,
                                .buyer_organisation_id = demand.buyer_organisation_id,
                                .product_id = demand.product_id,
                                .place_id = demand.place_id,
                                .unit = demand.unit,
                                .wanted_milli = demand.quantity,
                                .answer_by_at = draft.answer_by_at,
                                .placed_by_account_id = viewer.account_id,
                                .placed_at = now});
        if (added == 1) {
            return order_id;
        }
    }
    bug("no free order reference");
}

/// Reserves every line's offer and writes the lines; the first refusal ends it all.
Result<void> add_lines(storage::Transaction& tx, OrderId order_id, const OrderDraft& draft,
                       const Demand& demand, UnixSeconds now) {
    std::vector<sql::LineAddParams> lines;
    lines.reserve(draft.lines.size());
    for (const LineDraft& line : draft.lines) {
        const auto offer = sql::offer_reserve(
            tx, {.quantity_milli = line.quantity, .now_at = now, .offer_id = line.offer_id});
        if (!offer) {
            return std::unexpected(why_not_reserved(tx, line.offer_id, now));
        }
        if (offer->product_id != demand.product_id || offer->unit != demand.unit) {
            return invalid("offer_id");
        }
        if (offer->price_paise != line.price_per_unit) {
            return refuse(ErrorKind::kConflict, errors::kOfferPriceChanged);
        }
        lines.push_back({.order_line_id = tx.new_id_as<OrderLineId>(),
                         .order_id = order_id,
                         .offer_id = line.offer_id,
                         .person_id = offer->person_id,
                         .quantity_milli = line.quantity,
                         .price_paise = line.price_per_unit,
                         .amount_paise = cost_of(line.quantity, line.price_per_unit),
                         .distance_metres = line.distance_metres,
                         .transport_paise = line.transport});
    }
    sql::line_add(tx, lines);
    return {};
}

}  // namespace

std::string_view name_of(OrderState state) { return kStates[std::to_underlying(state)]; }

std::optional<OrderState> order_state_from(std::string_view name) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates[i] == name) return static_cast<OrderState>(i);
    }
    return std::nullopt;
}

Result<Order> place(storage::Transaction& tx, const Viewer& viewer, const OrderDraft& draft,
                    UnixSeconds now) {
    if (const auto first = sql::order_by_device(tx, {.device_id = draft.device_id})) {
        std::optional<Order> order = find_order(tx, viewer, first->order_id);
        if (!order || first->demand_id != draft.demand_id) {
            return refuse(ErrorKind::kConflict, errors::kDeviceIdReused);
        }
        return *std::move(order);
    }
    if (const std::string_view field = wrong_field(draft, now); !field.empty()) {
        return invalid(field);
    }
    const std::optional<Demand> demand = find_demand(tx, viewer, draft.demand_id, now);
    if (!demand) {
        return refuse(ErrorKind::kNotFound, errors::kNoDemand);
    }
    const std::int64_t taken = sql::demand_set_state(
        tx,
        {.to_state = "ordered", .now_at = now, .demand_id = draft.demand_id, .from_state = "open"});
    if (taken == 0) {
        return refuse(ErrorKind::kConflict, errors::kDemandNotOpen,
                      {{"state", std::string(name_of(demand->state))}});
    }
    const OrderId order_id = add_order(tx, viewer, draft, *demand, now);
    HAAT_TRY(add_lines(tx, order_id, draft, *demand, now));
    return *find_order(tx, viewer, order_id);
}

Result<Order> cancel(storage::Transaction& tx, const Viewer& viewer, OrderId order_id,
                     UnixSeconds now) {
    const std::optional<Order> order = find_order(tx, viewer, order_id);
    if (!order) {
        return refuse(ErrorKind::kNotFound, errors::kNoOrder);
    }
    if (order->weighed > Milli{0}) {
        return refuse(ErrorKind::kConflict, errors::kOrderCollecting);
    }
    if (sql::order_cancel(tx, {.now_at = now, .order_id = order_id}) == 0) {
        return *order;
    }
    for (const OrderLine& line : lines_of(tx, system_viewer(), order_id)) {
        if (line.answer == Answer::kWaiting) {
            sql::line_answer(tx, {.answer = name_of(Answer::kExpired),
                                  .now_at = now,
                                  .order_line_id = line.order_line_id});
            release(tx, line.offer_id, line.quantity, now);
        } else if (line.answer == Answer::kYes && !line.finished_at) {
            release_ordered(tx, line.offer_id, line.quantity, now);
        }
    }
    sql::lines_finish(tx, {.now_at = now, .order_id = order_id});
    sql::demand_set_state(tx, {.to_state = "open",
                               .now_at = now,
                               .demand_id = order->demand_id,
                               .from_state = "ordered"});
    return *find_order(tx, viewer, order_id);
}

std::optional<Order> find_order(storage::Transaction& tx, const Viewer& viewer, OrderId order_id) {
    const auto row =
        sql::order_get(tx, {.order_id = order_id, .organisation_id = buyer_for(viewer)});
    return row ? std::optional(order_from(tx, *row)) : std::nullopt;
}

std::optional<Order> find_order_by_reference(storage::Transaction& tx, const Viewer& viewer,
                                             std::string_view reference) {
    const std::optional<std::string> normal = normalise_reference(reference);
    if (!normal) {
        return std::nullopt;
    }
    const auto row = sql::order_by_reference(tx, {.reference = *normal});
    return row ? find_order(tx, viewer, row->order_id) : std::nullopt;
}

std::vector<Order> list_orders(storage::Transaction& tx, const Viewer& viewer,
                               std::optional<OrderState> state, const Page& page) {
    std::vector<Order> orders;
    Page next = page;
    // The state follows from the lines, so pages are read on until enough have it.
    while (std::cmp_less(orders.size(), page.limit)) {
        const auto rows = sql::order_page(tx, {.before_at = next.before_at,
                                               .before_id = next.before_id,
                                               .organisation_id = buyer_for(viewer),
                                               .row_limit = page.limit});
        for (const auto& row : rows) {
            Order order = order_from(tx, row);
            if ((!state || order.state == *state) && std::cmp_less(orders.size(), page.limit)) {
                orders.push_back(std::move(order));
            }
        }
        if (std::cmp_less(rows.size(), page.limit)) {
            break;
        }
        next.before_at = rows.back().placed_at;
        next.before_id = rows.back().order_id.value;
    }
    return orders;
}

}  // namespace haat::market
