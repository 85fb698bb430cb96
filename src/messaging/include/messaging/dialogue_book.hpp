/// @file Dialogues as data. Each is a JSON file (docs/formats/dialogues.md): what begins it, and
/// steps that say, ask or do one thing. A book is all of them of one version, checked as a whole.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/texts.hpp"
#include "language/understanding.hpp"
#include "messaging/book_source.hpp"

namespace haat::messaging {

/// What an asking step takes for an answer beside its choices.
enum class Takes : std::uint8_t { kNothing, kGoods, kQuantity, kPrice, kNumber, kText, kAmount };

struct ScriptChoice {
    std::string id;        ///< "yes" and "no" are also answered by the words.
    std::string text_key;  ///< Of the button, at most 20 characters long.
    std::string next;      ///< Empty: the dialogue ends.
};

/// One of `say`, `ask`, `act` and `begin` is set.
struct ScriptStep {
    std::string say;                          ///< Key of a text.
    std::string ask;                          ///< Key of a text; then she answers.
    std::string act;                          ///< Name of an action.
    std::map<std::string, std::string> with;  ///< Fixed arguments of the action.
    std::map<std::string, std::string> on;    ///< Outcome of the action → next step; "": the end.
    std::string begin;  ///< Another dialogue, from its first step; then `next`.
    std::vector<ScriptChoice> choices;
    std::string list;  ///< Action that names the choices, if they depend on her.
    std::string none;  ///< Next step if that list is empty.
    Takes takes = Takes::kNothing;
    std::string slot;   ///< Value that a listed choice, a number or a text becomes.
    std::string next;   ///< After `say`, and after an answer that was taken. Empty: the end.
    std::string again;  ///< Where it goes on if her answer is not understood; empty: asks again.
    /// Of a step that asks: where it goes on after another dialogue that her answer began. Empty:
    /// that one takes its place.
    std::string guests;
    /// Of a step that takes goods: after a bare number, which may be the quantity or the price, and
    /// after an amount without its goods, of which there are several. Empty: not understood.
    std::string number;
    std::string which;
    std::int64_t remind_hours = 0;  ///< After so long she is reminded, once; 0: never.
    std::int64_t wait_hours = 72;   ///< An answer later than that is a message of its own.
};

enum class Who : std::uint8_t { kAnyone, kKnown, kStranger };

struct ScriptStart {
    std::string step;
    std::string number;  ///< Under this name the button's number is remembered.
};

struct Script {
    std::string name;
    Who who = Who::kAnyone;
    std::map<language::Intent, std::string> intents;  ///< → the step that it begins with.
    std::vector<std::string> words;                   ///< A whole message, folded by fold_command.
    std::map<std::string, ScriptStart> buttons;       ///< Of messages that no dialogue sent.
    std::map<std::string, std::string> events;        ///< Name → step: media, unclear, lost, …
    bool always = false;  ///< It begins before an answer that is waited for is looked for.
    bool drops = false;   ///< Ends what was under way, even if it asks nothing itself.
    std::string first;
    std::map<std::string, ScriptStep> steps;
};

/// What an action can come to. A dialogue must say how each of these goes on.
struct ActionSpec {
    std::string_view name;
    std::vector<std::string_view> outcomes;
    bool lists = false;  ///< It names choices instead.
    /// Names of the values that it may add, so that a text may say them.
    std::vector<std::string_view> fills{};
    std::vector<std::string_view> needs{};  ///< Names of `with` that it cannot do without.
    std::string_view slot{};                ///< A value that a step must have asked for.
};

/// The actions that the engine itself does: take_goods, check_goods.
[[nodiscard]] std::span<const ActionSpec> engine_actions();

/// Lower case, no blanks around, no full stops: how words that begin a dialogue are compared.
[[nodiscard]] std::string fold_command(std::string_view text);

class DialogueBook {
 public:
    /// @param files    (name, JSON) of each dialogue.
    /// @param actions  Those that flows offers.
    /// @param has_text Whether a text of that key exists.
    /// @return messaging.bad_dialogue {file, why, where}: not such JSON, an unknown field, action,
    /// text or step, an outcome without a step, a step that nothing leads to, two dialogues that
    /// begin by the same.
    [[nodiscard]] static Result<DialogueBook> parse(
        std::span<const std::pair<std::string, std::string>> files,
        std::span<const ActionSpec> actions, const std::function<bool(std::string_view)>& has_text);

    /// The same with its texts, which are checked too.
    /// @param shipped  What haat brought along: a text may name what the shipped one of its key
    /// names. Null: texts that were checked once are not checked again.
    /// @return Also messaging.bad_text {key, why, where}: one of the languages is missing, a
    /// placeholder that nothing fills, a button of more than 20 characters, a text too long.
    [[nodiscard]] static Result<DialogueBook> parse(const BookSource& source,
                                                    std::span<const ActionSpec> actions,
                                                    const BookSource* shipped);

    /// Names the content: a conversation goes on by the book that it began with.
    [[nodiscard]] std::int64_t version() const { return version_; }

    [[nodiscard]] const Script* find(std::string_view name) const;

    [[nodiscard]] const std::map<std::string, Script, std::less<>>& scripts() const {
        return scripts_;
    }

    /// What it says, where it has texts of its own; else what haat brings along.
    [[nodiscard]] std::string text(const Texts& shipped, Language language, std::string_view key,
                                   const TextParams& params = {}) const {
        return (texts_ && texts_->has(key) ? *texts_ : shipped).text(language, key, params);
    }

    /// A dialogue and the step at which it begins; {nullptr, ""}: none does.
    using Start = std::pair<const Script*, std::string_view>;
    [[nodiscard]] Start by_intent(language::Intent intent, bool is_known) const;
    [[nodiscard]] Start by_words(std::string_view text, bool is_known) const;
    [[nodiscard]] Start by_event(std::string_view name) const;
    /// Null if no dialogue knows such a button; the step stands in its `buttons`.
    [[nodiscard]] const Script* by_button(std::string_view name) const;

 private:
    std::int64_t version_ = 0;
    std::map<std::string, Script, std::less<>> scripts_;
    std::shared_ptr<const Texts> texts_;
};

/// The books of one moment: the latest, by which dialogues begin, and others that go on.
class BookShelf {
 public:
    [[nodiscard]] const DialogueBook& latest() const { return *books_.back(); }
    /// Null if no such book is here.
    [[nodiscard]] const DialogueBook* find(std::int64_t version) const;
    [[nodiscard]] bool is_empty() const { return books_.empty(); }

 private:
    friend class DialogueBooks;
    std::vector<std::shared_ptr<const DialogueBook>> books_;
};

/// Every book that conversations lately needed. Safe from any thread: who answers holds a shelf.
class DialogueBooks {
 public:
    /// Older books are dropped beyond this many; they are in the database for good.
    static constexpr std::size_t kMost = 16;

    DialogueBooks() = default;
    DialogueBooks(const DialogueBooks& other) : shelf_(other.now()) {}
    DialogueBooks& operator=(const DialogueBooks&) = delete;
    ~DialogueBooks() = default;

    /// New dialogues begin by it from now on.
    void publish(std::shared_ptr<const DialogueBook> book);
    /// A conversation goes on by it.
    void keep(std::shared_ptr<const DialogueBook> book);
    [[nodiscard]] std::shared_ptr<const BookShelf> now() const;

 private:
    mutable std::mutex mutex_;
    std::shared_ptr<const BookShelf> shelf_ = std::make_shared<const BookShelf>();
};

}  // namespace haat::messaging
