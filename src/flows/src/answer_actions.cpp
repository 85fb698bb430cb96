#include "answer_actions.hpp"

#include <algorithm>
#include <utility>

#include "announce.hpp"
#include "base/log.hpp"
#include "catalogue/products.hpp"
#include "consent_text.hpp"
#include "market/demands.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "registry/consents.hpp"

namespace haat::flows {
namespace {

using messaging::Action;
using messaging::ActionKind;
using messaging::PendingOffer;

/// An offer without a last day of its own stands this long.
constexpr std::int64_t kOfferLifeSeconds = 14 * 86'400;
constexpr int kShownAtMost = 3;

std::string unit_text(const Answering& a, std::string_view unit) {
    const std::string key = "messages.unit_" + std::string(unit);
    return a.context.texts.has(key) ? a.context.texts.text(a.language(), key) : std::string(unit);
}

std::string product_text(const Answering& a, std::string_view key) {
    const auto product = catalogue::find_product(a.tx, key);
    return product ? product->name(language_code(a.language())) : std::string(key);
}

registry::ConsentSource evidence(const Answering& a, const std::string& text) {
    const auto address = registry::find_address(a.tx, system_viewer(), a.inbound.address_id);
    return {.channel = address ? address->channel : registry::Channel::kWhatsapp,
            .text_version = kConsentText,
            .evidence = text};
}

/// The open demand that such an offer answers: the newest for that product.
std::optional<DemandId> demand_for(const Answering& a, ProductId product_id) {
    const std::vector<market::Demand> demands = market::list_demands(
        a.tx, system_viewer(), {.state = market::DemandState::kOpen, .product_id = product_id},
        {.limit = 1}, a.now);
    return demands.empty() ? std::nullopt : std::optional(demands.front().demand_id);
}

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
                              .demand_id = demand_for(a, product.product_id),
                              .said = {}};
}

void ask_person(Answering& a) {
    a.conversation.wants_person = true;
    announce(a.tx, a.context.flows, "message", a.inbound.inbound_id.value, "updated", a.now);
}

void add_offers(Answering& a, const Action& action) {
    for (const PendingOffer& pending : action.offers) {
        const auto product = catalogue::find_product(a.tx, pending.product_key);
        std::optional<market::OfferDraft> draft;
        if (product && a.person) {
            draft = draft_of(a, pending, *product);
        }
        if (!draft) {  // a pack of unknown size: a person asks her
            ask_person(a);
            a.reply("messages.person_will_call", {});
            continue;
        }
        draft->said = action.said;
        const Result<market::Offer> offer = market::add(a.tx, *draft, a.now);
        if (!offer) {
            log_info("offer.refused", {{"code", offer.error().code}});
            a.reply("messages.offer_refused", {});
            continue;
        }
        (void)registry::add_product(a.tx, system_viewer(), a.person->person_id,
                                    product->product_id);
        announce(a.tx, a.context.flows, "offer", offer->offer_id.value, "created", a.now);
    }
}

