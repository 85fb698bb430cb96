#include "messaging/dialogue_book.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "base/text.hpp"
#include "book_texts.hpp"
#include "dialogue_script.hpp"

namespace haat::messaging {
namespace {

/// A dialogue that is wrong: thrown where it is found, told by parse.
struct Wrong {
    std::string why;    ///< "no_text", "no_step", …
    std::string where;  ///< The name that it is about.
};

const ActionSpec& spec_of(std::span<const ActionSpec> actions, const std::string& name) {
    for (const std::span<const ActionSpec> some : {actions, engine_actions()}) {
        const auto found = std::ranges::find(some, name, &ActionSpec::name);
        if (found != some.end()) {
            return *found;
        }
    }
    throw Wrong{"no_action", name};
}

/// Every step that a step may lead to; "" is the end.
std::vector<std::string> ways_on(const ScriptStep& step) {
    std::vector<std::string> ways;
    for (const ScriptChoice& choice : step.choices) {
        ways.push_back(choice.next);
    }
    for (const auto& [outcome, next] : step.on) {
        ways.push_back(next);
    }
    ways.push_back(step.next);
    ways.push_back(step.none);
    ways.push_back(step.again);
    ways.push_back(step.guests);
    ways.push_back(step.number);
    ways.push_back(step.which);
    return ways;
}

void check_needs(const ScriptStep& step, const ActionSpec& spec) {
    for (const std::string_view name : spec.needs) {
        if (!step.with.contains(std::string(name))) {
            throw Wrong{"no_argument", step.act + "." + std::string(name)};
        }
    }
}

void check_action(const ScriptStep& step, std::span<const ActionSpec> actions) {
    const ActionSpec& spec = spec_of(actions, step.act);
    for (const std::string_view outcome : spec.outcomes) {
        if (!step.on.contains(std::string(outcome))) {
            throw Wrong{"no_outcome", step.act + "." + std::string(outcome)};
        }
    }
    check_needs(step, spec);
    for (const auto& [outcome, next] : step.on) {
        if (std::ranges::find(spec.outcomes, outcome) == spec.outcomes.end()) {
            throw Wrong{"unknown_outcome", step.act + "." + outcome};
        }
    }
}

/// What an action takes from the state, a step of its dialogue asked for.
void check_slots(const Script& script, std::span<const ActionSpec> actions) {
    for (const ScriptStep& step : std::views::values(script.steps)) {
        const std::string_view slot =
            step.act.empty() ? std::string_view() : spec_of(actions, step.act).slot;
        const bool is_asked = slot.empty() || std::ranges::any_of(std::views::values(script.steps),
                                                                  [&](const ScriptStep& s) {
                                                                      return s.slot == slot;
                                                                  });
        if (!is_asked) {
            throw Wrong{"no_slot", std::string(slot)};
        }
    }
}

void check_step(const std::string& name, const ScriptStep& step,
                std::span<const ActionSpec> actions,
                const std::function<bool(std::string_view)>& has_text) {
    const int kinds = static_cast<int>(!step.say.empty()) + static_cast<int>(!step.ask.empty()) +
                      static_cast<int>(!step.act.empty()) + static_cast<int>(!step.begin.empty());
    if (kinds != 1) {
        throw Wrong{"say_ask_or_do", name};
    }
    for (const std::string& key : {step.say, step.ask}) {
        if (!key.empty() && !has_text(key)) {
            throw Wrong{"no_text", key};
        }
    }
    for (const ScriptChoice& choice : step.choices) {
        if (!has_text(choice.text_key)) {
            throw Wrong{"no_text", choice.text_key};
        }
    }
    if (!step.act.empty()) {
        check_action(step, actions);
    }
    if (!step.list.empty() && !spec_of(actions, step.list).lists) {
        throw Wrong{"no_list", step.list};
    }
    const bool can_be_answered =
        !step.choices.empty() || !step.list.empty() || step.takes != Takes::kNothing;
    if (!step.ask.empty() && !can_be_answered) {
        throw Wrong{"no_answer", name};
    }
}

/// Every step that is named is there, and something leads to every step that is there.
void check_ways(const Script& script) {
    std::vector<std::string> open{script.first};
    for (const auto& [button, start] : script.buttons) {
        open.push_back(start.step);
    }
    for (const auto& [event, step] : script.events) {
        open.push_back(step);
    }
    for (const auto& [intent, step] : script.intents) {
        open.push_back(step);
    }
    std::set<std::string> reached;
    while (!open.empty()) {
        const std::string name = std::move(open.back());
        open.pop_back();
        if (name.empty() || !reached.insert(name).second) {
            continue;
        }
        const auto step = script.steps.find(name);
        if (step == script.steps.end()) {
            throw Wrong{"no_step", name};
        }
        std::ranges::copy(ways_on(step->second), std::back_inserter(open));
    }
    for (const auto& [name, step] : script.steps) {
        if (!reached.contains(name)) {
            throw Wrong{"nothing_leads_to", name};
        }
    }
}

bool both(Who one, Who other) {
    return one == other || one == Who::kAnyone || other == Who::kAnyone;
}

/// No two dialogues begin by the same.
void check_starts(const Script& one, const Script& other) {
    for (const auto& [button, start] : one.buttons) {
        if (other.buttons.contains(button)) {
            throw Wrong{"begins_twice", button};
        }
    }
    for (const auto& [event, step] : one.events) {
        if (other.events.contains(event)) {
            throw Wrong{"begins_twice", event};
        }
    }
    if (!both(one.who, other.who)) {
        return;
    }
    for (const language::Intent intent : std::views::keys(one.intents)) {
        if (other.intents.contains(intent)) {
            throw Wrong{"begins_twice", std::string(language::intent_name(intent))};
        }
    }
    for (const std::string& word : one.words) {
        if (std::ranges::find(other.words, word) != other.words.end()) {
            throw Wrong{"begins_twice", word};
        }
    }
}

/// Every dialogue that a step begins is there.
void check_begun(const Script& script, const DialogueBook& book) {
    for (const ScriptStep& step : std::views::values(script.steps)) {
        if (!step.begin.empty() && book.find(step.begin) == nullptr) {
            throw Wrong{"no_dialogue", step.begin};
        }
    }
}

std::int64_t hash_of(std::span<const std::pair<std::string, std::string>> files) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const auto& [name, json] : files) {
        for (const char c : name + '\0' + json + '\0') {
            hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
        }
    }
    return static_cast<std::int64_t>(hash >> 1U);
}

