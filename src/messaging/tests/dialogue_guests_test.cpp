/// A dialogue from within which others are begun, and that goes on when they are over: the
/// mobiliser's for her group.
#include "dialogue_fixture.hpp"

namespace haat::messaging {
namespace {

/// She has chosen Gita and is asked what there is to say.
Talk with_gita() {
    Talk talk;
    talk.host.people = {{"502", "गीता"}, {"504", "मीरा"}};
    talk.host.outcomes["speak_for"] = "none";
    EXPECT_EQ(talk.writes("समूह"), "[is_mobiliser] group_members");
    EXPECT_EQ(talk.writes("गीता"), "[speak_for] group_what");
    return talk;
}

TEST(DialogueGuests, WhatSheBeginsGoesOnBehindItWithItsValues) {
    Talk talk = with_gita();
    EXPECT_EQ(talk.says(offer_of("pickle_mango", 20, 180)), "[find_speaker] offer_readback");
    EXPECT_EQ(talk.state.dialogue, "offer");
    EXPECT_EQ(value_in(talk.state, "member"), "502");
    EXPECT_EQ(value_in(talk.state, "nothing"), "");
    EXPECT_EQ(talk.says(bare(Answer::kYes)),
              "[add_offers] offer_added [speak_for] group_anything_else");
    EXPECT_EQ(talk.state.values["member"], "502");
    EXPECT_FALSE(talk.state.host.has_value());
    // What asks nothing comes back at once; "no" goes on to the next.
    EXPECT_EQ(talk.says({.intent = Intent::kReportPaymentProblem}),
              "[open_ticket 72 payment] ticket_opened [speak_for] group_anything_else");
    EXPECT_EQ(talk.says(bare(Answer::kNo)), "[next_member] [speak_for] group_what");
}

TEST(DialogueGuests, AnAsideWithinAGuestKeepsItsQuestion) {
    Talk talk = with_gita();
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.says({.intent = Intent::kAskPrice}), "[show_price] price_lines");
    EXPECT_EQ(talk.state.step, "confirm");
    // Another guest takes its place, and is over for both.
    talk.host.outcomes["find_withdrawal"] = "ask";
    EXPECT_EQ(talk.says({.intent = Intent::kWithdrawStock}), "[find_withdrawal] withdraw_ask");
    EXPECT_EQ(talk.says(bare(Answer::kYes)),
              "[withdraw_offers] withdrawn [speak_for] group_anything_else");
}

TEST(DialogueGuests, LeavingAGuestGoesBackAndLeavingTheHostEndsIt) {
    Talk talk = with_gita();
    (void)talk.says(offer_of("pickle_mango", 20, 180));
    EXPECT_EQ(talk.writes("रहने दो"), "left [speak_for] group_anything_else");
    EXPECT_EQ(talk.writes("रहने दो"), "left");
    EXPECT_TRUE(talk.state.dialogue.empty());
}

TEST(DialogueGuests, NothingOfTheHostOutlivesIt) {
    for (const std::string ends : {"not understood", "too late", "stop", "button of haat's own"}) {
        Talk talk = with_gita();
        (void)talk.says(offer_of("pickle_mango", 20, 180));
        if (ends == "not understood") {
            (void)talk.writes("xyz");
            EXPECT_EQ(talk.writes("xyz"), "[ask_person not_understood] person_will_answer") << ends;
        } else if (ends == "too late") {
            talk.now += 73 * 3'600;
            EXPECT_EQ(talk.says(bare(Answer::kYes)), "not_understood");
        } else if (ends == "stop") {
            (void)talk.says({.intent = Intent::kOptOut});
        } else {
            (void)talk.presses("order_yes:512");
            EXPECT_EQ(talk.state.about["order_line"], 512);
        }
        EXPECT_TRUE(value_in(talk.state, "member").empty()) << ends;
        EXPECT_FALSE(talk.state.host.has_value()) << ends;
    }
    // At the host's own question too.
    Talk talk = with_gita();
    (void)talk.presses("order_yes:512");
    EXPECT_TRUE(talk.state.dialogue.empty());
}

TEST(DialogueGuests, AStepBeginsAnotherDialogue) {
    Talk talk = with_gita();
    talk.host.outcomes["speak_for"] = "order";
    EXPECT_EQ(talk.writes("समूह"), "[is_mobiliser] group_members");
    EXPECT_EQ(talk.writes("गीता"), "[speak_for] group_what_order");
    EXPECT_EQ(talk.writes("1"), "sorry group_what_order");  // a bare number is no answer as text
    EXPECT_EQ(talk.says(bare(Answer::kNumber, 1)), "[find_order] order_again");
    talk.host.outcomes["answer_order"] = "for_member";
    talk.host.outcomes["speak_for"] = "none";
    EXPECT_EQ(talk.says(bare(Answer::kYes)),
              "[answer_order yes] group_order_answered [speak_for] group_anything_else");
}

TEST(DialogueGuests, ACircleOfDialoguesThatAskNothingEnds) {
    DialogueBooks books;
    books.publish(std::make_shared<const DialogueBook>(
        book_of({{"a.json", R"({"dialogue":"a","starts":{"words":["go"]},"first":"one",
                     "steps":{"one":{"begin":"b","next":"one"}}})"},
                 {"b.json", R"({"dialogue":"b","first":"one",
                     "steps":{"one":{"say":"messages.x","next":"two"},
                              "two":{"begin":"a"}}})"}})
            .value()));
    Talk talk{.books = books};
    EXPECT_NE(talk.writes("go").find("x x x"), std::string::npos);
    EXPECT_TRUE(talk.state.dialogue.empty());
}

}  // namespace
}  // namespace haat::messaging
