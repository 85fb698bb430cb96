// Days, references and places. Today is Wednesday, 2026-11-25.
#include <gtest/gtest.h>

#include "fixture.hpp"

namespace haat::language {
namespace {

struct Row {
    const char* text;
    const char* dates;
};

class Dates : public testing::TestWithParam<Row> {};

TEST_P(Dates, FollowTheScheme) {
    EXPECT_EQ(dates_of(read(GetParam().text)), GetParam().dates) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, Dates,
    testing::Values(
        Row{"besan 20 kg hai", "-..-"}, Row{"besan 20 kg abhi taiyar hai", "-..-"},
        Row{"आज 20 किलो बेसन है", "2026-11-25..-"}, Row{"कल 20 किलो बेसन मिलेगा", "2026-11-26..-"},
        Row{"कल 20 किलो बेसन भेज दिया", "2026-11-24..-"}, Row{"परसों 20 किलो बेसन देंगे", "2026-11-27..-"},
        Row{"parso 20 kilo besan bhej diya tha", "2026-11-23..-"},
        Row{"बिहान 20 किलो बेसन देब", "2026-11-26..-"}, Row{"नरसों 20 किलो बेसन देंगे", "2026-11-28..-"},
        Row{"besan 20 kg shukrawar ko milega", "2026-11-27..-"},
        Row{"besan 20 kg budhwar ko milega", "2026-12-02..-"},
        Row{"besan 20 kg somwar ko bhej diya", "2026-11-23..-"},
        Row{"besan 20 kg shanivar tak dunga", "-..2026-11-28"},
        Row{"besan 20 kg agle somwar milega", "2026-11-30..-"},
        Row{"besan 20 kg agle shukrawar ko milega", "2026-12-04..-"},
        Row{"besan 20 kg agle hafte milega", "2026-11-30..-"},
        Row{"besan 20 kg agle mahine milega", "2026-12-01..-"},
        Row{"besan 20 kg mahine ke ant tak milega", "-..2026-11-30"},
        Row{"besan 20 kg 28 tarikh se milega", "2026-11-28..-"},
        Row{"besan 20 kg 10 tarikh tak milega", "-..2026-12-10"},
        Row{"besan 20 kg 5 december tak", "-..2026-12-05"},
        Row{"besan 20 kg by 28th", "-..2026-11-28"},
        Row{"besan 20 kg available from 1 Dec", "2026-12-01..-"},
        Row{"besan 20 kg 12/12 tak", "-..2026-12-12"},
        Row{"besan 20 kg 12-12-2026 se milega", "2026-12-12..-"},
        Row{"besan 20 kg 3 din me milega", "2026-11-28..-"},
        Row{"besan 20 kg 3 din ke andar le jaiye", "-..2026-11-28"},
        Row{"besan 20 kg do hafte baad milega", "2026-12-09..-"},
        Row{"15 दिन पहले 20 किलो बेसन दिया था, पैसा नहीं मिला", "2026-11-10..-"},
        Row{"3 दिन से गाड़ी नहीं आई", "2026-11-22..-"},
        Row{"besan 20 kg christmas tak", "-..2026-12-25"},
        Row{"besan 20 kg christmas se pehle", "-..2026-12-24"},
        Row{"besan 20 kg makar sankranti ke baad", "2027-01-16..-"},
        Row{"छठ का माल 20 किलो ठेकुआ है", "-..-"}, Row{"रोज 20 लीटर दूध मिलेगा", "-..-"},
        Row{"besan ka rate kal kya tha", "-..-"}));

struct SlotRow {
    const char* text;
    const char* reference;
    const char* place;
};

class Slots : public testing::TestWithParam<SlotRow> {};

TEST_P(Slots, ReferencesAndPlaces) {
    const Understanding meaning = read(GetParam().text);
    EXPECT_EQ(meaning.order_ref, GetParam().reference) << GetParam().text;
    EXPECT_EQ(meaning.place, GetParam().place) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, Slots,
    testing::Values(
        SlotRow{"ऑर्डर ४०९६ मंजूर है", "4096", ""}, SlotRow{"order no. 4410 confirmed", "4410", ""},
        SlotRow{"order #4410 cancel", "4410", ""}, SlotRow{"order ht-204 accept hai", "HT-204", ""},
        SlotRow{"order PK-7 bhej diya", "PK-7", ""}, SlotRow{"order rs-500 ka accept", "", ""},
        SlotRow{"3309 वाला ऑर्डर रद्द कर दीजिए", "3309", ""},
        SlotRow{"ऑर्डर नंबर 4521 का पैसा नहीं मिला", "4521", ""},
        SlotRow{"order 4521 pura hua, ab 6 kilo besan aur hai", "", ""},
        SlotRow{"order 50 kg besan accept hai", "", ""},
        SlotRow{"गया में 20 किलो तिलकुट है", "", "gaya"}, SlotRow{"tilkut sab bik gaya", "", ""},
        SlotRow{"पटना में आलू का क्या भाव है", "", "patna"}, SlotRow{"मधुबनी पेंटिंग 4 पीस है", "", ""},
        SlotRow{"भागलपुरी सिल्क साड़ी 4 पीस है", "", ""},
        SlotRow{"मुजफ्फरपुर से 20 किलो लीची है", "", "muzaffarpur"},
        SlotRow{"पटना में आज बहुत बारिश है", "", ""}));

}  // namespace
}  // namespace haat::language
