#include "flows/gather_order.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "asking.hpp"
#include "flows/settings.hpp"
#include "market/demands.hpp"
#include "planning.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

/// The order that this device id placed before; nothing if it placed none.
Result<std::optional<market::Order>> placed_before(storage::Transaction& tx, const Viewer& viewer,
                                                   const OrderRequest& request, UnixSeconds now) {
    // Without lines nothing new can be placed, but a repeat is answered.
    Result<market::Order> first = market::place(
        tx, viewer, {.device_id = request.device_id, .demand_id = request.demand_id}, now);
    if (first) {
        return std::optional(*std::move(first));
    }
    if (first.error().code == "market.order_invalid") {
        return std::optional<market::Order>();
    }
    return std::unexpected(std::move(first).error());
}

Result<OrderPlan> confirmed_plan(storage::Transaction& tx, const Viewer& viewer,
                                 const OrderRequest& request, UnixSeconds now) {
    const std::optional<market::Demand> demand =
        market::find_demand(tx, viewer, request.demand_id, now);
    if (!demand) {
        return refuse(ErrorKind::kNotFound, "market.no_demand");
    }
    if (demand->state != market::DemandState::kOpen) {
        return refuse(ErrorKind::kConflict, "market.demand_not_open",
                      {{"state", std::string(market::name_of(demand->state))}});
    }
    OrderPlan plan = make_plan(tx, viewer, *demand, demand->quantity, {}, now);
    if (plan.lines.empty()) {
        return refuse(ErrorKind::kConflict, "flows.nothing_fits");
    }
    if (plan.total != request.confirm_total) {
        return refuse(ErrorKind::kConflict, "flows.plan_changed",
                      {{"total_paise", fmt::format("{}", plan.total.value)}});
    }
    return plan;
}

market::OrderDraft draft_of(const OrderRequest& request, const OrderPlan& plan,
                            UnixSeconds answer_by_at) {
    market::OrderDraft draft{.device_id = request.device_id,
                             .demand_id = request.demand_id,
                             .answer_by_at = answer_by_at};
    for (const PlanLine& line : plan.lines) {
        draft.lines.push_back({.offer_id = line.offer_id,
                               .quantity = line.quantity,
                               .price_per_unit = line.price_per_unit,
                               .distance_metres = line.distance_metres,
                               .transport = line.transport});
    }
    return draft;
}

}  // namespace

Result<Made<PlacedOrder>> gather_order(FlowContext& context, const Viewer& viewer,
                                       const OrderRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<PlacedOrder>> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kGatherOrder));
        if (auto first = HAAT_TRY(placed_before(tx, viewer, request, now))) {
            PlacedOrder placed{*first, market::lines_of(tx, viewer, first->order_id)};
            return Made<PlacedOrder>{std::move(placed), Repeat::kRepeated};
        }
        const OrderPlan plan = HAAT_TRY(confirmed_plan(tx, viewer, request, now));
        const UnixSeconds answer_by_at{now.value +
                                       setting_at(tx, Setting::kOrderAnswerSeconds, now)};
        const market::Order order =
            HAAT_TRY(market::place(tx, viewer, draft_of(request, plan, answer_by_at), now));
        PlacedOrder placed{order, market::lines_of(tx, system_viewer(), order.order_id)};
        ask_producers(tx, context, order, placed.asked);
        storage::audit(
            tx, now, viewer.account_id, "order.gather",
            fmt::format("order:{}", order.order_id.value),
            fmt::format(R"({{"lines":{},"total_paise":{}}})", order.lines, order.total.value));
        announce(tx, context, "order", order.order_id.value, "created", now);
        announce(tx, context, "demand", order.demand_id.value, "state", now);
        return Made<PlacedOrder>{std::move(placed), Repeat::kFirst};
    });
}

Result<market::Order> cancel_order(FlowContext& context, const Viewer& viewer, OrderId order_id) {
    return context.database.write([&](storage::Transaction& tx) -> Result<market::Order> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kGatherOrder));
        const std::optional<market::Order> before = market::find_order(tx, viewer, order_id);
        const std::vector<market::OrderLine> lines =
            market::lines_of(tx, system_viewer(), order_id);
        const market::Order order = HAAT_TRY(market::cancel(tx, viewer, order_id, now));
        if (before->state == market::OrderState::kCancelled) {
            return order;
        }
        for (const market::OrderLine& line : lines) {
            if (line.answer == market::Answer::kWaiting || line.answer == market::Answer::kYes) {
                tell_producer(tx, context, order, line, "messages.order_cancelled");
            }
        }
        storage::audit(tx, now, viewer.account_id, "order.cancel",
                       fmt::format("order:{}", order_id.value), "{}");
        announce(tx, context, "order", order_id.value, "state", now);
        return order;
    });
}

}  // namespace haat::flows
