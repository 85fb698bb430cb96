/// @file One person's talk with the dialogues that haat ships, by a host that writes down what it
/// is told.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "messaging/dialogue.hpp"

namespace haat::messaging {

using language::Answer;
using language::Intent;
using language::Item;
using language::Understanding;

inline const std::vector<ActionSpec>& actions() {
    static const std::vector<ActionSpec> kActions{
        {"find_speaker", {"one", "several"}},
        {"people_on_phone", {}, true},
        {"set_speaker", {"done"}},
        {"add_offers", {"done", "some", "odd", "same", "refused", "person"}},
        {"find_mend", {"none", "some"}},
        {"mend_goods", {"done", "refused"}},
        {"take_back_order", {"none", "done"}},
        {"note_report", {"done", "order"}},
        {"find_withdrawal", {"ask", "which", "lowered", "about_goods", "nothing"}},
        {"goods_to_withdraw", {}, true},
        {"withdraw_chosen", {"done", "lowered", "nothing"}},
        {"withdraw_offers", {"done", "nothing"}},
        {"show_goods", {"some", "none"}},
        {"show_price", {"some", "none", "which"}},
        {"show_demands", {"some", "none"}},
        {"find_order", {"some", "none"}},
        {"answer_order", {"done", "for_member", "none", "too_late", "before", "old"}},
        {"opt_out", {"done"}},
        {"opt_in", {"done"}},
        {"ask_person", {"done"}},
        {"open_ticket", {"done"}},
        {"languages", {}, true},
        {"set_language", {"done"}},
        {"may_register", {"ask", "declined", "coming"}},
        {"take_name", {"ok", "no", "bad"}},
        {"find_village", {"one", "ask", "several", "block", "blocks", "none", "nowhere"}},
        {"has_block", {"yes", "no"}},
        {"villages", {}, true},
        {"set_village", {"done", "none"}},
        {"find_block", {"one", "several", "none"}},
        {"blocks", {}, true},
        {"note_products", {"some", "none"}},
        {"has_products", {"yes", "no"}},
        {"register_person", {"done", "refused"}},
        {"decline_register", {"done"}},
        {"ask_officer", {"done"}},
        {"is_mobiliser", {"yes", "no"}},
        {"own_village", {"done"}},
        {"take_phone", {"ok", "bad"}},
        {"invite", {"done", "before", "stopped", "own_phone"}},
        {"ask_officer_to_add", {"done"}},
        {"order_amount", {"all", "more", "part", "unclear", "none"}},
        {"accept_part", {"done", "for_member", "too_late", "before", "old"}},
        {"group_members", {}, true},
        {"next_page", {"done"}},
        {"next_member", {"some", "none"}},
        {"speak_for", {"order", "none", "left"}},
        {"speak_for_herself", {"done"}},
        {"speak_from_now", {"done", "elsewhere", "call"}},
        {"write_from_now", {"done"}},
        {"call_her", {"done"}},
    };
    return kActions;
}

inline std::vector<std::pair<std::string, std::string>> shipped_files() {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& file :
         std::filesystem::directory_iterator(HAAT_SOURCE_DIR "/data/dialogues")) {
        std::ostringstream json;
        json << std::ifstream(file.path()).rdbuf();
        files.emplace_back(file.path().filename().string(), json.str());
    }
    std::ranges::sort(files);
    return files;
}

inline bool any_text(std::string_view key) { return key.starts_with("messages."); }

inline Result<DialogueBook> book_of(const std::vector<std::pair<std::string, std::string>>& files) {
    return DialogueBook::parse(files, actions(), any_text);
}

inline const DialogueBooks& shipped() {
    static const DialogueBooks kBooks = [] {
        DialogueBooks books;
        books.publish(std::make_shared<const DialogueBook>(book_of(shipped_files()).value()));
        return books;
    }();
    return kBooks;
}

