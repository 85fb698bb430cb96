#include "messaging/dialogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace haat::messaging {
namespace {

using language::Answer;
using language::Intent;
using language::Item;
using language::Understanding;

const std::vector<ActionSpec>& actions() {
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
        {"answer_order", {"done", "none", "too_late", "before", "old"}},
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
        {"order_amount", {"all", "part", "unclear", "none"}},
        {"accept_part", {"done", "too_late", "before", "old"}},
        {"group_members", {}, true},
        {"next_page", {"done"}},
        {"next_member", {"some", "none"}},
        {"add_offers_for", {"done", "some", "odd", "same", "refused", "person"}},
        {"speak_from_now", {"done", "elsewhere", "call"}},
        {"write_from_now", {"done"}},
        {"call_her", {"done"}},
    };
    return kActions;
}

std::vector<std::pair<std::string, std::string>> shipped_files() {
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

bool any_text(std::string_view key) { return key.starts_with("messages."); }

Result<DialogueBook> book_of(const std::vector<std::pair<std::string, std::string>>& files) {
    return DialogueBook::parse(files, actions(), any_text);
}

const DialogueBooks& shipped() {
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

Understanding offer_of(const std::string& product, std::int64_t kilograms, std::int64_t rupees) {
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
Understanding intent(Intent which) { return {.intent = which}; }
Understanding bare(Answer answer, std::int64_t number = 0) {
    return {.intent = Intent::kOther, .answer = answer, .answer_number = number};
}

constexpr std::string_view kReadBack = "[find_speaker] offer_readback";

TEST(Dialogue, ReadsBackAndAddsOnlyWithHerYes) {
    for (const std::string way : {"button", "word", "number"}) {
        Talk talk;
        EXPECT_EQ(talk.says(offer_of("pickle_mango", 20, 180)), kReadBack);
        ASSERT_EQ(talk.host.buttons.size(), 2U);
        EXPECT_EQ(talk.host.buttons[0].id, "offer.yes:7");
        EXPECT_EQ(way == "button" ? talk.presses("offer.yes:7")
                  : way == "word" ? talk.says(bare(Answer::kYes))
                                  : talk.says(bare(Answer::kNumber, 1)),
                  "[add_offers] offer_added");
        ASSERT_EQ(talk.host.goods.size(), 1U);
        EXPECT_EQ(talk.host.said, "her words");
        EXPECT_EQ(talk.host.goods[0].quantity.value, 20'000);
        EXPECT_EQ(talk.host.goods[0].price->value, 18'000);
        // The same button once more adds nothing.
        EXPECT_EQ(talk.presses("offer.yes:7"), "old_question");
    }
}

TEST(Dialogue, AButtonOfAnOlderQuestionIsStale) {
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.presses("offer.yes:6"), "old_question");
    EXPECT_EQ(talk.presses("offer.other:7"), "old_question");
    EXPECT_EQ(talk.presses("nonsense"), "old_question");
    EXPECT_EQ(talk.presses("offer.yes:7"), "[add_offers] offer_added");
}

TEST(Dialogue, AsksForWhatIsMissingOneThingAtATime) {
    Talk talk;
    EXPECT_EQ(talk.says(offer_of("pickle_mango", 0, 0)), "[find_speaker] ask_quantity");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 20)), "ask_price");
    EXPECT_EQ(talk.says(offer_of("", 0, 180)), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].quantity.value, 20'000);
    // A correction is read back again before it counts.
    talk.token = 8;
    EXPECT_EQ(talk.says(offer_of("", 22, 0)), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].quantity.value, 22'000);
    EXPECT_EQ(talk.state.token, 8);
    // Other goods begin anew.
    EXPECT_EQ(talk.says(offer_of("makhana", 5, 500)), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].product_key, "makhana");
}

TEST(Dialogue, SeveralGoodsAreAskedAboutOneByOne) {
    Talk talk;
    Understanding two = offer_of("pickle_mango", 20, 0);
    two.items.push_back(offer_of("makhana", 5, 0).items[0]);
    EXPECT_EQ(talk.says(two), "[find_speaker] ask_price");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 180)), "ask_price");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 500)), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].price->value, 18'000);
    EXPECT_EQ(talk.state.goods[1].price->value, 50'000);
}

