/// After her yes: she cannot give it after all, or it went well. People of her block hear the one,
/// the order's record bears the other.
#include <algorithm>

#include "announce.hpp"
#include "answer_actions.hpp"
#include "base/json_writer.hpp"
#include "catalogue/products.hpp"
#include "market/orders.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

constexpr std::int64_t kLinesRead = 20;
/// What she reports now is not about an older order.
constexpr std::int64_t kReportSeconds = 120 * 86'400;

/// A line that she said yes to, and its order.
struct Agreed {
    market::OrderLine line;
    market::Order order;
    registry::Person person;
};

/// Of everybody on the phone the one answered last, or of the order that she names.
std::optional<Agreed> agreed_last(const A& a, bool only_open) {
    const auto named = market::normalise_reference(a.meaning.order_ref);
    std::optional<Agreed> last;
    for (const registry::Person& person : a.people) {
        for (const market::OrderLine& line : market::lines_of_person(
                 a.tx, system_viewer(), person.person_id, market::Answer::kYes, kLinesRead)) {
            const auto order = market::find_order(a.tx, system_viewer(), line.order_id);
            const bool is_it = order && (!named || order->reference == *named) &&
                               (!only_open || !line.finished_at) &&
                               line.answered_at->value > a.now.value - kReportSeconds;
            if (is_it && (!last || *line.answered_at > *last->line.answered_at)) {
                last = Agreed{line, *order, person};
            }
        }
    }
    return last;
}

std::string goods_of(const A& a, const Agreed& agreed) {
    const auto product = catalogue::find_product(a.tx, agreed.order.product_id);
    return quantity_plain(agreed.line.quantity) + " " + a.unit_text(agreed.order.unit) + " " +
           (product ? product->name(language_code(a.language())) : std::string());
}

/// Her yes binds; only people can take it back.
ActionResult take_back_order(A& a, const With& with) {
    const auto agreed = agreed_last(a, true);
    if (!agreed) {
        return {.outcome = "none"};
    }
    a.person = agreed->person;
    ActionResult result = open_ticket_about(a, with, agreed->order);
    result.values["order"] = agreed->order.reference;
    result.values["list"] = goods_of(a, *agreed);
    return result;
}

/// She was paid, or her goods were fetched: on the order's record, and to what she asked before.
ActionResult note_report(A& a, const With& with) {
    const std::string& topic = with.at("topic");
    for (messaging::Ticket& ticket : messaging::open_tickets_on(a.tx, a.inbound.address_id)) {
        const bool is_hers = std::ranges::find(a.people, ticket.person_id,
                                               &registry::Person::person_id) != a.people.end();
        if (ticket.topic == topic && is_hers) {
            ticket = messaging::join_ticket(a.tx, std::move(ticket), a.inbound.inbound_id,
                                            a.inbound.text, a.now);
            announce(a.tx, a.context.flows, "ticket", ticket.inbound_id.value, "updated", a.now);
        }
    }
    const auto agreed = agreed_last(a, false);
    if (!agreed) {
        return {.outcome = "done"};
    }
    JsonWriter json;
    json.begin_object().field("went_well", topic).field("inbound", a.inbound.inbound_id.value);
    json.field("order_line", agreed->line.order_line_id.value).end_object();
    storage::audit(a.tx, a.now, system_viewer().account_id, "order.reported",
                   "order:" + std::to_string(agreed->order.order_id.value), json.take());
    announce(a.tx, a.context.flows, "order", agreed->order.order_id.value, "updated", a.now);
    return {.outcome = "order",
            .values = {{"order", agreed->order.reference}, {"list", goods_of(a, *agreed)}}};
}

}  // namespace

std::vector<NamedAction> after_order_actions() {
    return {
        {{"take_back_order", {"none", "done"}, false, {"due", "order", "list"}},
         [](A& a, const With& with, const State&) { return take_back_order(a, with); },
         {{"done", "messages.told_said"}}},
        {{"note_report", {"done", "order"}, false, {"order", "list"}, {"topic"}},
         [](A& a, const With& with, const State&) { return note_report(a, with); },
         {{"done", "messages.told_said"}, {"order", "messages.told_said"}}},
    };
}

}  // namespace haat::flows
