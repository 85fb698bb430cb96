/// What she has, what is wanted, and her part of an order: actions of the dialogues.
#include <algorithm>

#include "announce.hpp"
#include "answer_actions.hpp"
#include "base/log.hpp"
#include "catalogue/products.hpp"
#include "flows/answer_order.hpp"
#include "market/demands.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "market/searches.hpp"
#include "storage/ahead.hpp"

namespace haat::flows {

using messaging::ActionResult;
using messaging::DialogueState;
using messaging::PendingOffer;

namespace {

/// An offer without a last day of its own stands this long.
constexpr std::int64_t kOfferLifeSeconds = 14 * 86'400;
constexpr int kShownAtMost = 3;

/// In the product's own unit, with the price per that unit; none if it cannot be converted.
std::optional<market::OfferDraft> draft_of(const Answering& a, const PendingOffer& offer,
                                           const catalogue::Product& product) {
    Milli quantity = offer.quantity;
    Paise price = offer.price.value_or(Paise{});
    if (offer.unit == "dozen" && product.unit_default == "piece") {
        quantity = {quantity.value * 12};
        price = {(price.value + 6) / 12};
    } else if (offer.unit == "piece" && product.unit_default == "dozen") {
        quantity = {quantity.value / 12};
        price = {price.value * 12};
    } else if (!offer.unit.empty() && offer.unit != product.unit_default) {
        return std::nullopt;
    }
    return market::OfferDraft{.person_id = a.person->person_id,
                              .product_id = product.product_id,
                              .quantity = quantity,
                              .unit = product.unit_default,
                              .price_per_unit = price,
                              .place_id = a.person->place_id,
                              .available_from_at = a.now,
                              .available_until_at = {a.now.value + kOfferLifeSeconds},
                              .inbound_id = a.inbound.inbound_id,
                              .demand_id = {},
                              .said = {}};
}

/// What adding it will ask, in one round trip.
void ask_about_offer(const Answering& a, const market::OfferDraft& draft) {
    storage::ahead(a.tx, [&](storage::Transaction& asks) {
        (void)market::newest_demand(asks, draft.product_id, a.now);
        (void)market::find_offer_of(asks, a.inbound.inbound_id, draft.product_id);
        market::ask_to_note(asks, draft);
        (void)registry::makes_product(asks, system_viewer(), draft.person_id, draft.product_id);
        (void)registry::find_person(asks, system_viewer(), draft.person_id);
    });
}

/// What became of one of her goods.
std::string add_offer(Answering& a, const PendingOffer& pending, const std::string& said) {
    const auto product = a.product(pending.product_key);
    std::optional<market::OfferDraft> draft;
    if (product && a.person) {
        draft = draft_of(a, pending, *product);
    }
    if (!draft) {
        return "person";  // a pack of unknown size: a person asks her
    }
    ask_about_offer(a, *draft);
    draft->demand_id = market::newest_demand(a.tx, product->product_id, a.now);
    draft->said = said;
    const Result<market::Offer> offer = market::add(a.tx, *draft, a.now);
    if (!offer) {
        log_info("offer.refused", {{"code", offer.error().code}});
        return "refused";
    }
    (void)registry::add_product(a.tx, system_viewer(), a.person->person_id, product->product_id);
    market::note_offer(a.tx, *offer, a.now);
    announce(a.tx, a.context.flows, "offer", offer->offer_id.value, "created", a.now);
    return "done";
}

/// Whose line it is among those on the phone; who speaks, if it is nobody's.
PersonId person_of_line(const Answering& a, OrderLineId order_line_id) {
    const auto line = market::find_line(a.tx, system_viewer(), order_line_id);
    for (const registry::Person& person : a.people) {
        if (line && line->person_id == person.person_id) {
            return person.person_id;
        }
    }
    return a.person ? a.person->person_id : PersonId{};
}

}  // namespace

ActionResult add_offers(Answering& a, const DialogueState& state) {
    std::string worst = "done";
    for (const PendingOffer& pending : state.goods) {
        const std::string outcome = add_offer(a, pending, state.said);
        worst = outcome == "person" || worst == "done" ? outcome : worst;
    }
    return {.outcome = worst};
}

ActionResult withdraw_offers(Answering& a, std::string_view product_key) {
    if (!a.person) {
        return {.outcome = "nothing"};
    }
    market::OfferFilter filter{.state = market::OfferState::kOpen,
                               .person_id = a.person->person_id};
    if (const auto product = a.product(product_key)) {
        filter.product_id = product->product_id;
    }
    int withdrawn = 0;
    for (const market::Offer& offer :
         market::list_offers(a.tx, system_viewer(), filter, {.limit = 50}, a.now)) {
        if (market::withdraw(a.tx, a.person->person_id, offer.offer_id, a.now)) {
            announce(a.tx, a.context.flows, "offer", offer.offer_id.value, "updated", a.now);
            ++withdrawn;
        }
    }
    return {.outcome = withdrawn > 0 ? "done" : "nothing"};
}

ActionResult show_demands(Answering& a, std::string_view product_key) {
    market::DemandFilter filter{.state = market::DemandState::kOpen};
    if (const auto product = a.product(product_key)) {
        filter.product_id = product->product_id;
    }
    std::string lines;
    for (const market::Demand& demand :
         market::list_demands(a.tx, system_viewer(), filter, {.limit = kShownAtMost}, a.now)) {
        const auto product = catalogue::find_product(a.tx, demand.product_id);
        lines += "\n• " + quantity_plain(demand.quantity) + " " + a.unit_text(demand.unit) + " " +
                 product->name(language_code(a.language()));
        if (demand.max_price) {
            lines += ", " + rupees_display(*demand.max_price);
        }
    }
    return {.outcome = lines.empty() ? "none" : "some", .values = {{"list", lines}}};
}

ActionResult find_order(Answering& a) {
    for (const registry::Person& person : a.people) {
        const std::vector<market::OrderLine> lines = market::lines_of_person(
            a.tx, system_viewer(), person.person_id, market::Answer::kWaiting, 1);
        if (lines.empty()) {
            continue;
        }
        const market::OrderLine& line = lines.front();
        const auto order = market::find_order(a.tx, system_viewer(), line.order_id);
        const auto product = catalogue::find_product(a.tx, order->product_id);
        return {.outcome = "some",
                .values = {{"quantity", quantity_plain(line.quantity)},
                           {"unit", a.unit_text(order->unit)},
                           {"product", product->name(language_code(a.language()))},
                           {"price", rupees_display(line.price_per_unit)},
                           {"order", order->reference}},
                .about = {{"order_line", line.order_line_id.value}}};
    }
    return {.outcome = "none", .about = {{"order_line", 0}}};
}

ActionResult answer_order(Answering& a, const ActionArguments& with, const DialogueState& state) {
    const auto about = state.about.find("order_line");
    if (about == state.about.end() || a.people.empty()) {
        return {.outcome = "none"};
    }
    const OrderLineId order_line_id{about->second};
    const auto answer = with.at("answer") == "yes" ? market::Answer::kYes : market::Answer::kNo;
    // She is answered by a message of its own.
    const Result<AnsweredLine> answered =
        flows::answer_order(a.tx, a.context.flows, system_viewer(),
                            person_of_line(a, order_line_id), order_line_id, answer);
    ActionResult result{.outcome = "done", .about = {{"order_line", 0}}};
    if (!answered) {
        const std::string& code = answered.error().code;
        result.outcome = code == "market.line_expired"    ? "too_late"
                         : code == "market.line_answered" ? "before"
                                                          : "old";
    }
    return result;
}

}  // namespace haat::flows