TEST(Dialogue, OneSlotIsCorrectedWithoutSayingAllAgain) {
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.says(bare(Answer::kNo)), "what_is_wrong");
    EXPECT_EQ(talk.presses("offer.price:7"), "ask_price");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 170)), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].price->value, 17'000);
    EXPECT_EQ(talk.state.goods[0].quantity.value, 20'000);
    // Back to the question before, in any spelling.
    EXPECT_EQ(talk.writes(" Peeche. "), "ask_price");
    EXPECT_EQ(talk.writes("पीछे"), "what_is_wrong");
}

TEST(Dialogue, LumpSumsAndDozensBecomeAPricePerUnit) {
    Talk talk;
    Understanding lump = offer_of("pickle_mango", 20, 3'600);
    lump.items[0].price_unit = "lot";
    (void)talk.says(lump);
    EXPECT_EQ(talk.state.goods[0].price->value, 18'000);
    Understanding eggs = offer_of("egg", 5, 7);
    eggs.items[0].unit = "dozen";
    eggs.items[0].price_unit = "piece";
    (void)talk.says(eggs);
    EXPECT_EQ(talk.state.goods[0].price->value, 8'400);
}

Understanding sure(Understanding meaning) {
    meaning.confidence.overall = 900;
    return meaning;
}

TEST(Dialogue, WhileAnOfficerTalksOnlyWhatIsSureIsHaats) {
    struct Row {
        const char* what;
        Understanding meaning;
        std::string text;
        const char* idle;   ///< Nothing waits.
        const char* after;  ///< Haat asked after the officer's words.
        const char* before;
    };
    const std::vector<Row> rows{
        {"nothing", intent(Intent::kOther), "कल आऊँगी", "left", "left", "left"},
        {"yes", bare(Answer::kYes), "हाँ", "left", "[add_offers] offer_added", "left"},
        {"unsure", intent(Intent::kReportPaymentProblem), "पैसा", "left", "left", "left"},
        {"sure", sure(intent(Intent::kHelp)), "मदद", "help", "help", "help"},
        {"greeting", sure(intent(Intent::kGreeting)), "नमस्ते", "left", "left", "left"},
        {"stop", intent(Intent::kOptOut), "बंद", "[opt_out] opted_out", "[opt_out] opted_out",
         "[opt_out] opted_out"},
        {"words", intent(Intent::kOther), "शुरू से", "greeting", "greeting", "greeting"}};
    for (const Row& row : rows) {
        for (const int when : {0, 1, 2}) {
            Talk talk;
            if (when > 0) {
                (void)talk.says(offer_of("pickle_mango", 20, 180));
            }
            const DialogueState before = talk.state;
            const std::int64_t officer = when == 1 ? talk.now - 60 : talk.now + 60;
            talk.now += 120;
            const std::string log = talk.turn({.text = row.text,
                                               .meaning = row.meaning,
                                               .officer_wrote_at = UnixSeconds{officer}});
            const char* expected = when == 0 ? row.idle : when == 1 ? row.after : row.before;
            EXPECT_EQ(log, expected) << row.what << " " << when;
            if (log == "left") {
                EXPECT_EQ(to_json(talk.state), to_json(before)) << row.what << " " << when;
            }
        }
    }
    // A button says what it means.
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.turn({.button_id = "offer.yes:7",
                         .meaning = intent(Intent::kOther),
                         .officer_wrote_at = UnixSeconds{talk.now + 1}}),
              "[add_offers] offer_added");
    EXPECT_EQ(talk.turn({.meaning = intent(Intent::kOther),
                         .is_media = true,
                         .officer_wrote_at = UnixSeconds{talk.now}}),
              "left");
}

TEST(Dialogue, StopAndAPersonWorkAtAnyTime) {
    Talk idle;
    Talk offering;
    (void)offering.says(offer_of("pickle_mango", 20, 180));
    Talk asked;
    asked.state = asked_about_order(shipped(), asked.state, 5, {asked.now});
    for (const DialogueState& state : {idle.state, offering.state, asked.state}) {
        EXPECT_EQ((Talk{.state = state}.says(intent(Intent::kOptOut))), "[opt_out] opted_out");
        EXPECT_EQ((Talk{.state = state}.presses("broadcast_stop:0")), "[opt_out] opted_out");
        EXPECT_EQ((Talk{.state = state}.writes("किसी से बात करनी है।")),
                  "[ask_person] person_will_answer");
        language::Understanding wish = intent(Intent::kHelp);
        wish.asks_for_person = true;
        EXPECT_EQ((Talk{.state = state}.says(wish)), "[ask_person] person_will_answer");
        Talk again{.state = state};
        EXPECT_EQ(again.writes("Shuru se"), "greeting");
        EXPECT_TRUE(again.state.dialogue.empty());
    }
}

TEST(Dialogue, AnOrderIsAnsweredByItsButtonWhateverElseIsAsked) {
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    talk.state = asked_about_order(shipped(), talk.state, 512, {talk.now});
    EXPECT_EQ(talk.presses("order_yes:512"), "[answer_order yes]");
    EXPECT_EQ(talk.state.about.at("order_line"), 512);
    // What was asked before still waits.
    EXPECT_EQ(talk.presses("offer.yes:7"), "[add_offers] offer_added");
}

TEST(Dialogue, ABareAnswerMeansWhatWasAskedAlone) {
    for (const auto& [meaning, log] :
         {std::pair(bare(Answer::kYes), "[answer_order yes]"),
          std::pair(bare(Answer::kNumber, 2), "[answer_order no]"),
          std::pair(intent(Intent::kDeclineOrder), "[answer_order no]")}) {
        Talk talk;
        talk.state = asked_about_order(shipped(), talk.state, 512, {talk.now});
        EXPECT_EQ(talk.says(meaning), log);
        EXPECT_TRUE(talk.state.dialogue.empty());
    }
    Talk nothing;
    nothing.host.outcomes["answer_order"] = "none";
    nothing.host.outcomes["find_order"] = "none";
    EXPECT_EQ(nothing.says(intent(Intent::kAcceptOrder)),
              "[order_amount] [answer_order yes] [find_order] no_order_waiting");
    nothing.host.outcomes["find_order"] = "some";
    EXPECT_EQ(nothing.says(intent(Intent::kAcceptOrder)),
              "[order_amount] [answer_order yes] [find_order] order_again");
}

TEST(Dialogue, AQuestionOfHersIsAnAside) {
    Talk talk;
    EXPECT_EQ(talk.says(offer_of("pickle_mango", 20, 0)), "[find_speaker] ask_price");
    EXPECT_EQ(talk.says(intent(Intent::kAskPrice)), "[show_price] price_lines");
    EXPECT_EQ(talk.says(intent(Intent::kGreeting)), "greeting");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 180)), "offer_readback");
}

