#include "dialogue_fixture.hpp"

namespace haat::messaging {
namespace {

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
          std::pair(bare(Answer::kNo), "[answer_order no]"),
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
    EXPECT_EQ(talk.writes("???"), "sorry offer_readback");  // asked once more
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
    EXPECT_EQ(refusal(with_steps(R"("one":{"begin":"b"})")), "no_dialogue b");
    EXPECT_EQ(refusal(with_steps(R"("one":{"begin":"a","say":"messages.x"})")),
              "say_ask_or_do one");
    auto files = shipped_files();
    files.emplace_back("z.json", R"({"dialogue":"z","starts":{"intents":{"opt_out":"one"}},
        "first":"one","steps":{"one":{"say":"messages.x"}}})");
    EXPECT_EQ(book_of(files).error().params[1].second, "begins_twice");
}

}  // namespace
}  // namespace haat::messaging
