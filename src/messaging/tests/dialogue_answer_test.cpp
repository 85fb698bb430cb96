/// What she may write for an answer: labels, parts of names, signs, words about the question.
#include "dialogue_fixture.hpp"

namespace haat::messaging {
namespace {

TEST(DialogueAnswer, TheLabelOfAChoiceIsItsButton) {
    for (const std::string said : {"हाँ, सही है", "हां सही है", "हाँ सही है 👍", " हाँ सही है। ", "हाँसही है",
                                   "IN ENGLISH messages.button_right"}) {
        Talk talk;
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        EXPECT_EQ(talk.writes(said), "[add_offers] offer_added") << said;
    }
    for (const std::string said : {"हाँ, दूँगी", "हाँ दूंगी", "हां, दूँगी!"}) {
        Talk talk;
        talk.state = asked_about_order(shipped(), talk.state, 512, {talk.now});
        EXPECT_EQ(talk.writes(said), "[answer_order yes]") << said;
    }
    // It is the choice even if the words alone would begin something else.
    Talk talk;
    talk.host.people = {{"hi", "हिन्दी"}, {"en", "English"}};
    EXPECT_EQ(talk.writes("भाषा"), "which_language");
    EXPECT_EQ(talk.writes("english"), "[set_language] language_set");
    EXPECT_EQ(talk.writes("भाषा"), "which_language");
    EXPECT_EQ(talk.writes("हिंदी"), "[set_language] language_set");
    EXPECT_EQ(talk.writes("समूह"), "[is_mobiliser] group_members");
    EXPECT_EQ(talk.writes("और नाम"), "[next_page] group_members");
    EXPECT_EQ(talk.writes("बस हो गया"), "[speak_for_herself] group_finished");
    // What is not shown any more is no label.
    EXPECT_EQ(talk.writes("और नाम"), "not_understood");
}

TEST(DialogueAnswer, APartOfANameNamesTheOnlyOneThatHasIt) {
    struct Row {
        std::string said;
        std::string chosen;  ///< Empty: asked again.
    };
    for (const Row& row : std::vector<Row>{{"मीरा", "42"},
                                           {"मीरा साह", "42"},
                                           {"मीरा बोल रही हूँ", "42"},
                                           {"मैं आशा हूँ", "41"},
                                           {"meera", "42"},
                                           {"देवी", ""},
                                           {"आशा नहीं", ""},
                                           {"आशा और मीरा", ""},
                                           {"सीता", ""}}) {
        Talk talk;
        talk.host.outcomes["find_speaker"] = "several";
        talk.host.people = {{"41", "आशा देवी"}, {"42", "मीरा साह"}, {"43", "गीता देवी"}};
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        EXPECT_EQ(talk.writes(row.said),
                  row.chosen.empty() ? "sorry who_speaks" : "[set_speaker] offer_readback")
            << row.said;
        EXPECT_EQ(talk.state.values["speaker"], row.chosen) << row.said;
    }
}

TEST(DialogueAnswer, ABareNumberIsAnAmountUnlessSheSeesTheNumbersOfTheChoices) {
    for (const bool shows_numbers : {false, true}) {
        Talk talk;
        talk.state = asked_about_order(shipped(), talk.state, 512, {talk.now});
        talk.host.outcomes["order_amount"] = "part";
        EXPECT_EQ(
            talk.turn(
                {.text = "2", .meaning = bare(Answer::kNumber, 2), .shows_numbers = shows_numbers}),
            shows_numbers ? "[answer_order no]" : "[order_amount] order_part_readback");
    }
    Talk talk;
    talk.state = asked_about_order(shipped(), talk.state, 512, {talk.now});
    talk.host.outcomes["order_amount"] = "part";
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 4)), "[order_amount] order_part_readback");
    talk.host.outcomes["order_amount"] = "more";
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 15)), "[order_amount] order_more_readback");
    EXPECT_EQ(talk.says(bare(Answer::kYes)), "[answer_order yes]");
}

