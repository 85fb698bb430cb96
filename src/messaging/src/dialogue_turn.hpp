/// @file One message of hers on its way through a dialogue. Private to messaging.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "messaging/dialogue.hpp"

namespace haat::messaging {

/// After so many messages in a row that were not understood, a person answers.
inline constexpr int kTries = 2;

/// Steps of one turn; more is a circle of dialogues that ask nothing.
inline constexpr int kStepsMost = 50;

/// Value that keeps a bare number until she says whether it is the quantity or the price.
inline constexpr std::string_view kNumberSaid = "number";

/// What outlives a dialogue.
[[nodiscard]] DialogueState settled(DialogueState state);

/// Of a question, in the order in which numbers choose them.
[[nodiscard]] std::vector<DialogueButton> buttons_of(const ScriptStep& step,
                                                     const DialogueState& state);

/// Not "Turn": the delivery machine has one, in the same namespace.
class DialogueTurn {
 public:
    DialogueTurn(const BookShelf& books, DialogueState state, const DialogueInput& input,
                 DialogueHost& host)
        : books_(books), state_(std::move(state)), input_(with_sign(input)), host_(host) {}

    DialogueState take();

 private:
    [[nodiscard]] static DialogueInput with_sign(DialogueInput input);
    [[nodiscard]] const ScriptStep* waiting() const;
    void run(const Script& script, std::string step);
    void enter(const Script& script, const ScriptStep& step);
    void finish();
    [[nodiscard]] std::map<std::string, std::string> values_known() const;
    bool ask(const Script& script, const std::string& name, const ScriptStep& step);
    std::string act(const ScriptStep& step);
    void add(const ActionResult& result);
    [[nodiscard]] std::optional<HostDialogue> host_of(const Script& script) const;
    void begin(const Script& script, std::string_view step);
    void happen(std::string_view event);
    void press();
    [[nodiscard]] DialogueBook::Start beginning() const;
    bool begin_always();
    bool heed_aside();
    bool heed_sign();
    bool choose_by_label();
    bool choose_by_number(const ScriptStep& step);
    bool answer();
    bool choose(const ScriptStep& step, std::string_view id);
    bool take_slot(const ScriptStep& step);
    bool take_goods(const ScriptStep& step);
    bool take_unclear_goods(const ScriptStep& step);
    bool fill_by_said(const ScriptStep& step);
    bool is_refused(const ScriptStep& step);
    void go_on(std::string_view step);
    void lose();
    [[nodiscard]] bool is_for_haat(const DialogueBook::Start& start) const;
    [[nodiscard]] bool answers_haat() const;
    void overhear();

    const BookShelf& books_;
    const DialogueBook* book_ = nullptr;  ///< Of the dialogue under way.
    DialogueState state_;
    const DialogueInput input_;
    DialogueHost& host_;
    const ScriptStep* taken_ = nullptr;  ///< Took a text or an amount of her in this turn.
    int misunderstood_before_ = 0;       ///< Then.
    std::map<std::string, std::string> values_before_;  ///< Then, if it was an amount.
    int steps_ = 0;                                     ///< Of this turn so far.
    bool is_which_ = false;  ///< The number that she said is being asked about.
};

}  // namespace haat::messaging
