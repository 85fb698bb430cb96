/// @file What to answer. A pure function: state + input → state, and what is said and done through
/// its host. It knows neither database nor channel; dialogues are data (dialogue_book.hpp), and a
/// table in flows carries their actions out. Asks one thing at a time, reads back what it
/// understood before it becomes an offer, and hands over to a person after two tries.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "language/understanding.hpp"
#include "messaging/dialogue_book.hpp"

namespace haat::messaging {

/// Goods that were read back and wait for her yes.
struct PendingOffer {
    std::string product_key;
    Milli quantity;
    std::string unit;
    std::optional<Paise> price;  ///< Per unit.
};

/// One of the choices that an action named.
struct ListedChoice {
    std::string id;
    std::string title;  ///< In her language.
};

/// A dialogue from within which another was begun, and goes on when that one is over.
struct HostDialogue {
    std::int64_t version = 0;
    std::string dialogue;
    std::string step;  ///< With which it goes on.
    std::map<std::string, std::string> values;
};

struct DialogueState {
    std::int64_t version = 0;  ///< Of the book.
    std::string dialogue;      ///< Under way; empty: none.
    std::string step;          ///< That asked and waits for her answer.
    std::map<std::string, std::string> values;
    std::vector<PendingOffer> goods;
    std::string said;        ///< Her own words about the goods.
    std::int64_t token = 0;  ///< Of the question asked last; buttons of older ones are stale.
    UnixSeconds asked_at;
    std::vector<std::string> trail;  ///< Steps asked before, for "back"; at most 8.
    std::vector<ListedChoice> listed;
    int misunderstood = 0;  ///< In a row.
    /// What haat wrote to her about last ("order_line" → 512); outlives dialogues.
    std::map<std::string, std::int64_t> about;
    std::optional<HostDialogue> host;
};

[[nodiscard]] std::string to_json(const DialogueState& state);
/// Anything unreadable is the start.
[[nodiscard]] DialogueState dialogue_state_from_json(std::string_view json);

struct DialogueInput {
    std::int64_t token = 0;  ///< Names this message; becomes the token of a question it leads to.
    UnixSeconds now;
    std::string text;       ///< As she wrote it.
    std::string button_id;  ///< Of a pressed button; else empty.
    language::Understanding meaning;
    std::string event{};    ///< It is that which happened, whatever her words would be else.
    bool is_known = false;  ///< The sender is a registered person.
    bool is_media = false;  ///< A voice note or picture: nothing to read.
    /// She sees (SMS) or hears the numbers of the choices: a bare number then is one of them even
    /// where it could be an amount.
    bool shows_numbers = false;
    /// An officer talks with her, and wrote last then. What haat is not sure of is for the officer;
    /// a bare answer or words are haat's only if haat asked after that.
    std::optional<UnixSeconds> officer_wrote_at{};
};

/// `id` is "dialogue.choice:token".
struct DialogueButton {
    std::string id;
    std::string text_key;  ///< Empty: `title` is the text.
    std::string title;
};

struct ActionResult {
    std::string outcome;
    std::map<std::string, std::string> values;  ///< Added to the state's; texts are filled by them.
    std::vector<ListedChoice> choices;          ///< Of an action that lists.
    std::map<std::string, std::int64_t> about;  ///< Added to the state's; 0 forgets.
};

/// Carries out what a dialogue wants. Called in order, within one turn.
class DialogueHost {
 public:
    virtual ~DialogueHost() = default;
    virtual void say(std::string_view text_key, const DialogueState& state,
                     const std::vector<DialogueButton>& buttons) = 0;
    virtual ActionResult act(std::string_view action,
                             const std::map<std::string, std::string>& with,
                             const DialogueState& state) = 0;
    /// The message is for the officer who talks with her; nothing is said.
    virtual void leave_to_officer() {}
    /// What is said next is the question that she was asked before: her words changed nothing.
    virtual void excuse() {}
    /// What a button says, in every language: who writes that means the button.
    [[nodiscard]] virtual std::vector<std::string> labels(std::string_view /*text_key*/,
                                                          const DialogueState& /*state*/) {
        return {};
    }
    /// How a name sounds, whatever its script and spelling; nothing: it cannot be told.
    [[nodiscard]] virtual std::string sound(std::string_view /*name*/) { return {}; }
};

/// One message of hers.
[[nodiscard]] DialogueState converse(const BookShelf& books, DialogueState state,
                                     const DialogueInput& input, DialogueHost& host);
[[nodiscard]] DialogueState converse(const DialogueBooks& books, DialogueState state,
                                     const DialogueInput& input, DialogueHost& host);

/// State after haat itself asked about an order line (flows/gather_order): a bare "yes" means that,
/// unless something else is under way.
[[nodiscard]] DialogueState asked_about_order(const DialogueBooks& books, DialogueState state,
                                              std::int64_t order_line, UnixSeconds now);

/// A question that haat asks by itself: the event that a dialogue asks it by, what the dialogue
/// shall know, and the token of the question's buttons.
struct OwnQuestion {
    std::string_view event;
    std::map<std::string, std::string> values;
    std::map<std::string, std::int64_t> about;
    std::int64_t token = 0;
    UnixSeconds now;
};
/// State after it was asked; what was under way ends. The same state if no dialogue asks it.
[[nodiscard]] DialogueState asked(const BookShelf& books, DialogueState state,
                                  const OwnQuestion& question);

/// Without what was under way; what haat wrote about last stays.
[[nodiscard]] DialogueState ended(DialogueState state);

/// Whether a button belongs to a question of a dialogue, not to a message that haat sent by itself.
[[nodiscard]] bool is_button_of_dialogue(std::string_view button_id);

/// What waits for her answer.
struct WaitingQuestion {
    std::string text_key;
    std::vector<DialogueButton> buttons;
    UnixSeconds asked_at;
    std::int64_t remind_hours = 0;  ///< 0: never.
    std::int64_t wait_hours = 0;
};
/// What began from within the dialogue under way knows its values too; nothing: no such value.
[[nodiscard]] std::string value_in(const DialogueState& state, const std::string& name);

/// None if nothing is under way, or its book is gone.
[[nodiscard]] std::optional<WaitingQuestion> question_of(const BookShelf& books,
                                                         const DialogueState& state);

}  // namespace haat::messaging
