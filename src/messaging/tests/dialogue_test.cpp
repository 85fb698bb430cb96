#include "messaging/dialogue.hpp"

#include <gtest/gtest.h>

namespace haat::messaging {
namespace {

using language::Answer;
using language::Intent;
using language::Item;
using language::Understanding;

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
DialogueInput said(Understanding meaning, std::int64_t token = 7) {
    return {.token = token, .text = "her words", .meaning = std::move(meaning), .is_known = true};
}
DialogueInput pressed(const std::string& id) {
    return {.token = 9, .button_id = id, .meaning = intent(Intent::kOther), .is_known = true};
}

/// "reply messages.offer_readback" and so on, one word an action.
std::string summary(const DialogueStep& step) {
    std::string text;
    for (const Action& action : step.actions) {
        constexpr std::string_view kNames[] = {"",         "add ",    "order ", "withdraw ",
                                               "opt_out ", "opt_in ", "person ", "demands ",
                                               "price ",   "orders "};
        text += kNames[static_cast<std::size_t>(action.kind)];
        if (action.kind == ActionKind::kReply) {
            text += action.text_key.substr(action.text_key.find('.') + 1) + " ";
        } else if (action.kind == ActionKind::kAnswerOrder) {
            text += std::to_string(action.order_line) + (action.yes ? "+ " : "- ");
        }
    }
    return text;
}

DialogueState after(const DialogueState& state, const DialogueInput& input) {
    return step(state, input).state;
}

TEST(Dialogue, ReadsBackAndAddsOnlyWithHerYes) {
    const DialogueStep read_back = step({}, said(offer_of("pickle_mango", 20, 180)));
    EXPECT_EQ(summary(read_back), "offer_readback ");
    EXPECT_EQ(read_back.state.waiting, Waiting::kConfirmOffer);
    ASSERT_EQ(read_back.actions[0].buttons.size(), 2U);
    for (const DialogueInput& yes : {pressed("confirm_yes:7"), said(bare(Answer::kYes)),
                                     said(bare(Answer::kNumber, 1))}) {
        const DialogueStep added = step(read_back.state, yes);
        EXPECT_EQ(summary(added), "add offer_added ");
        EXPECT_EQ(added.actions[0].said, "her words");
        ASSERT_EQ(added.actions[0].offers.size(), 1U);
        EXPECT_EQ(added.actions[0].offers[0].quantity.value, 20'000);
        EXPECT_EQ(added.actions[0].offers[0].price->value, 18'000);
        EXPECT_EQ(added.state.waiting, Waiting::kNothing);
        // The same button once more adds nothing.
        EXPECT_EQ(summary(step(added.state, pressed("confirm_yes:7"))), "old_question ");
    }
    EXPECT_EQ(summary(step(read_back.state, pressed("confirm_no:7"))), "offer_again ");
    EXPECT_EQ(summary(step(read_back.state, pressed("confirm_yes:6"))), "old_question ");
}

TEST(Dialogue, AsksForWhatIsMissingOneThingAtATime) {
    DialogueStep asked = step({}, said(offer_of("pickle_mango", 0, 0)));
    EXPECT_EQ(summary(asked), "ask_quantity ");
    asked = step(asked.state, said(bare(Answer::kNumber, 20)));
    EXPECT_EQ(summary(asked), "ask_price ");
    asked = step(asked.state, said(offer_of("", 0, 180)));
    EXPECT_EQ(summary(asked), "offer_readback ");
    EXPECT_EQ(asked.state.offers[0].quantity.value, 20'000);
    // A correction is read back again before it counts.
    asked = step(asked.state, said(offer_of("", 22, 0), 8));
    EXPECT_EQ(summary(asked), "offer_readback ");
    EXPECT_EQ(asked.state.offers[0].quantity.value, 22'000);
    EXPECT_EQ(asked.state.token, 8);
    // Other goods begin anew.
    EXPECT_EQ(after(asked.state, said(offer_of("makhana", 5, 500))).offers[0].product_key,
              "makhana");
}

TEST(Dialogue, LumpSumsAndDozensBecomeAPricePerUnit) {
    Understanding lump = offer_of("pickle_mango", 20, 3'600);
    lump.items[0].price_unit = "lot";
    EXPECT_EQ(after({}, said(lump)).offers[0].price->value, 18'000);
    Understanding eggs = offer_of("egg", 5, 7);
    eggs.items[0].unit = "dozen";
    eggs.items[0].price_unit = "piece";
    EXPECT_EQ(after({}, said(eggs)).offers[0].price->value, 8'400);
}

TEST(Dialogue, StopWorksInAnyState) {
    DialogueState waiting = after({}, said(offer_of("pickle_mango", 20, 180)));
    for (const DialogueState& state : {DialogueState{}, waiting, asked_about_order(waiting, 5)}) {
        EXPECT_EQ(summary(step(state, said(intent(Intent::kOptOut)))), "opt_out opted_out ");
        EXPECT_EQ(summary(step(state, pressed("broadcast_stop:0"))), "opt_out opted_out ");
    }
}

TEST(Dialogue, AnOrderIsAnsweredByItsButtonWhateverElseIsAsked) {
    const DialogueState offering = after({}, said(offer_of("pickle_mango", 20, 180)));
    const DialogueState both = asked_about_order(offering, 512);
    const DialogueStep answered = step(both, pressed("order_yes:512"));
    EXPECT_EQ(summary(answered), "order 512+ ");
    EXPECT_EQ(answered.state.waiting, Waiting::kConfirmOffer);
    // A bare yes means what was asked alone.
    EXPECT_EQ(summary(step(asked_about_order({}, 512), said(bare(Answer::kYes)))), "order 512+ ");
    EXPECT_EQ(summary(step(asked_about_order({}, 512), said(bare(Answer::kNo)))), "order 512- ");
    EXPECT_EQ(summary(step(asked_about_order({}, 512), said(intent(Intent::kDeclineOrder)))),
              "order 512- ");
    EXPECT_EQ(summary(step({}, said(intent(Intent::kAcceptOrder)))), "orders ");
}

TEST(Dialogue, HandsOverAfterTwoTriesAndForWhatOnlyPeopleCanAnswer) {
    DialogueStep lost = step({}, said(intent(Intent::kOther)));
    EXPECT_EQ(summary(lost), "not_understood ");
    lost = step(lost.state, said(intent(Intent::kOther)));
    EXPECT_EQ(summary(lost), "person person_will_answer ");
    EXPECT_EQ(lost.state.misunderstood, 0);
    EXPECT_EQ(summary(step({}, said(intent(Intent::kReportPaymentProblem)))),
              "person person_will_call ");
    DialogueInput voice = said(intent(Intent::kOther));
    voice.is_media = true;
    EXPECT_EQ(summary(step({}, voice)), "person voice_received ");
    DialogueInput stranger = said(offer_of("pickle_mango", 20, 180));
    stranger.is_known = false;
    EXPECT_EQ(summary(step({}, stranger)), "person register_first ");
}

TEST(Dialogue, StateComesBackAsItWasKept) {
    DialogueState state = after({}, said(offer_of("pickle_mango", 20, 180)));
    state = asked_about_order(state, 33);
    const DialogueState back = dialogue_state_from_json(to_json(state));
    EXPECT_EQ(to_json(back), to_json(state));
    EXPECT_EQ(back.said, "her words");
    EXPECT_EQ(dialogue_state_from_json("{not json").waiting, Waiting::kNothing);
    EXPECT_EQ(dialogue_state_from_json(R"({"waiting":99})").waiting, Waiting::kNothing);
}

}  // namespace
}  // namespace haat::messaging
