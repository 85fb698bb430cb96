/// What she has, what is wanted, and her part of an order: actions of the dialogues.
#include <algorithm>

#include "answer_actions.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "flows/answer_order.hpp"
#include "market/demands.hpp"
#include "market/orders.hpp"
#include "messaging/delivery.hpp"
#include "messaging/mail.hpp"
#include "speaking_for.hpp"

namespace haat::flows {

using messaging::ActionResult;
using messaging::DialogueState;

namespace {

constexpr int kShownAtMost = 3;

/// No provider has it, and none will.
bool is_lost(const Answering& a, const messaging::MailRow& mail) {
    using messaging::SlotState;
    const auto slot = mail.slot ? a.context.delivery.mail_slot(*mail.slot) : std::nullopt;
    return slot && (slot->failed || slot->state == SlotState::kSuppressed ||
                    slot->state == SlotState::kExpired || slot->state == SlotState::kCancelled ||
                    slot->state == SlotState::kCapped || slot->state == SlotState::kShared ||
                    slot->state == SlotState::kNoAddress || slot->state == SlotState::kRejected);
}

/// Promise: nobody is bound by a question that she was never sent. She pressed its button, or was
/// shown it as an answer, or the message that asks it was not lost.
bool was_asked(const Answering& a, OrderLineId order_line_id, const DialogueState& state) {
    constexpr int kMailLookedAt = 50;
    const auto pressed = pressed_order_button(a.inbound.button_id);
    const auto shown = state.about.find("order_shown");
    if ((pressed && pressed->order_line_id == order_line_id) ||
        (shown != state.about.end() && shown->second == order_line_id.value)) {
        return true;
    }
    const std::string button = order_button(order_line_id, market::Answer::kYes);
    for (const messaging::MailRow& mail :
         messaging::mail_to(a.tx, a.inbound.address_id, kMailLookedAt)) {
        if (std::ranges::find(mail.buttons, button, &messaging::Button::id) != mail.buttons.end()) {
            return !is_lost(a, mail);
        }
    }
    return true;  // on another of her addresses, or long ago
}

/// What she was asked about last, if it waits; else the oldest of who is on the phone, else of a
/// member without an address.
std::optional<market::OrderLine> waiting_line(Answering& a, const DialogueState& state) {
    const auto asked = line_to_answer(a, state, line_meant(state));
    if (asked && asked->answer == market::Answer::kWaiting) {
        return asked;
    }
    for (const registry::Person& person : a.people) {
        std::vector<market::OrderLine> lines = market::lines_of_person(
            a.tx, system_viewer(), person.person_id, market::Answer::kWaiting, 1);
        if (!lines.empty()) {
            a.person = person;
            return std::move(lines.front());
        }
    }
    return line_of_members(a);
}

}  // namespace

OrderLineId line_meant(const DialogueState& state) {
    const auto read_back = state.values.find("line");
    const auto said =
        read_back == state.values.end() ? std::nullopt : parse_integer(read_back->second);
    const auto about = state.about.find("order_line");
    return OrderLineId{said ? *said : about == state.about.end() ? 0 : about->second};
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

ActionResult find_order(Answering& a, const DialogueState& state) {
    const auto line = waiting_line(a, state);
    if (!line) {
        return {.outcome = "none", .about = {{"order_line", 0}, {"order_shown", 0}}};
    }
    const auto order = market::find_order(a.tx, system_viewer(), line->order_id);
    const auto product = catalogue::find_product(a.tx, order->product_id);
    ActionResult result{.outcome = "some",
                        .values = {{"quantity", quantity_plain(line->quantity)},
                                   {"unit", a.unit_text(order->unit)},
                                   {"product", product->name(language_code(a.language()))},
                                   {"price", rupees_display(line->price_per_unit)},
                                   {"order", order->reference},
                                   {"line", std::string()}},
                        .about = {{"order_line", line->order_line_id.value},
                                  {"order_shown", line->order_line_id.value}}};
    if (a.mobiliser && messaging::value_in(state, kSpeaksFor).empty()) {
        result.about[kOrderRelayed] = line->order_line_id.value;
    }
    return result;
}

std::map<std::string, std::string> answer_in_words(const Answering& a,
                                                   const AnsweredLine& answered) {
    const auto product = catalogue::find_product(a.tx, answered.order.product_id);
    const bool is_yes = answered.line.answer == market::Answer::kYes;
    return {{"order", answered.order.reference},
            {"list", a.text(is_yes ? "messages.answer_yes" : "messages.answer_no") + ", " +
                         quantity_plain(answered.line.quantity) + " " +
                         a.unit_text(answered.order.unit) + " " +
                         product->name(language_code(a.language()))}};
}

ActionResult answer_order(Answering& a, const ActionArguments& with, const DialogueState& state) {
    const OrderLineId order_line_id = line_meant(state);
    const auto line = line_to_answer(a, state, order_line_id);
    if (!line) {
        return {.outcome = pressed_order_button(a.inbound.button_id) ? "old" : "none"};
    }
    const auto answer = with.at("answer") == "yes" ? market::Answer::kYes : market::Answer::kNo;
    if (answer == market::Answer::kYes && !was_asked(a, order_line_id, state)) {
        return {.outcome = "none"};
    }
    // She is answered by a message of its own.
    const Result<AnsweredLine> answered = flows::answer_order(
        a.tx, a.context.flows, system_viewer(), line->person_id, order_line_id, answer);
    ActionResult result{.outcome = "done", .about = {{"order_line", 0}}};
    if (answered && a.mobiliser) {
        result.outcome = "for_member";
        result.values = answer_in_words(a, *answered);
    }
    if (!answered) {
        const std::string& code = answered.error().code;
        result.outcome = code == "market.line_expired"    ? "too_late"
                         : code == "market.line_answered" ? "before"
                                                          : "old";
    }
    return result;
}

}  // namespace haat::flows
