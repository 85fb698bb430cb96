/// What she has on the market: shown, lowered, taken off, changed.
#include <gtest/gtest.h>

#include "answer_fixture.hpp"
#include "flows/settle_tickets.hpp"

namespace haat::flows {
namespace {

constexpr const char* kMoreGoods = R"sql(
UPDATE product SET units = 'kg;bottle' WHERE product_id = 1;
INSERT INTO product (product_id, key, name_hi, name_en, variants, units, unit_default, category,
    made_by, shelf_life_days, hs_code, hs_note)
VALUES (11, 'pickle_mixed', 'मिक्स अचार', 'Mixed pickle', 'मिश्रित अचार;अचार;achar', 'kg', 'kg',
        'pickle', 'jeevika', 365, '', ''),
    (12, 'pickle_lemon', 'नींबू अचार', 'Lemon pickle', '', 'kg', 'kg', 'pickle', 'jeevika', 365,
        '', ''),
    (13, 'papad', 'पापड़', 'Papad', '', 'packet;kg', 'packet', 'snack', 'jeevika', 90, '', ''),
    (14, 'goat', 'बकरी', 'Goat', '', 'head', 'head', 'livestock', 'farmer', NULL, '', '');
)sql";

class HerGoods : public Answers {
 protected:
    void SetUp() override {
        Answers::SetUp();
        write([&](storage::Transaction& tx) { tx.execute_script(kMoreGoods); });
    }

    void reports(const std::string& text) {
        talk(kSitasPhone, {{text, "सही है?"}, {"हाँ", "बाज़ार में लग गया"}});
    }
    /// What is left, of open offers, the newest first.
    std::vector<std::int64_t> left() {
        std::vector<std::int64_t> milli;
        for (const market::Offer& offer : offers()) {
            if (offer.state == market::OfferState::kOpen) {
                milli.push_back(offer.remaining.value);
            }
        }
        return milli;
    }
    using Left = std::vector<std::int64_t>;
};

HAAT_BOTH_ENGINES(HerGoods);

TEST_P(HerGoods, WithdrawingAsksFirstAndSaysWhatGoes) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"आम का अचार बिक गया", "हटा दूँ?\n• 20 किलो आम अचार, ₹180 प्रति किलो"},
                       {"नहीं", "लगा रहेगा"}});
    EXPECT_EQ(left(), Left{20'000});
    talk(kSitasPhone, {{"मेरा माल हटा दो", "20 किलो आम अचार"}, {"#1", "हटा दिया:\n• 20 किलो"}});
    EXPECT_EQ(left(), Left{});
    talk(kSitasPhone, {{"आम का अचार बिक गया", "ऐसा कोई माल नहीं"}});
}

TEST_P(HerGoods, OfAPartOnlySoMuchLessIsThere) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"5 किलो आम का अचार बिक गया", "बचा है:\n• 15 किलो आम अचार"}});
    EXPECT_EQ(left(), Left{15'000});
    talk(kSitasPhone, {{"5 किलो बिक गया", "• 10 किलो आम अचार"}});
    EXPECT_EQ(left(), Left{10'000});
    // Nothing stays: asked before.
    talk(kSitasPhone, {{"10 किलो आम का अचार बिक गया", "हटा दूँ?"}, {"हाँ", "हटा दिया"}});
    EXPECT_EQ(left(), Left{});
}

TEST_P(HerGoods, OfSeveralSheChoosesOrAllGo) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    reports("10 किलो नींबू का अचार 150 रुपये किलो");
    reports("5 पैकेट पापड़ 60 रुपये पैकेट");
    talk(kSitasPhone, {{"मेरा अचार बिक गया", "कौन-सा?"}, {"#1", "हटा दिया:\n• 10 किलो नींबू"}});
    EXPECT_EQ(left(), (Left{5'000, 20'000}));
    talk(kSitasPhone, {{"3 पैकेट बिक गया", "कौन-सा?"}, {"#1", "• 2 पैकेट पापड़"}});
    EXPECT_EQ(left(), (Left{2'000, 20'000}));
    talk(kSitasPhone, {{"मेरा माल हटा दो", "कौन-सा?"}, {"#3", "हटा दिया"}});
    EXPECT_EQ(left(), Left{});
}

TEST_P(HerGoods, AGenericWordMeansHerOwnGoodsOfThatKind) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"मिक्स अचार बिक गया", "ऐसा कोई माल नहीं"},
                       {"नींबू का अचार बिक गया", "ऐसा कोई माल नहीं"},
                       {"mera achar bik gaya", "20 किलो आम अचार"},
                       {"हाँ", "हटा दिया"}});
    EXPECT_EQ(left(), Left{});
}

TEST_P(HerGoods, ACorrectionOfWhatWaitsDropsNoQuestion) {
    talk(kSitasPhone, {{"10 पैकेट पापड़ 60 रुपये पैकेट", "सही है?"},
                       {"#2", "क्या"},
                       {"papad nahi badi hai", ""},
                       {"12 पैकेट पापड़", "12 पैकेट पापड़"},
                       {"हाँ", "लग गया"}});
    EXPECT_EQ(left(), Left{12'000});
}

TEST_P(HerGoods, AreShownWithTheirLastDay) {
    talk(kSitasPhone, {{"मेरा माल दिखाओ", "कोई माल बाज़ार में नहीं"}});
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"मेरे पास क्या लगा है?", "20 किलो आम अचार, ₹180 प्रति किलो (02/12/2026 तक)"},
                       {"mera maal dikhao", "20 किलो आम अचार"}});
}

