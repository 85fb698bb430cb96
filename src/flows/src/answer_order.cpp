#include "flows/answer_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "announce.hpp"
#include "asking.hpp"
#include "base/assert.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "letter.hpp"
#include "market/demands.hpp"
#include "market/extend.hpp"
#include "nearest_site.hpp"
#include "planning.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::string_view kYesPrefix = "order_yes:";
constexpr std::string_view kNoPrefix = "order_no:";

/// Nobody is asked who would have less time than this to answer.
constexpr std::int64_t kLeastAnswerSeconds = 3'600;

void thank_for_yes(storage::Transaction& tx, FlowContext& context, const market::Order& order,
                   const market::OrderLine& line) {
    const auto product = catalogue::find_product(tx, order.product_id);
    HAAT_ASSERT(product);
    const std::optional<supply::Site> site = nearest_purchase_point(tx, line.person_id);
    Letter letter(tx, line.person_id, site ? "messages.order_yes_bring" : "messages.order_yes",
                  registry::MessagePurpose::kOrder);
    letter.goods(*product, line.quantity, order.unit).put("order", order.reference);
    if (site) {
        letter.site(*site);
    }
    letter.send(tx, context);
}

/// Asks others for what the order still lacks. Nobody who was asked before is asked again.
std::vector<market::OrderLine> gather_the_rest(storage::Transaction& tx, FlowContext& context,
                                               const market::Order& order, UnixSeconds now) {
    const Milli missing = order.wanted - order.quantity;
    const auto demand = market::find_demand(tx, system_viewer(), order.demand_id, now);
    HAAT_ASSERT(demand.has_value());
    if (missing <= Milli{0} || order.answer_by_at.value - now.value < kLeastAnswerSeconds) {
        return {};
    }
    std::vector<OfferId> asked;
    std::set<OrderLineId> standing;
    for (const auto& line : market::lines_of(tx, system_viewer(), order.order_id)) {
        asked.push_back(line.offer_id);
        standing.insert(line.order_line_id);
    }
    const OrderPlan plan = make_plan(tx, system_viewer(), *demand, missing, asked, now);
    if (plan.lines.empty()) {
        return {};
    }
    std::vector<market::LineDraft> drafts;
    for (const PlanLine& line : plan.lines) {
        drafts.push_back({.offer_id = line.offer_id,
                          .quantity = line.quantity,
                          .price_per_unit = line.price_per_unit,
                          .distance_metres = line.distance_metres,
                          .transport = line.transport});
    }
    const Result<market::Order> extended = market::extend(tx, order.order_id, drafts, now);
    HAAT_ASSERT(extended.has_value());  // the plan was made of open offers in this transaction
    std::vector<market::OrderLine> added = market::lines_of(tx, system_viewer(), order.order_id);
    std::erase_if(added, [&](const market::OrderLine& line) {
        return standing.contains(line.order_line_id);
    });
    ask_producers(tx, context, *extended, added);
    return added;
}

}  // namespace

std::string order_button(OrderLineId order_line_id, market::Answer answer) {
    return fmt::format("{}{}", answer == market::Answer::kYes ? kYesPrefix : kNoPrefix,
                       order_line_id.value);
}

std::optional<PressedOrderButton> pressed_order_button(std::string_view button_id) {
    for (const auto& [prefix, answer] :
         {std::pair(kYesPrefix, market::Answer::kYes), std::pair(kNoPrefix, market::Answer::kNo)}) {
        if (button_id.starts_with(prefix)) {
            const auto number = parse_integer(button_id.substr(prefix.size()));
            if (number && *number > 0) {
                return PressedOrderButton{OrderLineId{*number}, answer};
            }
        }
    }
    return std::nullopt;
}

Result<AnsweredLine> answer_order(FlowContext& context, const Viewer& viewer, PersonId person_id,
                                  OrderLineId order_line_id, market::Answer answer) {
    return context.database.write([&](storage::Transaction& tx) {
        return answer_order(tx, context, viewer, person_id, order_line_id, answer);
    });
}

