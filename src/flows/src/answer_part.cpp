/// She can give only a part of what an order asks of her: read back with both quantities, then
/// kept; the rest is asked of others.
#include <algorithm>
#include <iterator>

#include "answer_actions.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "flows/answer_order.hpp"
#include "market/orders.hpp"
#include "speaking_for.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;

/// What cannot be halved is rounded down.
Milli half_of(Milli asked, std::string_view unit) {
    constexpr std::string_view kDivisible[] = {"kg",    "g",  "quintal", "tonne",
                                               "litre", "ml", "metre"};
    const std::int64_t step =
        std::ranges::find(kDivisible, unit) != std::end(kDivisible) ? 1 : 1'000;
    return Milli{asked.value / 2 / step * step};
}

/// In thousandths of the order's unit; none if she named another unit.
std::optional<Milli> amount_said(const Answering& a, std::string_view unit, Milli asked) {
    if (a.meaning.answer == language::Answer::kNumber) {
        return Milli{a.meaning.answer_number * 1'000};
    }
    if (a.meaning.items.size() != 1 || !a.meaning.items.front().quantity) {
        return a.meaning.share == language::Share::kHalf ? std::optional(half_of(asked, unit))
                                                         : std::nullopt;
    }
    const language::Item& item = a.meaning.items.front();
    const Milli milli = language::to_milli(*item.quantity);
    if (item.unit.empty() || item.unit == unit) {
        return milli;
    }
    if (unit == "kg" && item.unit == "quintal") {
        return Milli{milli.value * 100};
    }
    if (unit == "piece" && item.unit == "dozen") {
        return Milli{milli.value * 12};
    }
    return std::nullopt;
}

/// Of that line, whatever else she is asked about before her yes.
std::map<std::string, std::string> read_back(const Answering& a, const market::Order& order,
                                             const market::OrderLine& line, Milli part) {
    const Milli asked = line.quantity;
    const auto product = catalogue::find_product(a.tx, order.product_id);
    return {{"line", std::to_string(line.order_line_id.value)},
            {"part_milli", std::to_string(part.value)},
            {"part", quantity_plain(part)},
            {"asked", quantity_plain(asked)},
            {"rest", quantity_plain(asked - part)},
            {"unit", a.unit_text(order.unit)},
            {"product", product->name(language_code(a.language()))},
            {"order", order.reference}};
}

/// "all" also for a message that names no quantity, or that says all.
ActionResult order_amount(Answering& a, const DialogueState& state) {
    const auto line = line_to_answer(a, state, line_meant(state));
    if (!line) {
        return {.outcome = "none"};
    }
    const bool names_amount = a.meaning.answer == language::Answer::kNumber ||
                              (!a.meaning.items.empty() && a.meaning.items.front().quantity) ||
                              a.meaning.share == language::Share::kHalf;
    const auto order = market::find_order(a.tx, system_viewer(), line->order_id);
    const auto amount = amount_said(a, order->unit, line->quantity);
    if (names_amount && (!amount || amount->value <= 0)) {
        return {.outcome = "unclear"};
    }
    if (!amount || *amount == line->quantity) {
        return {.outcome = "all"};
    }
    if (*amount > line->quantity) {  // she may mean something else: nothing is taken silently
        return {.outcome = "more", .values = read_back(a, *order, *line, line->quantity)};
    }
    return {.outcome = "part", .values = read_back(a, *order, *line, *amount)};
}

ActionResult accept_part(Answering& a, const DialogueState& state) {
    const auto line = line_to_answer(a, state, line_meant(state));
    const auto part = parse_integer(state.values.at("part_milli"));
    if (!line || !part) {
        return {.outcome = "old"};
    }
    // She is answered by a message of its own.
    const Result<AnsweredLine> answered = flows::accept_part(
        a.tx, a.context.flows, system_viewer(), line->person_id, line->order_line_id, Milli{*part});
    ActionResult result{.outcome = "done", .about = {{"order_line", 0}}};
    if (answered && a.mobiliser) {
        result.outcome = "for_member";
        result.values = answer_in_words(a, *answered);
    }
    if (!answered) {
        log_info("order.part_refused", {{"code", answered.error().code}});
        result.outcome = answered.error().code == "market.line_expired"    ? "too_late"
                         : answered.error().code == "market.line_answered" ? "before"
                                                                           : "old";
    }
    return result;
}

}  // namespace

std::vector<NamedAction> part_actions() {
    return {
        {{"order_amount",
          {"all", "more", "part", "unclear", "none"},
          false,
          {"part", "asked", "rest", "unit", "product", "order"}},
         [](Answering& a, const With&, const DialogueState& state) {
             return order_amount(a, state);
         }},
        {{"accept_part",
          {"done", "for_member", "too_late", "before", "old"},
          false,
          {"list", "order"}},
         [](Answering& a, const With&, const DialogueState& state) {
             return accept_part(a, state);
         },
         {{"for_member", "messages.told_order"}}},
    };
}

}  // namespace haat::flows