TEST_P(HerGoods, ASlipIsMendedWithinADay) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"नहीं, 25 किलो", "अब: 25 किलो आम अचार, ₹180"}, {"हाँ", "बदल दिया"}});
    talk(kSitasPhone, {{"भाव 190 कर दो", "अब: 25 किलो आम अचार, ₹190"}, {"हाँ", "बदल दिया"}});
    talk(kSitasPhone, {{"गलत लिखा, दाम 200 है", "अब: 25 किलो आम अचार, ₹200"}, {"#1", "बदल दिया"}});
    talk(kSitasPhone, {{"आम का अचार 30 किलो", "अब: 30 किलो आम अचार, ₹200"}, {"#2", "कितना है"}});
    const auto all = offers();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].remaining, Milli{25'000});
    EXPECT_EQ(all[0].price_per_unit, Paise{20'000});
    EXPECT_EQ(all[0].said, "25 किलो आम अचार, ₹200 प्रति किलो");
    // After a day it is no slip any more.
    clock().advance_seconds(2 * kDay);
    (void)from(kSitasPhone, "शुरू से");
    talk(kSitasPhone, {{"नहीं, 30 किलो", "समझ नहीं आया"}});
}

TEST_P(HerGoods, TheSameGoodsAgainAreMoreOrTheSame) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone, {{"25 किलो आम का अचार 170 रुपये किलो", "सही है?"},
                       {"हाँ", "पहले से है:\n• 20 किलो आम अचार"},
                       {"#2", "लग गया"}});
    EXPECT_EQ(left(), Left{25'000});
    EXPECT_EQ(offers()[0].price_per_unit, Paise{17'000});
    talk(kSitasPhone,
         {{"10 किलो आम का अचार 170 रुपये किलो", "सही है?"}, {"हाँ", "पहले से है"}, {"#1", "लग गया"}});
    EXPECT_EQ(left(), (Left{10'000, 25'000}));
}

TEST_P(HerGoods, WhatCanHardlyBeMeantIsAskedOnce) {
    talk(kSitasPhone, {{"20 किलो आम का अचार 1 रुपये किलो", "सही है?"},
                       {"हाँ", "एक बार और देख लीजिए:\n• 20 किलो आम अचार, ₹1 प्रति किलो"},
                       {"हाँ", "लग गया"}});
    talk("+919812300003", {{"100000 kg mango pickle 180 rupees kg", "right?"},
                           {"yes", "look once more"},
                           {"no", ""},
                           {"20 kg mango pickle", "20 kg"},
                           {"yes", "on the market"}});
    EXPECT_EQ(left(), (Left{20'000, 20'000}));
}

TEST_P(HerGoods, UnitsThatTheGoodsAreSoldIn) {
    reports("10 किलो पापड़ 120 रुपये किलो");
    reports("बकरी 1 है 5000");
    reports("2 क्विंटल आम का अचार 18000 रुपये क्विंटल");
    const auto all = offers();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].unit, "kg");  // papad in its second unit
    EXPECT_EQ(all[1].unit, "head");
    EXPECT_EQ(all[1].price_per_unit, Paise{500'000});
    EXPECT_EQ(all[0].quantity, Milli{200'000});
    EXPECT_EQ(all[0].price_per_unit, Paise{18'000});
}

TEST_P(HerGoods, OfTwoGoodsSheHearsWhichWasListed) {
    talk(kSitasPhone, {{"20 किलो आम का अचार 180 रुपये किलो और 10 लीटर पापड़ 120 रुपये लीटर", "सही है?"},
                       {"हाँ", "देखकर बताएँगे:\n10 लीटर पापड़"}});
    EXPECT_EQ(left(), Left{20'000});
    const auto page = flows::list_tickets(context(), state_officer(), {}).value();
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].ticket.text, "10 लीटर पापड़, ₹120 प्रति लीटर");
}

TEST_P(HerGoods, KeepTheWordsThatSheConfirmed) {
    talk(kSitasPhone,
         {{"10 किलो आम का अचार 180 रुपये किलो", "सही है?"}, {"12 किलो", "12 किलो"}, {"हाँ", "लग गया"}});
    EXPECT_EQ(offers()[0].said, "12 किलो आम अचार, ₹180 प्रति किलो");
    reports("5 पैकेट पापड़ 60 रुपये पैकेट");
    EXPECT_EQ(offers()[0].said, "5 पैकेट पापड़ 60 रुपये पैकेट");
}

TEST_P(HerGoods, AGenericPriceIsThatOfTheKindThatIsOfferedMost) {
    reports("20 किलो आम का अचार 180 रुपये किलो");
    talk(kSitasPhone,
         {{"अचार का रेट?", "आम अचार का भाव"}, {"मिक्स अचार का रेट?", "मिक्स अचार का भाव"}});
}

}  // namespace
}  // namespace haat::flows
