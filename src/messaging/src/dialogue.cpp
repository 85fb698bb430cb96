#include "messaging/dialogue.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/assert.hpp"
#include "dialogue_goods.hpp"
#include "dialogue_labels.hpp"
#include "dialogue_turn.hpp"

namespace haat::messaging {
namespace {

using language::Answer;
using language::Intent;

constexpr std::size_t kTrailMost = 8;
/// Below it haat is not sure of what it understood (language/understanding.hpp).
constexpr int kSurePermille = 800;
struct ButtonPress {
    std::string_view name;  ///< "order_yes", "offer.yes"; empty if it is not one of our buttons.
    std::int64_t number = 0;
};

/// "order_yes:123".
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

}  // namespace

DialogueState settled(DialogueState state) {
    return {.version = state.version,
            .token = state.token,
            .misunderstood = state.misunderstood,
            .about = std::move(state.about)};
}

std::vector<DialogueButton> buttons_of(const ScriptStep& step, const DialogueState& state) {
    const std::string end = ":" + std::to_string(state.token);
    std::vector<DialogueButton> buttons;
    for (const ListedChoice& choice : state.listed) {
        buttons.push_back({.id = state.dialogue + "." + choice.id + end, .title = choice.title});
    }
    for (const ScriptChoice& choice : step.choices) {
        buttons.push_back(
            {.id = state.dialogue + "." + choice.id + end, .text_key = choice.text_key});
    }
    return buttons;
}

/// The step that waits for her answer; null if none does, or if it waited too long.
const ScriptStep* DialogueTurn::waiting() const {
    if (state_.dialogue.empty() || book_ == nullptr) {
        return nullptr;
    }
    const Script* script = book_->find(state_.dialogue);
    if (script == nullptr || !script->steps.contains(state_.step)) {
        return nullptr;
    }
    const ScriptStep& step = script->steps.at(state_.step);
    return input_.now.value - state_.asked_at.value > step.wait_hours * 3'600 ? nullptr : &step;
}

DialogueState DialogueTurn::take() {
    book_ = books_.find(state_.version);
    if (waiting() == nullptr) {
        state_ = settled(std::move(state_));
    }
    if (input_.officer_wrote_at && input_.button_id.empty()) {
        overhear();
    } else if (!input_.event.empty()) {
        happen(input_.event);
    } else if (input_.is_media) {
        happen("media");
    } else if (!input_.button_id.empty()) {
        press();
    } else if (!choose_by_label() && !begin_always() && !heed_aside() && !heed_sign() &&
               !answer()) {
        const DialogueBook::Start start = beginning();
        if (start.first != nullptr) {
            begin(*start.first, start.second);
        } else {
            lose();
        }
    }
    return std::move(state_);
}

/// Says and does what the steps want until one asks, or the dialogue ends.
void DialogueTurn::run(const Script& script, std::string step) {
    while (!step.empty() && ++steps_ <= kStepsMost) {
        const ScriptStep& at = script.steps.at(step);
        if (!at.begin.empty()) {
            return enter(script, at);
        }
        if (!at.say.empty()) {
            host_.say(at.say, state_, {});
            step = at.next;
        } else if (!at.act.empty()) {
            step = act(at);
        } else if (is_refused(at)) {
            return;
        } else if (fill_by_said(at)) {
            step = at.next;
        } else if (ask(script, step, at)) {
            return;
        } else {
            step = at.none;
        }
    }
    finish();
}

/// Another dialogue from within this one.
void DialogueTurn::enter(const Script& script, const ScriptStep& step) {
    const Script* guest = books_.find(state_.version)->find(step.begin);
    HostDialogue host{.version = state_.version,
                      .dialogue = script.name,
                      .step = step.next,
                      .values = values_known()};
    state_ = settled(std::move(state_));
    state_.host = std::move(host);
    run(*guest, guest->first);
}

/// Its own, and those of the dialogue from within which it was begun.
std::map<std::string, std::string> DialogueTurn::values_known() const {
    std::map<std::string, std::string> values = state_.values;
    if (state_.host) {
        values.insert(state_.host->values.begin(), state_.host->values.end());
    }
    return values;
}

/// The dialogue is over: that from within which it was begun goes on.
void DialogueTurn::finish() {
    const std::optional<HostDialogue> host = std::move(state_.host);
    state_ = settled(std::move(state_));
    const DialogueBook* book = host ? books_.find(host->version) : nullptr;
    const Script* script = book == nullptr ? nullptr : book->find(host->dialogue);
    if (script == nullptr || !script->steps.contains(host->step)) {
        return;
    }
    state_.version = host->version;
    state_.values = host->values;
    run(*script, host->step);
}

/// False if there is nothing to choose from.
bool DialogueTurn::ask(const Script& script, const std::string& name, const ScriptStep& step) {
    state_.listed.clear();
    if (!std::exchange(is_which_, false)) {
        state_.values.erase(std::string(kNumberSaid));
    }
    if (!step.list.empty()) {
        ActionResult result = host_.act(step.list, step.with, state_);
        add(result);
        if (result.choices.empty()) {
            return false;
        }
        state_.listed = std::move(result.choices);
    }
    state_.dialogue = script.name;
    state_.step = name;
    state_.token = input_.token;
    state_.asked_at = input_.now;
    if (state_.trail.empty() || state_.trail.back() != name) {
        state_.trail.push_back(name);
    }
    if (state_.trail.size() > kTrailMost) {
        state_.trail.erase(state_.trail.begin());
    }
    host_.say(step.ask, state_, buttons_of(step, state_));
    return true;
}

void DialogueTurn::add(const ActionResult& result) {
    for (const auto& [name, value] : result.values) {
        state_.values[name] = value;
    }
    for (const auto& [name, number] : result.about) {
        state_.about[name] = number;
        if (number == 0) {
            state_.about.erase(name);
        }
    }
}

/// The step that follows.
std::string DialogueTurn::act(const ScriptStep& step) {
    if (step.act == "take_goods") {
        state_.goods = goods_of(input_.meaning);
        state_.said = input_.text;
        return step.on.at(std::string(completeness(state_.goods)));
    }
    if (step.act == "check_goods") {
        return step.on.at(std::string(completeness(state_.goods)));
    }
    const ActionResult result = host_.act(step.act, step.with, state_);
    add(result);
    const auto next = step.on.find(result.outcome);
    HAAT_ASSERT(next != step.on.end());
    return next->second;
}

/// Of the question that waits, if what she says may begin others from within it.
std::optional<HostDialogue> DialogueTurn::host_of(const Script& script) const {
    const ScriptStep* step = waiting();
    if (step == nullptr || step->guests.empty() || script.name == state_.dialogue) {
        return std::nullopt;
    }
    return HostDialogue{.version = state_.version,
                        .dialogue = state_.dialogue,
                        .step = step->guests,
                        .values = values_known()};
}

/// A dialogue that ends without a question was an aside: what was under way goes on.
void DialogueTurn::begin(const Script& script, std::string_view step) {
    std::optional<HostDialogue> host = script.drops ? std::nullopt : host_of(script);
    const bool is_guest = host.has_value();
    DialogueState before = std::exchange(state_, settled(state_));
    state_.version = books_.latest().version();
    state_.misunderstood = 0;
    state_.host = std::move(host);
    run(script, std::string(step));
    if (script.drops || is_guest) {
        return;
    }
    if (state_.dialogue.empty() && before.dialogue != script.name) {
        before.about = std::move(state_.about);
        before.misunderstood = 0;
        state_ = std::move(before);
    } else if (before.host && before.host->dialogue != script.name && !state_.host) {
        state_.host = std::move(before.host);  // in the place of another guest
        if (state_.dialogue.empty()) {
            finish();
        }
    }
}

void DialogueTurn::happen(std::string_view event) {
    const auto [script, step] = books_.latest().by_event(event);
    if (script != nullptr) {
        begin(*script, step);
    }
}

void DialogueTurn::press() {
    const ButtonPress pressed = read_button(input_.button_id);
    if (const std::size_t dot = pressed.name.find('.'); dot != std::string_view::npos) {
        const ScriptStep* step = waiting();
        const bool is_current = step != nullptr && pressed.number == state_.token &&
                                pressed.name.substr(0, dot) == state_.dialogue;
        if (!is_current || !choose(*step, pressed.name.substr(dot + 1))) {
            happen("stale_button");
        }
        return;
    }
    const Script* script = books_.latest().by_button(pressed.name);
    if (script == nullptr) {
        return happen("stale_button");
    }
    const ScriptStep* step = waiting();
    if (state_.host || (step != nullptr && !step->guests.empty())) {
        state_ = settled(std::move(state_));  // haat's own message is about nobody else
    }
    const ScriptStart& start = script->buttons.at(std::string(pressed.name));
    if (!start.number.empty()) {
        state_.about[start.number] = pressed.number;
    }
    begin(*script, start.step);
}

/// What her words or their meaning begin.
DialogueBook::Start DialogueTurn::beginning() const {
    const DialogueBook& book = books_.latest();
    const DialogueBook::Start by_words = book.by_words(input_.text, input_.is_known);
    const Intent intent = input_.meaning.intent;
    if (by_words.first != nullptr || (intent == Intent::kOther && waiting() != nullptr)) {
        return by_words;  // what means nothing by itself is a wrong answer while a question waits
    }
    if (input_.meaning.asks_for_person) {
        return book.by_event("person");
    }
    return book.by_intent(intent, input_.is_known);
}

/// What comes before any answer: stop, start, a person, from the beginning.
bool DialogueTurn::begin_always() {
    const auto [script, step] = beginning();
    if (script == nullptr || !script->always) {
        return false;
    }
    begin(*script, step);
    return true;
}

/// The dialogue under way goes on, by the book that it began with.
void DialogueTurn::go_on(std::string_view step) {
    state_.misunderstood = 0;
    const Script* script = book_->find(state_.dialogue);
    run(*script, std::string(step));
}

void DialogueTurn::lose() {
    const int times = state_.misunderstood + 1;
    const ScriptStep* step = waiting();
    if (times >= kTries) {
        state_ = settled(std::move(state_));
        happen("lost");
        state_.misunderstood = 0;
        return;
    }
    if (step != nullptr) {
        host_.excuse();
        go_on(step->again.empty() ? std::string(state_.step) : step->again);
    } else {
        happen("unclear");
    }
    state_.misunderstood = times;
}

/// Haat asked after the officer wrote, and this can surely be the answer.
bool DialogueTurn::answers_haat() const {
    const ScriptStep* step = waiting();
    return step != nullptr && state_.asked_at > *input_.officer_wrote_at &&
           (aside_of(input_.text) != Aside::kNone || step->takes == Takes::kText ||
            input_.meaning.answer != Answer::kNone ||
            input_.meaning.confidence.overall >= kSurePermille);
}

/// Whole messages that are commands, and what is surely meant; a greeting greets the officer.
bool DialogueTurn::is_for_haat(const DialogueBook::Start& start) const {
    const bool by_words = books_.latest().by_words(input_.text, input_.is_known).first != nullptr;
    const Intent intent = input_.meaning.intent;
    const bool is_sure = input_.meaning.confidence.overall >= kSurePermille &&
                         intent != Intent::kOther && intent != Intent::kGreeting;
    return start.first != nullptr && (by_words || is_sure);
}

/// While an officer talks with her, haat does what it surely understood and else says nothing.
void DialogueTurn::overhear() {
    if (!input_.is_media) {
        const bool is_after = state_.asked_at > *input_.officer_wrote_at;
        if ((is_after && choose_by_label()) || begin_always() ||
            (answers_haat() && (heed_aside() || answer()))) {
            return;
        }
        const DialogueBook::Start start = beginning();
        if (is_for_haat(start)) {
            return begin(*start.first, start.second);
        }
    }
    host_.leave_to_officer();
}

DialogueState converse(const BookShelf& books, DialogueState state, const DialogueInput& input,
                       DialogueHost& host) {
    return DialogueTurn(books, std::move(state), input, host).take();
}

DialogueState converse(const DialogueBooks& books, DialogueState state, const DialogueInput& input,
                       DialogueHost& host) {
    const std::shared_ptr<const BookShelf> shelf = books.now();
    return converse(*shelf, std::move(state), input, host);
}

DialogueState asked_about_order(const DialogueBooks& books, DialogueState state,
                                std::int64_t order_line, UnixSeconds now) {
    state.about["order_line"] = order_line;
    const std::shared_ptr<const BookShelf> shelf = books.now();
    const auto [script, step] = shelf->latest().by_event("order_asked");
    if (state.dialogue.empty() && script != nullptr) {
        state.version = shelf->latest().version();
        state.dialogue = script->name;
        state.step = step;
        state.asked_at = now;
        state.trail = {std::string(step)};
    }
    return state;
}

DialogueState asked(const BookShelf& books, DialogueState state, const OwnQuestion& question) {
    const auto [script, step] = books.latest().by_event(question.event);
    if (script == nullptr) {
        return state;
    }
    state = settled(std::move(state));
    state.version = books.latest().version();
    state.dialogue = script->name;
    state.step = step;
    state.token = question.token;
    state.asked_at = question.now;
    state.trail = {state.step};
    state.values = question.values;
    for (const auto& [name, number] : question.about) {
        state.about[name] = number;
    }
    return state;
}

DialogueState ended(DialogueState state) { return settled(std::move(state)); }

bool is_button_of_dialogue(std::string_view button_id) {
    return read_button(button_id).name.find('.') != std::string_view::npos;
}

std::string value_in(const DialogueState& state, const std::string& name) {
    const auto own = state.values.find(name);
    if (own != state.values.end() || !state.host) {
        return own == state.values.end() ? std::string() : own->second;
    }
    const auto hosts = state.host->values.find(name);
    return hosts == state.host->values.end() ? std::string() : hosts->second;
}

std::optional<WaitingQuestion> question_of(const BookShelf& books, const DialogueState& state) {
    const DialogueBook* book = books.find(state.version);
    const Script* script = book == nullptr ? nullptr : book->find(state.dialogue);
    if (script == nullptr || !script->steps.contains(state.step)) {
        return std::nullopt;
    }
    const ScriptStep& step = script->steps.at(state.step);
    return WaitingQuestion{.text_key = step.ask,
                           .buttons = buttons_of(step, state),
                           .asked_at = state.asked_at,
                           .remind_hours = step.remind_hours,
                           .wait_hours = step.wait_hours};
}

}  // namespace haat::messaging