/// Writes down what it is told, and answers with the outcomes that a test sets.
class Host final : public DialogueHost {
 public:
    void say(std::string_view text_key, const DialogueState&,
             const std::vector<DialogueButton>& with) override {
        log += std::string(text_key.substr(text_key.find('.') + 1)) + " ";
        buttons = with;
    }
    ActionResult act(std::string_view action, const std::map<std::string, std::string>& with,
                     const DialogueState& state) override {
        const auto spec = std::ranges::find(actions(), action, &ActionSpec::name);
        EXPECT_NE(spec, actions().end());
        if (spec->lists) {
            return {.choices = people};
        }
        if (action == "find_mend") {
            return {.outcome = "none"};  // nothing is hers on the market here
        }
        log += "[" + std::string(action);
        for (const auto& [name, value] : with) {
            log += " " + value;
        }
        log += "] ";
        goods = state.goods;
        said = state.said;
        const auto set = outcomes.find(action);
        return {.outcome = set != outcomes.end() ? set->second : std::string(spec->outcomes[0])};
    }

    void leave_to_officer() override { log += "left "; }
    void excuse() override { log += "sorry "; }
    std::vector<std::string> labels(std::string_view text_key, const DialogueState&) override {
        constexpr std::pair<std::string_view, std::string_view> kLabels[] = {
            {"messages.button_right", "हाँ, सही है"},   {"messages.button_wrong", "नहीं"},
            {"messages.button_yes", "हाँ, दूँगी"},       {"messages.button_no", "नहीं दे पाऊँगी"},
            {"messages.button_mend", "कुछ ग़लत है"},     {"messages.button_more", "और नाम"},
            {"messages.button_enough", "बस, हो गया"}, {"messages.button_price", "भाव"}};
        for (const auto& [key, label] : kLabels) {
            if (key == text_key) {
                return {std::string(label), "in English " + std::string(text_key)};
            }
        }
        return {};
    }
    std::string sound(std::string_view name) override {
        return name == "meera" || name == "मीरा" ? "mr" : std::string(name);
    }

    std::string log;
    std::vector<DialogueButton> buttons;
    std::vector<PendingOffer> goods;
    std::string said;
    std::map<std::string, std::string, std::less<>> outcomes;
    std::vector<ListedChoice> people;
};

/// One person's conversation.
struct Talk {
    DialogueState state;
    Host host;
    std::int64_t token = 7;
    bool is_known = true;
    std::int64_t now = 1'790'000'000;
    const DialogueBooks& books = shipped();

    std::string turn(DialogueInput input) {
        host.log.clear();
        input.token = token;
        input.now = {now};
        input.is_known = is_known;
        // What was kept is what is read again.
        state = converse(books, dialogue_state_from_json(to_json(state)), input, host);
        if (!host.log.empty()) {
            host.log.pop_back();
        }
        return host.log;
    }
    std::string says(Understanding meaning, const std::string& text = "her words") {
        return turn({.text = text, .meaning = std::move(meaning)});
    }
    std::string writes(const std::string& text) {
        return turn({.text = text, .meaning = {.intent = Intent::kOther}});
    }
    std::string presses(const std::string& id) {
        return turn({.button_id = id, .meaning = {.intent = Intent::kOther}});
    }
};

inline Understanding offer_of(const std::string& product, std::int64_t kilograms,
                              std::int64_t rupees) {
    Understanding meaning{.intent = Intent::kOfferStock};
    Item item{.product = product};
    if (kilograms > 0) {
        item.quantity = language::TenThousandths{kilograms * 10'000};
        item.unit = "kg";
    }
    if (rupees > 0) {
        item.price = Paise{rupees * 100};
        item.price_unit = "kg";
    }
    meaning.items.push_back(item);
    return meaning;
}
inline Understanding intent(Intent which) { return {.intent = which}; }
inline Understanding bare(Answer answer, std::int64_t number = 0) {
    return {.intent = Intent::kOther, .answer = answer, .answer_number = number};
}

}  // namespace haat::messaging