std::unexpected<Error> refusal(const std::string& file, const std::string& json,
                               const Wrong& wrong) {
    return refuse(ErrorKind::kInvalid, "messaging.bad_dialogue",
                  {{"file", file},
                   {"why", wrong.why},
                   {"where", wrong.where},
                   {"line", std::to_string(line_of(json, wrong.where))}});
}

bool suits(Who who, bool is_known) {
    return who == Who::kAnyone || (who == Who::kKnown) == is_known;
}

}  // namespace

std::span<const ActionSpec> engine_actions() {
    static const std::array<ActionSpec, 2> kActions{
        ActionSpec{"take_goods", {"complete", "no_quantity", "no_price", "none"}},
        ActionSpec{"check_goods", {"complete", "no_quantity", "no_price", "none"}}};
    return kActions;
}

std::string fold_command(std::string_view text) {
    std::string folded(trim(text));
    constexpr std::string_view kDanda = "।";
    while (true) {
        if (folded.ends_with(kDanda)) {
            folded.resize(folded.size() - kDanda.size());
        } else if (!folded.empty() && std::string_view(" .!?").contains(folded.back())) {
            folded.pop_back();
        } else {
            break;
        }
    }
    std::ranges::transform(folded, folded.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return folded;
}

Result<DialogueBook> DialogueBook::parse(std::span<const std::pair<std::string, std::string>> files,
                                         std::span<const ActionSpec> actions,
                                         const std::function<bool(std::string_view)>& has_text) {
    DialogueBook book;
    std::map<std::string, const std::pair<std::string, std::string>*> file_of;
    for (const auto& named : files) {
        const auto& [file, json] = named;
        try {
            Script script = script_from_json(json);
            for (const auto& [name, step] : script.steps) {
                check_step(name, step, actions, has_text);
            }
            check_ways(script);
            check_slots(script, actions);
            for (const Script& other : std::views::values(book.scripts_)) {
                check_starts(script, other);
            }
            const std::string name = script.name;
            if (!book.scripts_.emplace(name, std::move(script)).second) {
                throw Wrong{"begins_twice", name};
            }
            file_of[name] = &named;
        } catch (const Wrong& wrong) {
            return refusal(file, json, wrong);
        } catch (const std::exception& error) {
            const std::string what = error.what();
            const std::int64_t broken = line_of_error(json);
            const std::int64_t line =
                broken > 0 ? broken : line_of(json, what.substr(what.rfind(' ') + 1));
            return refuse(ErrorKind::kInvalid, "messaging.bad_dialogue",
                          {{"file", file},
                           {"why", broken > 0 ? "not_json" : "not_a_dialogue"},
                           {"where", what},
                           {"line", std::to_string(line)}});
        }
    }
    for (const auto& [name, script] : book.scripts_) {
        try {
            check_begun(script, book);
        } catch (const Wrong& wrong) {
            return refusal(file_of[name]->first, file_of[name]->second, wrong);
        }
    }
    book.version_ = hash_of(files);
    return book;
}

Result<DialogueBook> DialogueBook::parse(const BookSource& source,
                                         std::span<const ActionSpec> actions,
                                         const BookSource* shipped) {
    const std::vector<std::pair<std::string, std::string>> files(source.dialogues.begin(),
                                                                 source.dialogues.end());
    DialogueBook book = HAAT_TRY(
        parse(files, actions, [&](std::string_view key) { return source.texts.contains(key); }));
    for (const auto& [name, json] : files) {
        if (!book.scripts_.contains(name)) {
            return refuse(ErrorKind::kInvalid, "messaging.bad_dialogue",
                          {{"file", name}, {"why", "other_name"}, {"where", name}});
        }
    }
    if (shipped != nullptr) {
        HAAT_TRY(check_texts(source, book.scripts_, actions, *shipped));
    }
    const std::string texts = texts_json(source);
    const std::pair<std::string_view, std::string_view> named{"book", texts};
    book.texts_ = std::make_shared<const Texts>(Texts::from(std::span(&named, 1)));
    book.version_ = content_of(source);
    return book;
}

const Script* DialogueBook::find(std::string_view name) const {
    const auto found = scripts_.find(name);
    return found == scripts_.end() ? nullptr : &found->second;
}

DialogueBook::Start DialogueBook::by_intent(language::Intent intent, bool is_known) const {
    for (const Script& script : std::views::values(scripts_)) {
        const auto at = script.intents.find(intent);
        if (suits(script.who, is_known) && at != script.intents.end()) {
            return {&script, at->second};
        }
    }
    return {};
}

DialogueBook::Start DialogueBook::by_words(std::string_view text, bool is_known) const {
    const std::string folded = fold_command(text);
    for (const Script& script : std::views::values(scripts_)) {
        if (suits(script.who, is_known) &&
            std::ranges::find(script.words, folded) != script.words.end()) {
            return {&script, script.first};
        }
    }
    return {};
}

DialogueBook::Start DialogueBook::by_event(std::string_view name) const {
    for (const Script& script : std::views::values(scripts_)) {
        if (const auto at = script.events.find(std::string(name)); at != script.events.end()) {
            return {&script, at->second};
        }
    }
    return {};
}

const Script* DialogueBook::by_button(std::string_view name) const {
    for (const Script& script : std::views::values(scripts_)) {
        if (script.buttons.contains(std::string(name))) {
            return &script;
        }
    }
    return nullptr;
}

const DialogueBook* BookShelf::find(std::int64_t version) const {
    const auto found =
        std::ranges::find_if(books_, [&](const auto& book) { return book->version() == version; });
    return found == books_.end() ? nullptr : found->get();
}

void DialogueBooks::publish(std::shared_ptr<const DialogueBook> book) {
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<BookShelf>(*shelf_);
    std::erase_if(next->books_, [&](const auto& old) { return old->version() == book->version(); });
    next->books_.push_back(std::move(book));
    if (next->books_.size() > kMost) {
        next->books_.erase(next->books_.begin());
    }
    shelf_ = std::move(next);
}

void DialogueBooks::keep(std::shared_ptr<const DialogueBook> book) {
    const std::lock_guard lock(mutex_);
    if (shelf_->is_empty() || shelf_->find(book->version()) != nullptr) {
        return;
    }
    auto next = std::make_shared<BookShelf>(*shelf_);
    next->books_.insert(next->books_.end() - 1, std::move(book));
    if (next->books_.size() > kMost) {
        next->books_.erase(next->books_.begin());
    }
    shelf_ = std::move(next);
}

std::shared_ptr<const BookShelf> DialogueBooks::now() const {
    const std::lock_guard lock(mutex_);
    return shelf_;
}

}  // namespace haat::messaging