TEST(DialogueAnswer, SignsAnswerAndThanksAreNoAnswer) {
    Talk talk;
    EXPECT_EQ(talk.writes("🙏"), "thanks");
    EXPECT_EQ(talk.writes("🙏🏽 ❤️"), "thanks");
    EXPECT_EQ(talk.writes("👍"), "thanks");
    EXPECT_EQ(talk.state.misunderstood, 0);
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.writes("😀"), "thanks");
    EXPECT_EQ(talk.writes("👎"), "what_is_wrong");
    EXPECT_EQ(talk.writes("पीछे जाओ"), "offer_readback");
    EXPECT_EQ(talk.writes("👍🏾"), "[add_offers] offer_added");
    EXPECT_EQ(talk.writes("?!"), "not_understood");
    Talk stranger;
    stranger.is_known = false;
    EXPECT_EQ(stranger.writes("🙏"), "[may_register] [note_products] join_hello join_name");
    EXPECT_EQ(stranger.writes("🙏"), "join_name");
    EXPECT_EQ(stranger.writes("🙏"), "join_name");
}

TEST(DialogueAnswer, LeaveBackAndAgainAreAboutTheQuestion) {
    for (const std::string said :
         {"रहने दो", "छोड़ो", "rehne do", "Chhodo!", "छोड़ दीजिए", "cancel"}) {
        Talk talk;
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        EXPECT_EQ(talk.writes(said), "left") << said;
        EXPECT_TRUE(talk.state.dialogue.empty());
        EXPECT_EQ(talk.state.misunderstood, 0);
    }
    for (const std::string said : {"फिर से", "दुबारा", "phir se"}) {
        Talk talk;
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        EXPECT_EQ(talk.writes(said), "offer_readback") << said;
        EXPECT_EQ(talk.state.misunderstood, 0);
    }
    for (const std::string said : {"वापस जाओ", "पीछे जाओ", "wapas", "Back"}) {
        Talk talk;
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        (void)talk.says(bare(Answer::kNo));
        EXPECT_EQ(talk.writes(said), "offer_readback") << said;
        EXPECT_EQ(talk.writes(said), "left") << said;  // before the first question is none
    }
}

TEST(DialogueAnswer, AnAnswerThatIsRefusedCountsAsNotUnderstood) {
    Talk talk;
    talk.is_known = false;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    talk.host.outcomes["take_name"] = "bad";
    EXPECT_EQ(talk.writes("20 किलो"), "[take_name] join_name_again");
    EXPECT_EQ(talk.writes("नहीं"), "[take_name] [ask_officer] join_officer");
    Talk order;
    order.state = asked_about_order(shipped(), order.state, 512, {order.now});
    order.host.outcomes["order_amount"] = "unclear";
    const Understanding litres = offer_of("", 5, 0);
    EXPECT_EQ(order.says(litres), "[order_amount] order_amount_again");
    EXPECT_EQ(order.says(litres), "[order_amount] [ask_person not_understood] person_will_answer");
}

TEST(DialogueAnswer, AnAmountWithoutGoodsCorrectsTheOnlyGoodsOrIsAskedAbout) {
    Talk talk;
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    Understanding amount = offer_of("", 25, 0);
    amount.intent = Intent::kOther;
    EXPECT_EQ(talk.says(amount), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].quantity.value, 25'000);
    // A number may be either.
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 30)), "number_which");
    EXPECT_EQ(talk.presses("offer.quantity:7"), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].quantity.value, 30'000);
    EXPECT_EQ(talk.says(bare(Answer::kNo)), "what_is_wrong");
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 200)), "number_which");
    EXPECT_EQ(talk.writes("भाव"), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].price->value, 20'000);
    // ₹ says which.
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 210), "₹210"), "offer_readback");
    EXPECT_EQ(talk.state.goods[0].price->value, 21'000);
    EXPECT_FALSE(talk.state.values.contains("number"));
    // Of several goods she must say which.
    Understanding two = offer_of("pickle_mango", 20, 180);
    two.items.push_back(offer_of("makhana", 5, 500).items[0]);
    Talk several;
    (void)several.says(two);
    EXPECT_EQ(several.says(amount), "which_goods");
    EXPECT_EQ(several.says(amount), "sorry which_goods");
    Understanding named = offer_of("makhana", 25, 0);
    named.intent = Intent::kOther;
    EXPECT_EQ(several.says(named), "offer_readback");
    EXPECT_EQ(several.state.goods[1].quantity.value, 25'000);
}

}  // namespace
}  // namespace haat::messaging
