// Which intent wins, in all languages; and the bare answers of a dialogue.
#include <gtest/gtest.h>

#include "fixture.hpp"

namespace haat::language {
namespace {

struct Row {
    const char* intent;
    const char* text;
};

class Intents : public testing::TestWithParam<Row> {};

TEST_P(Intents, AreChosenByTheScheme) {
    EXPECT_EQ(intent_name(read(GetParam().text).intent), GetParam().intent) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Goods, Intents,
    testing::Values(
        Row{"offer_stock", "नमस्ते दीदी, 20 किलो बेसन है"},
        Row{"offer_stock", "besan 20 kg bechna hai, kya rate milega"},
        Row{"offer_stock", "8 kilo besan bacha hai"},
        Row{"offer_stock", "बेसन तैयार है किसी को चाहिए तो बताइए"},
        Row{"offer_stock", "हमरा लगे बेसन बा, ले जाईं"}, Row{"offer_stock", "हमरा लग बेसन अछि 20 किलो"},
        Row{"withdraw_stock", "बेसन सब बिक गया"}, Row{"withdraw_stock", "besan khatam"},
        Row{"withdraw_stock", "besan list se hata do"}, Row{"withdraw_stock", "बेसन ओरा गइल"},
        Row{"withdraw_stock", "बेसन बिका गेल"}, Row{"withdraw_stock", "6 kilo besan bik gaya"},
        Row{"request_stock", "हमें 50 किलो बेसन चाहिए"},
        Row{"request_stock", "need 50 kg besan in Patna"},
        Row{"request_stock", "हमरा 5 किलो बेसन चाहीं"},
        Row{"request_stock", "mujhe besan kharidna hai"}, Row{"ask_price", "besan ka kya rate hai"},
        Row{"ask_price", "बेसन के का भाव बा"}, Row{"ask_price", "10 किलो बेसन बेचूं तो कितना मिलेगा"},
        Row{"ask_price", "price of besan?"}, Row{"ask_price", "बेसनक की भाव छै"},
        Row{"ask_demand", "besan kaun kharidega"}, Row{"ask_demand", "बेसन की मांग कहाँ है"},
        Row{"ask_demand", "is there any buyer for besan?"}));

INSTANTIATE_TEST_SUITE_P(
    OrdersAndReports, Intents,
    testing::Values(Row{"accept_order", "order 4521 manjoor hai"},
                    Row{"accept_order", "हाँ ऑर्डर 4521 हम दे देंगे"},
                    Row{"accept_order", "ok for order 4521"},
                    Row{"decline_order", "ऑर्डर 4521 नहीं दे पाएंगे"},
                    Row{"decline_order", "order 4521 cancel kar do"},
                    Row{"decline_order", "cannot supply order 4521"},
                    Row{"decline_order", "ऑर्डर 4521 ना हो पाई"},
                    Row{"report_dispatch", "order 4521 ka maal bhej diya"},
                    Row{"report_dispatch", "goods for order 4521 dispatched today"},
                    Row{"report_dispatch", "20 किलो बेसन गाड़ी पर चढ़ा दिया"},
                    Row{"report_dispatch", "20 किलो बेसन पठा देलौं"},
                    Row{"report_pickup_problem", "गाड़ी अभी तक नहीं आई"},
                    Row{"report_pickup_problem", "maal lene koi nahi aaya"},
                    Row{"report_pickup_problem", "driver did not come"},
                    Row{"report_pickup_problem", "गाड़ी नहि आयल"},
                    Row{"report_payment_problem", "besan ka paisa nahi mila"},
                    Row{"report_payment_problem", "Payment for 40 kg besan is short by Rs 600"},
                    Row{"report_payment_problem", "40 किलो बेसन का 600 रुपये कम आया"},
                    Row{"offer_stock", "बेसन 40 किलो, 600 रु कम में दे देंगे"},
                    Row{"other", "माफ करना गलती से आपको फोन लग गया"},
                    Row{"report_payment_problem", "भुगतान गलत खाते में चला गया"},
                    Row{"report_payment_problem", "payment not received for order 4521"},
                    Row{"report_payment_problem", "पइसा ना मिलल"},
                    Row{"report_quality_problem", "बेसन में कीड़ा है"},
                    Row{"report_quality_problem", "5 bottle tuti hui mili"},
                    Row{"report_quality_problem", "weight 2 kg less in besan"}));

INSTANTIATE_TEST_SUITE_P(
    Office, Intents,
    testing::Values(
        Row{"ask_scheme", "मनरेगा का पैसा नहीं आया"}, Row{"ask_scheme", "loan kaise milega"},
        Row{"ask_scheme", "पेंशन कब आएगी"}, Row{"ask_scheme", "आवास योजना में नाम कैसे जुड़ेगा"},
        Row{"register", "मुझे जीविका समूह से जुड़ना है"}, Row{"register", "please register my group"},
        Row{"opt_out", "STOP"}, Row{"opt_out", "मैसेज बंद करो"}, Row{"opt_out", "msg mat bhejo"},
        Row{"opt_in", "START"}, Row{"opt_in", "मैसेज फिर से चालू करो"}, Row{"help", "help"},
        Row{"help", "मदद चाहिए"}, Row{"help", "इसमें कैसे लिखें"},
        Row{"help", "kisi aadmi se baat karni hai"}, Row{"greeting", "नमस्ते"},
        Row{"greeting", "धन्यवाद दीदी"}, Row{"greeting", "happy holi"}, Row{"other", "हाँ"},
        Row{"other", "ok"}, Row{"other", "👍"}, Row{"other", ""},
        Row{"other", "aaj bahut garmi hai"}, Row{"other", "is link par click karo 5000 jeeto"}));

struct AnswerRow {
    const char* text;
    Answer answer;
    int number;
};

class Answers : public testing::TestWithParam<AnswerRow> {};

TEST_P(Answers, AreReadAlone) {
    const Understanding meaning = read(GetParam().text);
    EXPECT_EQ(meaning.answer, GetParam().answer) << GetParam().text;
    EXPECT_EQ(meaning.answer_number, GetParam().number) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, Answers,
    testing::Values(AnswerRow{"हाँ", Answer::kYes, 0}, AnswerRow{"haan ji", Answer::kYes, 0},
                    AnswerRow{"जी हां दीदी", Answer::kYes, 0}, AnswerRow{"ok", Answer::kYes, 0},
                    AnswerRow{"ठीक है", Answer::kYes, 0}, AnswerRow{"YES!", Answer::kYes, 0},
                    AnswerRow{"सही बा", Answer::kYes, 0}, AnswerRow{"nahi", Answer::kNo, 0},
                    AnswerRow{"नहीं जी", Answer::kNo, 0}, AnswerRow{"no", Answer::kNo, 0},
                    AnswerRow{"नहि", Answer::kNo, 0}, AnswerRow{"2", Answer::kNumber, 2},
                    AnswerRow{"२", Answer::kNumber, 2}, AnswerRow{"दो", Answer::kNumber, 2},
                    AnswerRow{"do", Answer::kNumber, 2}, AnswerRow{"teen", Answer::kNumber, 3},
                    AnswerRow{"number 4", Answer::kNumber, 4},
                    AnswerRow{"20 kilo besan", Answer::kNone, 0},
                    AnswerRow{"हाँ 20 किलो बेसन है", Answer::kNone, 0},
                    AnswerRow{"नमस्ते", Answer::kNone, 0}, AnswerRow{"", Answer::kNone, 0}));

}  // namespace
}  // namespace haat::language