TEST(Dialogue, HandsOverAfterTwoTriesAndForWhatOnlyPeopleCanAnswer) {
    Talk talk;
    EXPECT_EQ(talk.writes("???"), "not_understood");
    EXPECT_EQ(talk.writes("???"), "[ask_person not_understood] person_will_answer");
    EXPECT_EQ(talk.state.misunderstood, 0);
    EXPECT_EQ(talk.says(intent(Intent::kReportPaymentProblem)),
              "[open_ticket 72 payment] ticket_opened");
    EXPECT_EQ(talk.turn({.is_media = true}), "[ask_person voice] voice_received");
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.writes("???"), "offer_readback");  // asked once more
    EXPECT_EQ(talk.writes("???"), "[ask_person not_understood] person_will_answer");
    Talk stranger;
    stranger.is_known = false;
    EXPECT_EQ(stranger.says(offer_of("pickle_mango", 20, 180)),
              "[may_register] [note_products] join_hello join_name");
    EXPECT_EQ(stranger.writes("Gita Devi"), "[take_name] join_village");
    EXPECT_EQ(stranger.writes("back"), "join_name");
}

TEST(Dialogue, SeveralPeopleOnOnePhoneAreAskedWhoSpeaks) {
    Talk talk;
    talk.host.outcomes["find_speaker"] = "several";
    talk.host.people = {{"41", "Gita"}, {"42", "Sita"}};
    EXPECT_EQ(talk.says(offer_of("pickle_mango", 20, 180)), "[find_speaker] who_speaks");
    ASSERT_EQ(talk.host.buttons.size(), 2U);
    EXPECT_EQ(talk.host.buttons[1].id, "offer.42:7");
    EXPECT_EQ(talk.host.buttons[1].title, "Sita");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 2)), "[set_speaker] offer_readback");
    EXPECT_EQ(talk.state.values.at("speaker"), "42");
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "[add_offers] offer_added");
}