void withdraw(Answering& a, const Action& action) {
    if (!a.person) {
        a.reply("messages.nothing_to_withdraw", {});
        return;
    }
    market::OfferFilter filter{.state = market::OfferState::kOpen,
                               .person_id = a.person->person_id};
    if (const auto product = catalogue::find_product(a.tx, action.product_key)) {
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
    a.reply(withdrawn > 0 ? "messages.withdrawn" : "messages.nothing_to_withdraw", {});
}

void show_demands(Answering& a, const Action& action) {
    market::DemandFilter filter{.state = market::DemandState::kOpen};
    if (const auto product = catalogue::find_product(a.tx, action.product_key)) {
        filter.product_id = product->product_id;
    }
    std::string lines;
    for (const market::Demand& demand :
         market::list_demands(a.tx, system_viewer(), filter, {.limit = kShownAtMost}, a.now)) {
        const auto product = catalogue::find_product(a.tx, demand.product_id);
        lines += "\n• " + quantity_plain(demand.quantity) + " " + unit_text(a, demand.unit) + " " +
                 product->name(language_code(a.language()));
        if (demand.max_price) {
            lines += ", " + rupees_display(*demand.max_price);
        }
    }
    a.reply(lines.empty() ? "messages.no_demand" : "messages.demands", {{"list", lines}});
}

void show_price(Answering& a, const Action& action) {
    const auto product = catalogue::find_product(a.tx, action.product_key);
    if (!product) {
        a.reply("messages.which_product", {});
        return;
    }
    const std::vector<market::Offer> offers =
        market::list_offers(a.tx, system_viewer(),
                            {.product_id = product->product_id, .state = market::OfferState::kOpen},
                            {.limit = 100}, a.now);
    const std::string name = product->name(language_code(a.language()));
    if (offers.empty()) {
        a.reply("messages.no_price_yet", {{"product", name}});
        return;
    }
    const auto by_price = [](const market::Offer& offer) { return offer.price_per_unit.value; };
    const auto [low, high] = std::ranges::minmax_element(offers, {}, by_price);
    a.reply("messages.price_now", {{"product", name},
                                   {"low", rupees_display(low->price_per_unit)},
                                   {"high", rupees_display(high->price_per_unit)},
                                   {"unit", unit_text(a, product->unit_default)}});
}

void show_orders(Answering& a) {
    if (!a.person) {
        a.reply("messages.no_order_waiting", {});
        return;
    }
    const std::vector<market::OrderLine> lines = market::lines_of_person(
        a.tx, system_viewer(), a.person->person_id, market::Answer::kWaiting, 1);
    if (lines.empty()) {
        a.reply("messages.no_order_waiting", {});
        return;
    }
    const market::OrderLine& line = lines.front();
    const auto order = market::find_order(a.tx, system_viewer(), line.order_id);
    const auto product = catalogue::find_product(a.tx, order->product_id);
    messaging::DialogueState state = messaging::dialogue_state_from_json(a.conversation.state_json);
    a.conversation.state_json = messaging::to_json(
        messaging::asked_about_order(std::move(state), line.order_line_id.value));
    const std::string number = std::to_string(line.order_line_id.value);
    a.reply("messages.order_again",
            {{"quantity", quantity_plain(line.quantity)},
             {"unit", unit_text(a, order->unit)},
             {"product", product->name(language_code(a.language()))},
             {"price", rupees_display(line.price_per_unit)},
             {"order", order->reference}},
            {{"order_yes:" + number, "messages.button_yes"},
             {"order_no:" + number, "messages.button_no"}});
}

/// It holds since her message was stored, unless a version before did that.
void obey(const Answering& a, ActionKind kind) {
    if (!a.inbound.intent.empty()) {
        return;
    }
    const std::string said = consent_evidence(a.inbound.inbound_id);
    if (kind == ActionKind::kOptOut) {
        registry::suppress_address(a.tx, a.inbound.address_id, registry::kAllPurposes,
                                   evidence(a, said), a.now);
    } else {
        registry::opt_in_address(a.tx, a.inbound.address_id, registry::kAllPurposes,
                                 evidence(a, said), a.now);
    }
}

}  // namespace

void Answering::reply(std::string_view text_key, const TextParams& params,
                      const std::vector<messaging::DialogueButton>& buttons) const {
    TextParams all = params;
    all.emplace_back("name", person ? person->name : std::string());
    messaging::TextBody body{.text = context.texts.text(language(), text_key, all)};
    for (const messaging::DialogueButton& button : buttons) {
        body.buttons.push_back({button.id, context.texts.text(language(), button.text_key)});
    }
    sender.answer(tx, inbound, std::move(body));
}

std::string describe(const Answering& answering, const std::vector<PendingOffer>& offers) {
    std::string lines;
    for (const PendingOffer& offer : offers) {
        lines += lines.empty() ? "" : "\n";
        if (offer.quantity.value > 0) {
            lines += quantity_plain(offer.quantity) + " " + unit_text(answering, offer.unit) + " ";
        }
        lines += product_text(answering, offer.product_key);
        if (offer.price) {
            lines += ", " + rupees_display(*offer.price) + " " +
                     answering.context.texts.text(answering.language(), "messages.per_unit",
                                                  {{"unit", unit_text(answering, offer.unit)}});
        }
    }
    return lines;
}

void carry_out(Answering& a, const Action& action) {
    switch (action.kind) {
        case ActionKind::kReply:
            a.reply(action.text_key, {{"goods", describe(a, action.offers)}}, action.buttons);
            return;
        case ActionKind::kAddOffers:
            add_offers(a, action);
            return;
        case ActionKind::kAnswerOrder:
            return;
        case ActionKind::kWithdraw:
            withdraw(a, action);
            return;
        case ActionKind::kOptOut:
        case ActionKind::kOptIn:
            obey(a, action.kind);
            return;
        case ActionKind::kAskPerson:
            ask_person(a);
            return;
        case ActionKind::kShowDemands:
            show_demands(a, action);
            return;
        case ActionKind::kShowPrice:
            show_price(a, action);
            return;
        case ActionKind::kShowOrders:
            show_orders(a);
            return;
    }
}

}  // namespace haat::flows
