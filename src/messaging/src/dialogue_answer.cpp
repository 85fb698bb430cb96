/// What a question takes for an answer.
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "dialogue_goods.hpp"
#include "dialogue_labels.hpp"
#include "dialogue_turn.hpp"

namespace haat::messaging {
namespace {

using language::Answer;
using language::Intent;

/// "10", "10 किलो दे सकती हूँ", "आधा": a quantity of what is asked about, not an offer of other
/// goods.
bool names_amount(const language::Understanding& meaning) {
    if (meaning.answer == Answer::kNumber || meaning.share != language::Share::kNone) {
        return true;
    }
    if (meaning.items.size() != 1) {
        return false;
    }
    const language::Item& item = meaning.items.front();
    const bool is_about =
        meaning.intent == Intent::kAcceptOrder ||
        ((meaning.intent == Intent::kOfferStock || meaning.intent == Intent::kOther) &&
         item.product.empty());
    return item.quantity && !item.price && is_about;
}

/// The second question asks for the same again: the answer to the first was refused. A text that is
/// asked for in other words is a question of its own, which counts for itself.
bool asks_the_same(const ScriptStep& first, const ScriptStep& second) {
    return &first == &second ||
           (first.takes != Takes::kText && first.takes == second.takes &&
            first.slot == second.slot && (!second.slot.empty() || second.choices.empty()));
}

}  // namespace

/// Thumbs answer like words.
DialogueInput DialogueTurn::with_sign(DialogueInput input) {
    const Sign sign = sign_of(input.text);
    if (sign == Sign::kYes || sign == Sign::kNo) {
        input.meaning = {.intent = Intent::kOther,
                         .answer = sign == Sign::kYes ? Answer::kYes : Answer::kNo};
    }
    return input;
}

/// A choice that is shown now, written instead of pressed.
bool DialogueTurn::choose_by_label() {
    const ScriptStep* step = waiting();
    if (step == nullptr) {
        return false;
    }
    std::vector<std::string> meant;
    for (const DialogueButton& button : buttons_of(*step, state_)) {
        const std::vector<std::string> labels = button.text_key.empty()
                                                    ? std::vector<std::string>{button.title}
                                                    : host_.labels(button.text_key, state_);
        if (std::ranges::any_of(labels, [&](const auto& l) { return is_label(input_.text, l); })) {
            const std::size_t begin = button.id.find('.') + 1;
            meant.push_back(button.id.substr(begin, button.id.rfind(':') - begin));
        }
    }
    return meant.size() == 1 && choose(*step, meant.front());
}

/// "Back", "leave it", "again", while a question waits. Before the first question there is none.
bool DialogueTurn::heed_aside() {
    const Aside aside = aside_of(input_.text);
    const ScriptStep* step = waiting();
    if (step == nullptr || aside == Aside::kNone) {
        return false;
    }
    if (aside == Aside::kAgain) {
        go_on(step->again.empty() ? std::string(state_.step) : step->again);
    } else if (aside == Aside::kBack && state_.trail.size() > 1) {
        state_.trail.pop_back();
        const std::string before = state_.trail.back();
        go_on(before);
    } else {
        std::optional<HostDialogue> host = std::move(state_.host);
        state_ = settled(std::move(state_));
        state_.misunderstood = 0;
        happen("left");
        if (host) {
            state_.host = std::move(host);
            finish();
        }
    }
    return true;
}

/// 🙏 asks for nothing and answers nothing.
bool DialogueTurn::heed_sign() {
    const ScriptStep* step = waiting();
    const Sign sign = sign_of(input_.text);
    const auto is_answer = [&](const ScriptChoice& choice) {
        return choice.id == (sign == Sign::kYes ? "yes" : "no");
    };
    if (sign == Sign::kNone || (sign != Sign::kThanks && step != nullptr &&
                                std::ranges::any_of(step->choices, is_answer))) {
        return false;
    }
    if (input_.is_known) {
        happen("thanks");
    } else if (step != nullptr) {
        go_on(std::string(state_.step));
    } else if (const auto start = books_.latest().by_intent(Intent::kGreeting, false);
               start.first != nullptr) {
        begin(*start.first, start.second);
    }
    return true;
}

/// What the step that waits takes for an answer.
bool DialogueTurn::answer() {
    const ScriptStep* step = waiting();
    if (step == nullptr) {
        return false;
    }
    const Answer said = input_.meaning.answer;
    if (said == Answer::kYes || said == Answer::kNo) {
        if (choose(*step, said == Answer::kYes ? "yes" : "no")) {
            return true;
        }
    }
    if (choose_by_number(*step)) {
        return true;
    }
    if (step->takes == Takes::kNothing && !state_.listed.empty()) {
        const ListedChoice* named = named_by_part(
            input_.text, state_.listed, [&](std::string_view name) { return host_.sound(name); });
        if (named != nullptr) {
            return choose(*step, std::string(named->id));
        }
    }
    return take_slot(*step);
}

/// Where an amount is asked for, "2" is 2 kg, unless she sees the numbers of the choices.
bool DialogueTurn::choose_by_number(const ScriptStep& step) {
    const bool is_amount =
        step.takes == Takes::kNumber || (step.takes == Takes::kAmount && !input_.shows_numbers);
    const std::size_t listed = state_.listed.size();
    const std::int64_t number = input_.meaning.answer_number;
    if (input_.meaning.answer != Answer::kNumber || is_amount || number < 1 ||
        static_cast<std::size_t>(number) > listed + step.choices.size()) {
        return false;
    }
    const auto at = static_cast<std::size_t>(number - 1);
    return choose(step,
                  at < listed ? std::string(state_.listed[at].id) : step.choices[at - listed].id);
}

bool DialogueTurn::choose(const ScriptStep& step, std::string_view id) {
    const auto listed = std::ranges::find(state_.listed, id, &ListedChoice::id);
    if (listed != state_.listed.end()) {
        state_.values[step.slot] = listed->id;
        state_.values[step.slot + "_title"] = listed->title;
        go_on(step.next);
        return true;
    }
    const auto choice = std::ranges::find(step.choices, id, &ScriptChoice::id);
    if (choice == step.choices.end()) {
        return false;
    }
    go_on(choice->next);
    return true;
}

bool DialogueTurn::take_slot(const ScriptStep& step) {
    const language::Understanding& meaning = input_.meaning;
    switch (step.takes) {
        case Takes::kNothing:
            return false;
        case Takes::kGoods:
        case Takes::kQuantity:
        case Takes::kPrice:
            return take_goods(step);
        case Takes::kAmount:
            if (!names_amount(meaning)) {
                return false;
            }
            break;
        case Takes::kNumber:
            if (meaning.answer != Answer::kNumber) {
                return false;
            }
            state_.values[step.slot] = std::to_string(meaning.answer_number);
            break;
        case Takes::kText:
            if (input_.text.empty()) {
                return false;
            }
            state_.values[step.slot] = input_.text;
            break;
    }
    taken_ = step.takes == Takes::kNumber ? nullptr : &step;
    misunderstood_before_ = state_.misunderstood;
    values_before_ = step.takes == Takes::kAmount ? state_.values : decltype(state_.values)();
    go_on(step.next);
    return true;
}

/// Goods are corrected by what is said of the same, and begun anew by an offer of others.
bool DialogueTurn::take_goods(const ScriptStep& step) {
    const Intent intent = input_.meaning.intent;
    if (intent != Intent::kOfferStock && intent != Intent::kOther) {
        return false;
    }
    // "₹200" alone says what it is
    const bool is_price = input_.meaning.answer == Answer::kNumber &&
                          input_.text.find("₹") != std::string::npos && state_.goods.size() == 1;
    if (!correct_goods(state_.goods, input_.meaning, is_price ? Takes::kPrice : step.takes)) {
        if (take_unclear_goods(step)) {
            return true;
        }
        std::vector<PendingOffer> goods = goods_of(input_.meaning);
        if (goods.empty() || intent != Intent::kOfferStock) {
            return false;
        }
        state_.goods = std::move(goods);
        state_.said = input_.text;
    }
    go_on(step.next);
    return true;
}

/// A correction that leaves open what it corrects: she is asked.
bool DialogueTurn::take_unclear_goods(const ScriptStep& step) {
    const language::Understanding& meaning = input_.meaning;
    const bool is_number = meaning.answer == Answer::kNumber && meaning.answer_number > 0;
    if (is_number && state_.goods.size() == 1 && !step.number.empty()) {
        state_.values[std::string(kNumberSaid)] = std::to_string(meaning.answer_number);
        is_which_ = true;
        go_on(step.number);
        return true;
    }
    const bool is_amount = meaning.items.size() == 1 && meaning.items.front().product.empty() &&
                           (meaning.items.front().quantity || meaning.items.front().price);
    if ((is_amount || is_number) && state_.goods.size() > 1 && !step.which.empty()) {
        go_on(step.which);
        return true;
    }
    return false;
}

/// She said the number before, and now that it is this.
bool DialogueTurn::fill_by_said(const ScriptStep& step) {
    const auto said = state_.values.find(std::string(kNumberSaid));
    if ((step.takes != Takes::kQuantity && step.takes != Takes::kPrice) ||
        said == state_.values.end() || state_.goods.empty()) {
        return false;
    }
    const auto number = parse_integer(said->second);
    if (!number) {
        return false;  // a slot of that name
    }
    state_.values.erase(said);
    return correct_goods(state_.goods, {.answer = Answer::kNumber, .answer_number = *number},
                         step.takes);
}

/// Her answer was taken, found bad, and is asked for again: after two tries a person.
bool DialogueTurn::is_refused(const ScriptStep& step) {
    const ScriptStep* taken = std::exchange(taken_, nullptr);
    if (taken == nullptr || !asks_the_same(*taken, step)) {
        return false;
    }
    if (taken->takes == Takes::kAmount && state_.values != values_before_) {
        return false;  // another amount is read back
    }
    state_.misunderstood = misunderstood_before_ + 1;
    if (state_.misunderstood < kTries) {
        if (taken == &step) {
            host_.excuse();
        }
        return false;
    }
    state_ = settled(std::move(state_));
    happen("lost");
    state_.misunderstood = 0;
    return true;
}

}  // namespace haat::messaging