TEST(Dialogue, AnAnswerThatComesTooLateIsAMessageOfItsOwn) {
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    talk.now += 73 * 3'600;
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "not_understood");
}

TEST(Dialogue, AConversationUnderWayEndsByTheBookThatItBeganWith) {
    DialogueBooks books;
    auto files = shipped_files();
    books.publish(std::make_shared<const DialogueBook>(book_of(files).value()));
    Talk talk{.books = books};
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    for (auto& [name, json] : files) {
        if (name == "offer.json") {
            const std::size_t at = json.find("messages.offer_added");
            json.replace(at, std::string_view("messages.offer_added").size(), "messages.new_text");
        }
    }
    books.publish(std::make_shared<const DialogueBook>(book_of(files).value()));
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "[add_offers] offer_added");
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "[add_offers] new_text");
}

TEST(Dialogue, AStateThatCannotBeReadIsTheStart) {
    EXPECT_TRUE(dialogue_state_from_json("{").dialogue.empty());
    EXPECT_TRUE(dialogue_state_from_json(R"({"dialogue":7})").dialogue.empty());
    Talk talk;
    talk.state = {.version = 5, .dialogue = "offer", .step = "confirm"};
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "not_understood");
}

std::string refusal(const std::string& json) {
    const auto book = book_of({{"a.json", json}});
    if (book) {
        return "taken";
    }
    return book.error().params[1].second + " " + book.error().params[2].second;
}

TEST(DialogueBook, SaysWhatIsWrongWithADialogue) {
    const auto with_steps = [](const std::string& steps) {
        return R"({"dialogue":"a","first":"one","steps":{)" + steps + "}}";
    };
    EXPECT_EQ(refusal(with_steps(R"("one":{"say":"messages.x"})")), "taken");
    EXPECT_EQ(refusal(with_steps(R"("one":{"say":"x"})")), "no_text x");
    EXPECT_EQ(refusal(with_steps(R"("one":{"say":"messages.x","next":"two"})")), "no_step two");
    EXPECT_EQ(refusal(with_steps(R"("one":{"say":"messages.x"},"two":{"say":"messages.x"})")),
              "nothing_leads_to two");
    EXPECT_EQ(refusal(with_steps(R"("one":{"ask":"messages.x"})")), "no_answer one");
    EXPECT_EQ(refusal(with_steps(R"("one":{})")), "say_ask_or_do one");
    EXPECT_EQ(refusal(with_steps(R"("one":{"do":"fly","on":{}})")), "no_action fly");
    EXPECT_EQ(refusal(with_steps(R"("one":{"do":"add_offers","on":{"done":""}})")),
              "no_outcome add_offers.some");
    EXPECT_EQ(refusal(with_steps(R"("one":{"do":"opt_in","on":{"done":"","no":""}})")),
              "unknown_outcome opt_in.no");
    EXPECT_EQ(refusal(with_steps(R"("one":{"say":"messages.x","colour":"red"})")),
              "not_a_dialogue unknown field colour");
    EXPECT_EQ(refusal("{").substr(0, 8), "not_json");
    auto files = shipped_files();
    files.emplace_back("z.json", R"({"dialogue":"z","starts":{"intents":{"opt_out":"one"}},
        "first":"one","steps":{"one":{"say":"messages.x"}}})");
    EXPECT_EQ(book_of(files).error().params[1].second, "begins_twice");
}

}  // namespace
}  // namespace haat::messaging