Result<AnsweredLine> answer_order(storage::Transaction& tx, FlowContext& context,
                                  const Viewer& viewer, PersonId person_id,
                                  OrderLineId order_line_id, market::Answer answer) {
    const UnixSeconds now = context.clock.now();
    const auto before = market::find_line(tx, system_viewer(), order_line_id);
    const market::OrderLine line =
        HAAT_TRY(market::answer(tx, person_id, order_line_id, answer, now));
    const market::Order order = *market::find_order(tx, system_viewer(), line.order_id);
    AnsweredLine answered{line, order, {}};
    if (before->answer == answer) {
        return answered;
    }
    if (answer == market::Answer::kYes) {
        thank_for_yes(tx, context, order, line);
    } else {
        tell_producer(tx, context, order, line, "messages.order_no");
        answered.asked_instead = gather_the_rest(tx, context, order, now);
        answered.order = *market::find_order(tx, system_viewer(), line.order_id);
    }
    storage::audit(tx, now, viewer.account_id, "order.answer",
                   fmt::format("order_line:{}", order_line_id.value),
                   fmt::format(R"({{"answer":"{}","asked_instead":{}}})", market::name_of(answer),
                               answered.asked_instead.size()));
    announce(tx, context, "order", order.order_id.value,
             answer == market::Answer::kYes ? "yes" : "no", now);
    return answered;
}

Result<AnsweredLine> accept_part(storage::Transaction& tx, FlowContext& context,
                                 const Viewer& viewer, PersonId person_id,
                                 OrderLineId order_line_id, Milli quantity) {
    const UnixSeconds now = context.clock.now();
    const auto before = market::find_line(tx, system_viewer(), order_line_id);
    const market::OrderLine line =
        HAAT_TRY(market::accept_part(tx, person_id, order_line_id, quantity, now));
    const market::Order order = *market::find_order(tx, system_viewer(), line.order_id);
    AnsweredLine answered{line, order, {}};
    if (before->answer == market::Answer::kYes) {
        return answered;
    }
    const auto product = catalogue::find_product(tx, order.product_id);
    Letter(tx, line.person_id, "messages.order_part", registry::MessagePurpose::kOrder)
        .goods(*product, line.quantity, order.unit)
        .put("asked", quantity_plain(before->quantity))
        .put("rest", quantity_plain(before->quantity - line.quantity))
        .put("order", order.reference)
        .send(tx, context);
    answered.asked_instead = gather_the_rest(tx, context, order, now);
    answered.order = *market::find_order(tx, system_viewer(), line.order_id);
    storage::audit(tx, now, viewer.account_id, "order.answer",
                   fmt::format("order_line:{}", order_line_id.value),
                   fmt::format(R"({{"answer":"part","asked_milli":{},"part_milli":{},)"
                               R"("asked_instead":{}}})",
                               before->quantity.value, line.quantity.value,
                               answered.asked_instead.size()));
    announce(tx, context, "order", order.order_id.value, "yes", now);
    return answered;
}

std::int64_t expire_unanswered(FlowContext& context, std::int64_t limit) {
    return context.database.write([&](storage::Transaction& tx) -> std::int64_t {
        const UnixSeconds now = context.clock.now();
        const std::vector<market::OrderLine> lines = market::expire_waiting(tx, now, limit);
        std::set<OrderId> orders;
        for (const market::OrderLine& line : lines) {
            const market::Order order = *market::find_order(tx, system_viewer(), line.order_id);
            tell_producer(tx, context, order, line, "messages.order_expired");
            storage::audit(tx, now, system_viewer().account_id, "order.expire",
                           fmt::format("order_line:{}", line.order_line_id.value), "{}");
            orders.insert(line.order_id);
        }
        for (const OrderId order_id : orders) {
            announce(tx, context, "order", order_id.value, "expired", now);
        }
        return static_cast<std::int64_t>(lines.size());
    });
}

}  // namespace haat::flows
