#include "messaging/dialogue.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/assert.hpp"

namespace haat::messaging {
namespace {

using language::Answer;
using language::Intent;
using language::Item;
using language::Understanding;

/// After so many messages in a row that were not understood, a person answers.
constexpr int kTries = 2;

Action reply(std::string_view text_key, std::vector<DialogueButton> buttons = {}) {
    return {.kind = ActionKind::kReply,
            .text_key = std::string(text_key),
            .buttons = std::move(buttons)};
}

Action act(ActionKind kind) { return {.kind = kind}; }

std::vector<Action> hand_over(std::string_view text_key) {
    return {act(ActionKind::kAskPerson), reply(text_key)};
}

/// State after a question was settled.
DialogueState settled(DialogueState state) {
    state.waiting = Waiting::kNothing;
    state.offers.clear();
    state.misunderstood = 0;
    return state;
}

struct ButtonPress {
    std::string_view name;  ///< "confirm_yes"; empty if it is not one of our buttons.
    std::int64_t number = 0;
};

/// "confirm_yes:123".
ButtonPress read_button(std::string_view id) {
    const std::size_t colon = id.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    ButtonPress press{.name = id.substr(0, colon)};
    const char* end_of_id = id.data() + id.size();
    const auto [end, error] = std::from_chars(id.data() + colon + 1, end_of_id, press.number);
    return error == std::errc{} && end == end_of_id ? press : ButtonPress{};
}

std::vector<DialogueButton> yes_no(std::int64_t token) {
    const std::string number = std::to_string(token);
    return {{"confirm_yes:" + number, "messages.button_right"},
            {"confirm_no:" + number, "messages.button_wrong"}};
}

/// How many of `part` make one `whole`; 0 if that is not fixed for all goods.
std::int64_t units_in(std::string_view whole, std::string_view part) {
    if (whole == part) {
        return 1;
    }
    return whole == "dozen" && part == "piece" ? 12 : 0;
}

PendingOffer pending_of(const Item& item) {
    PendingOffer pending{.product_key = item.product, .unit = item.unit};
    if (item.quantity) {
        pending.quantity = language::to_milli(*item.quantity);
    }
    if (!item.price) {
        return pending;
    }
    if (item.price_unit == "lot") {
        if (pending.quantity.value > 0) {
            pending.price = Paise{(item.price->value * 1000 + pending.quantity.value / 2) /
                                  pending.quantity.value};
        }
    } else if (pending.unit.empty()) {
        pending.unit = item.price_unit;
        pending.price = item.price;
    } else if (const std::int64_t parts = units_in(pending.unit, item.price_unit); parts > 0) {
        pending.price = Paise{item.price->value * parts};
    }
    return pending;
}

/// Asks for the first thing that is missing, or reads back what is complete.
DialogueStep ask_or_read_back(DialogueState state, std::int64_t token) {
    state.misunderstood = 0;
    state.token = token;
    const auto lacks_quantity = [](const PendingOffer& offer) { return offer.quantity.value <= 0; };
    const auto lacks_price = [](const PendingOffer& offer) { return !offer.price; };
    Action question;
    if (std::ranges::any_of(state.offers, lacks_quantity)) {
        state.waiting = Waiting::kQuantity;
        question = reply("messages.ask_quantity");
    } else if (std::ranges::any_of(state.offers, lacks_price)) {
        state.waiting = Waiting::kPrice;
        question = reply("messages.ask_price");
    } else {
        state.waiting = Waiting::kConfirmOffer;
        question = reply("messages.offer_readback", yes_no(token));
    }
    question.offers = state.offers;
    return {std::move(state), {std::move(question)}};
}

DialogueStep not_understood(DialogueState state, std::int64_t token) {
    ++state.misunderstood;
    if (state.misunderstood >= kTries) {
        return {settled(std::move(state)), hand_over("messages.person_will_answer")};
    }
    if (state.waiting == Waiting::kConfirmOffer) {
        Action again = reply("messages.offer_readback", yes_no(token));
        again.offers = state.offers;
        state.token = token;
        return {std::move(state), {std::move(again)}};
    }
    return {std::move(state), {reply("messages.not_understood")}};
}

DialogueStep confirm(DialogueState state, bool yes) {
    if (!yes) {
        return {settled(std::move(state)), {reply("messages.offer_again")}};
    }
    Action add = act(ActionKind::kAddOffers);
    add.offers = state.offers;
    add.said = state.said;
    Action thanks = reply("messages.offer_added");
    thanks.offers = state.offers;
    return {settled(std::move(state)), {std::move(add), std::move(thanks)}};
}

DialogueStep answer_order(DialogueState state, std::int64_t order_line, bool yes) {
    Action answer = act(ActionKind::kAnswerOrder);
    answer.order_line = order_line;
    answer.yes = yes;
    if (state.order_line == order_line) {
        state.order_line = 0;
        if (state.waiting == Waiting::kOrder) {
            state.waiting = Waiting::kNothing;
        }
    }
    state.misunderstood = 0;
    return {std::move(state), {std::move(answer)}};
}

DialogueStep press_button(DialogueState state, std::string_view id) {
    const ButtonPress press = read_button(id);
    const bool confirms = press.name == "confirm_yes" || press.name == "confirm_no";
    if (confirms && state.waiting == Waiting::kConfirmOffer && press.number == state.token) {
        return confirm(std::move(state), press.name == "confirm_yes");
    }
    if (press.name == "order_yes" || press.name == "order_no") {
        return answer_order(std::move(state), press.number, press.name == "order_yes");
    }
    if (press.name == "broadcast_stop") {
        return {settled(std::move(state)),
                {act(ActionKind::kOptOut), reply("messages.opted_out")}};
    }
    if (press.name == "demand_have") {
        return {std::move(state), {reply("messages.how_much")}};
    }
    return {std::move(state), {reply("messages.old_question")}};
}

/// A number alone, as answer to "how much?" or "at what price?".
bool fill_by_number(DialogueState& state, const DialogueInput& input) {
    const Understanding& meaning = input.meaning;
    if (meaning.answer != Answer::kNumber || meaning.answer_number <= 0 || state.offers.empty()) {
        return false;
    }
    PendingOffer& offer = state.offers.front();
    if (state.waiting == Waiting::kPrice) {
        offer.price = Paise{meaning.answer_number * 100};
        return true;
    }
    if (state.waiting == Waiting::kQuantity) {
        offer.quantity = Milli{meaning.answer_number * 1000};
        return true;
    }
    return false;
}

/// Puts what a further message says of the same goods into what waits; false if it is about others.
bool merge_correction(DialogueState& state, const Understanding& meaning) {
    if (state.offers.size() != 1 || meaning.items.size() != 1) {
        return false;
    }
    PendingOffer& offer = state.offers.front();
    const PendingOffer said = pending_of(meaning.items.front());
    if (!said.product_key.empty() && said.product_key != offer.product_key) {
        return false;
    }
    if (said.quantity.value > 0) {
        offer.quantity = said.quantity;
        offer.unit = said.unit.empty() ? offer.unit : said.unit;
    }
    if (said.price) {
        offer.price = said.price;
        offer.unit = offer.unit.empty() ? said.unit : offer.unit;
    }
    return said.quantity.value > 0 || said.price.has_value();
}

DialogueStep offer(DialogueState state, const DialogueInput& input) {
    if (!input.is_known) {
        return {settled(std::move(state)), hand_over("messages.register_first")};
    }
    std::vector<PendingOffer> named;
    for (const Item& item : input.meaning.items) {
        if (!item.product.empty()) {
            named.push_back(pending_of(item));
        }
    }
    if (named.empty()) {
        return not_understood(std::move(state), input.token);
    }
    state.offers = std::move(named);
    state.said = input.text;
    return ask_or_read_back(std::move(state), input.token);
}

DialogueStep by_intent(DialogueState state, const DialogueInput& input) {
    const auto product = [&] {
        return input.meaning.items.empty() ? std::string() : input.meaning.items.front().product;
    };
    const auto about_product = [&](ActionKind kind) {
        Action action = act(kind);
        action.product_key = product();
        return action;
    };
    switch (input.meaning.intent) {
        case Intent::kOfferStock: return offer(std::move(state), input);
        case Intent::kWithdrawStock:
            return {settled(std::move(state)), {about_product(ActionKind::kWithdraw)}};
        case Intent::kAskPrice:
            return {settled(std::move(state)), {about_product(ActionKind::kShowPrice)}};
        case Intent::kAskDemand:
            return {settled(std::move(state)), {about_product(ActionKind::kShowDemands)}};
        case Intent::kAcceptOrder:
        case Intent::kDeclineOrder:
            if (state.order_line != 0) {
                const std::int64_t line = state.order_line;
                return answer_order(std::move(state), line,
                                    input.meaning.intent == Intent::kAcceptOrder);
            }
            return {settled(std::move(state)), {act(ActionKind::kShowOrders)}};
        case Intent::kRegister:
            if (input.is_known) {
                return {settled(std::move(state)), {reply("messages.already_registered")}};
            }
            return {settled(std::move(state)), hand_over("messages.register_first")};
        case Intent::kGreeting: return {std::move(state), {reply("messages.greeting")}};
        case Intent::kHelp: return {settled(std::move(state)), {reply("messages.help")}};
        case Intent::kOther: return not_understood(std::move(state), input.token);
        default:  // problems with an order, schemes, wishes to buy: a person looks at them
            return {settled(std::move(state)), hand_over("messages.person_will_call")};
    }
}

}  // namespace

DialogueStep step(const DialogueState& state, const DialogueInput& input) {
    const Intent intent = input.meaning.intent;
    if (input.is_media) {
        return {state, hand_over("messages.voice_received")};
    }
    // Stop works in any state, before anything else is asked.
    if (input.button_id.empty() && intent == Intent::kOptOut) {
        return {settled(state), {act(ActionKind::kOptOut), reply("messages.opted_out")}};
    }
    if (input.button_id.empty() && intent == Intent::kOptIn) {
        return {settled(state), {act(ActionKind::kOptIn), reply("messages.opted_in")}};
    }
    if (!input.button_id.empty()) {
        return press_button(state, input.button_id);
    }
    const Answer answer = input.meaning.answer;
    const bool first_choice = answer == Answer::kNumber && input.meaning.answer_number == 1;
    const bool second_choice = answer == Answer::kNumber && input.meaning.answer_number == 2;
    if (state.waiting == Waiting::kConfirmOffer || state.waiting == Waiting::kOrder) {
        const bool yes = answer == Answer::kYes || first_choice;
        if (yes || answer == Answer::kNo || second_choice) {
            return state.waiting == Waiting::kConfirmOffer
                       ? confirm(state, yes)
                       : answer_order(state, state.order_line, yes);
        }
    }
    DialogueState next = state;
    const bool asking = state.waiting == Waiting::kConfirmOffer ||
                        state.waiting == Waiting::kPrice || state.waiting == Waiting::kQuantity;
    if (asking && (fill_by_number(next, input) || merge_correction(next, input.meaning))) {
        return ask_or_read_back(std::move(next), input.token);
    }
    return by_intent(std::move(next), input);
}

DialogueState asked_about_order(DialogueState state, std::int64_t order_line) {
    state.order_line = order_line;
    if (state.waiting == Waiting::kNothing) {
        state.waiting = Waiting::kOrder;
    }
    return state;
}

}  // namespace haat::messaging
