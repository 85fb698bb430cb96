// Quantities, units and prices, one rule a row. Written from the scheme, not from its examples.
#include <gtest/gtest.h>

#include "fixture.hpp"

namespace haat::language {
namespace {

struct Row {
    const char* text;
    const char* items;
};

class Items : public testing::TestWithParam<Row> {};

TEST_P(Items, AreReadByTheScheme) {
    const Understanding meaning = read(GetParam().text);
    EXPECT_EQ(items_of(meaning), GetParam().items) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Units, Items,
    testing::Values(
        Row{"besan 20kg hai", "besan 20 kg"}, Row{"बेसन २० किलो है", "besan 20 kg"},
        Row{"बेसन 500 ग्राम है", "besan 0.5 kg"}, Row{"besan 2 kuntal hai", "besan 200 kg"},
        Row{"चावल डेढ़ टन है", "rice 1500 kg"}, Row{"आलू 3 मन है", "potato 120 kg"},
        Row{"हल्दी 2 पसेरी है", "turmeric 10 kg"}, Row{"घी 3 पाव है", "ghee 0.75 kg"},
        Row{"शहद 1 छटाँक है", "honey 0.0625 kg"}, Row{"दूध 750 एमएल है", "milk 0.75 litre"},
        Row{"अंडा 3 कोड़ी है", "egg 60 piece"}, Row{"दीया 2 सैकड़ा है", "diya 200 piece"},
        Row{"चावल 2 क्विंटल 35 किलो है", "rice 235 kg"}, Row{"अंडा 5 दर्जन है", "egg 5 dozen"},
        Row{"चप्पल 12 जोड़ी है", "leather_chappal 12 pair"},
        Row{"खादी 40 मीटर है", "khadi_cloth 40 metre"}, Row{"आलू 8 बोरा है", "potato 8 sack"},
        Row{"अचार 30 शीशी है", "pickle_mixed 30 bottle"}, Row{"टमाटर 6 कैरेट है", "tomato 6 crate"},
        Row{"makhana 30 @ 475", "makhana 30 kg 47500/kg"}, Row{"60 गमछा है", "gamcha 60 piece"},
        Row{"बकरी पाँचगो बा", "goat 5 piece"}, Row{"दू गो गाय बेचे के बा", "cow 2 piece"},
        Row{"माछ 12 किलो अछि", "fish 12 kg"}, Row{"20 किलो माल है", "? 20 kg"}));

// Words that are goods elsewhere, and numbers that count nothing.
INSTANTIATE_TEST_SUITE_P(
    NoGoods, Items,
    testing::Values(Row{"पनीर रोज 12 किलो बन जाता है", "paneer 12 kg"},
                    Row{"पापड़ 20 किलो बन चुका है, 180 रु किलो", "papad 20 kg 18000/kg"},
                    Row{"पापड़ बन रहा है 20 किलो", "papad 20 kg"},
                    Row{"बन 50 पैकेट है", "bread 50 packet"},
                    Row{"bun 20 packet ban gaya", "bread 20 packet"},
                    Row{"7 नंबर चप्पल 80 जोड़ी है", "leather_chappal 80 pair"},
                    Row{"chappal 6 number se 10 number tak, 80 jodi", "leather_chappal 80 pair"},
                    Row{"एक नंबर का शहद 20 किलो है", "honey 20 kg"},
                    Row{"beti 78 number laayi maths me", ""},
                    Row{"तीसी आ राई बा", "linseed; mustard_seed"}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Items,
    testing::Values(
        Row{"बेसन सवा सौ किलो है", "besan 125 kg"}, Row{"बेसन सवा दो सौ किलो है", "besan 225 kg"},
        Row{"besan paune nau sau kilo hai", "besan 875 kg"},
        Row{"besan sadhe char kilo hai", "besan 4.5 kg"},
        Row{"बेसन पौने तीन किलो है", "besan 2.75 kg"}, Row{"बेसन अढ़ाई किलो बा", "besan 2.5 kg"},
        Row{"besan aadha kilo hai", "besan 0.5 kg"}, Row{"बेसन पौन किलो है", "besan 0.75 kg"},
        Row{"दीया बाईस सौ पीस है", "diya 2200 piece"},
        Row{"दीया एक लाख बीस हजार पीस है", "diya 120000 piece"},
        Row{"दीया 1,20,000 पीस है", "diya 120000 piece"}, Row{"दीया 5k पीस है", "diya 5000 piece"},
        Row{"दीया १२5 पीस है", "diya 125 piece"}, Row{"besan 10-12 kilo hai", "besan 10 kg"},
        Row{"बेसन दस बारह किलो है", "besan 10 kg"}, Row{"besan 10 se 12 kilo hai", "besan 10 kg"},
        Row{"besan kareeb 40 kilo hai", "besan 40 kg"}, Row{"besan 12.5 kg hai", "besan 12.5 kg"},
        Row{"besan 2½ kg hai", "besan 2.5 kg"}, Row{"बेसन निन्यानवे किलो है", "besan 99 kg"}));

INSTANTIATE_TEST_SUITE_P(
    Prices, Items,
    testing::Values(Row{"गेहूं 4 क्विंटल 2300 रु क्विंटल", "wheat 400 kg 2300/kg"},
                    Row{"घी 5 किलो 160 रु पाव", "ghee 5 kg 64000/kg"},
                    Row{"कुल्हड़ 900 पीस डेढ़ सौ रु सैकड़ा", "kulhad 900 piece 150/piece"},
                    Row{"अंडा 5 दर्जन 7 रु पीस", "egg 5 dozen 700/piece"},
                    Row{"गेहूं 10 कुंतल 2450 के रेट", "wheat 1000 kg 2450/kg"},
                    Row{"besan 20 kg rate 95", "besan 20 kg 9500/kg"},
                    Row{"besan 20 kg 95/kg", "besan 20 kg 9500/kg"},
                    Row{"besan 20 kg Rs.95 per kg", "besan 20 kg 9500/kg"},
                    Row{"besan 20 kg ₹ 95", "besan 20 kg 9500/kg"},
                    Row{"besan 20 kg 95/-", "besan 20 kg 9500/kg"},
                    Row{"besan 20 kg, 95 ka", "besan 20 kg 9500/kg"},
                    Row{"achar 30 bottle hai, ek bottle 90 rupaye",
                        "pickle_mixed 30 bottle 9000/bottle"},
                    Row{"30 jhadu Rs 45 each", "broom 30 piece 4500/piece"},
                    Row{"शहद 12 किलो कुल 4800 में", "honey 12 kg 480000/lot"},
                    Row{"honey 12 kg total 4800 rs", "honey 12 kg 480000/lot"},
                    Row{"शहद 12 किलो, सब मिलाकर 4800 रुपये", "honey 12 kg 480000/lot"},
                    Row{"कुल 12 किलो शहद, 400 रु किलो", "honey 12 kg 40000/kg"},
                    Row{"शहद पहले 380 था अब 420 रु किलो, 12 किलो है", "honey 12 kg 42000/kg"},
                    Row{"honey 12 kg retail 450 wholesale 400 rs", "honey 12 kg 40000/kg"},
                    Row{"साबुन 100 पीस MRP 40, हम 25 रु पीस देंगे", "soap_bath 100 piece 2500/piece"},
                    Row{"प्याज 10 किलो साढ़े बाईस रुपये किलो", "onion 10 kg 2250/kg"}));

INSTANTIATE_TEST_SUITE_P(
    Several, Items,
    testing::Values(
        Row{"besan 20 kg 95 rs, sattu 10 kg 110 rs", "besan 20 kg 9500/kg; sattu 10 kg 11000/kg"},
        Row{"20 kg besan 95 rs aur 10 kg sattu 110 rs",
            "besan 20 kg 9500/kg; sattu 10 kg 11000/kg"},
        Row{"besan aur 10 kg sattu hai", "besan; sattu 10 kg"},
        Row{"बेसन 20 किलो सत्तू 10 किलो है", "besan 20 kg; sattu 10 kg"},
        Row{"गाजर 2 मन और मूली 1 मन है, दोनों 400 रु मन", "carrot 80 kg 1000/kg; radish 40 kg 1000/kg"},
        Row{"सूप 20 पीस 90 रु पीस, दउरा 10 पीस 140 रु पीस",
            "bamboo_craft 20 piece 9000/piece; bamboo_craft 10 piece 14000/piece"},
        Row{"आम और नींबू का अचार है", "pickle_mango; pickle_lemon"},
        Row{"अचार है: आम वाला 10 किलो, मिर्च वाला 5 किलो",
            "pickle_mango 10 kg; pickle_chilli 5 kg"}));

INSTANTIATE_TEST_SUITE_P(Packs, Items,
                         testing::Values(Row{"250 ग्राम के 40 पैकेट सत्तू है", "sattu 40 packet"},
                                         Row{"sattu 500 gm wala 30 packet hai", "sattu 30 packet"},
                                         Row{"sattu 1 kg packet 25", "sattu 25 packet"},
                                         Row{"30 packets of 500 g sattu available",
                                             "sattu 30 packet"},
                                         Row{"सत्तू 30 पैकेट (500 ग्राम) है", "sattu 30 packet"}));

INSTANTIATE_TEST_SUITE_P(
    Corrections, Items,
    testing::Values(Row{"20 नहीं 22 किलो अदरक है", "ginger 22 kg"},
                    Row{"adrak 20 kilo nahi 22 kilo hai", "ginger 22 kg"},
                    Row{"15 kg not 50 kg ginger", "ginger 15 kg"},
                    Row{"अदरक 20 किलो लिखा था 25 किलो कर दीजिए", "ginger 25 kg"},
                    Row{"मखाना नहीं है, सत्तू है 10 किलो", "sattu 10 kg"},
                    Row{"40 kilo me se 12 kilo bacha hai chura", "chura 12 kg"}));

INSTANTIATE_TEST_SUITE_P(NeverQuantities, Items,
                         testing::Values(Row{"मेरा नंबर 9801234567 है, बेसन 20 किलो है", "besan 20 kg"},
                                         Row{"jute bag 14x16 inch 60 piece", "jute_bag 60 piece"},
                                         Row{"12 सदस्य मिलकर 40 किलो पापड़ बनाए हैं", "papad 40 kg"},
                                         Row{"बावन बूटी साड़ी 5 पीस है", "saree_cotton 5 piece"},
                                         Row{"सत्तू 10 किलो 28 तारीख से मिलेगा", "sattu 10 kg"},
                                         Row{"सत्तू 10 किलो 3 दिन में मिलेगा", "sattu 10 kg"}));

INSTANTIATE_TEST_SUITE_P(Homographs, Items,
                         testing::Values(Row{"800 diya bhej diya", "diya 800 piece"},
                                         Row{"100 diya hai", "diya 100 piece"},
                                         Row{"do bora aalu hai", "potato 2 sack"},
                                         Row{"makhana ka rate bata do", "makhana"},
                                         Row{"saath kilo besan hai", "besan 60 kg"},
                                         Row{"भाई के साथ 20 किलो बेसन है", "besan 20 kg"},
                                         Row{"50 bag aalu hai", "potato 50 sack"},
                                         Row{"bag 20 piece hai", "school_bag 20 piece"},
                                         Row{"चने का सत्तू 5 किलो है", "sattu 5 kg"},
                                         Row{"मधुबनी पेंटिंग 4 पीस है", "madhubani_painting 4 piece"}));

INSTANTIATE_TEST_SUITE_P(Misspelt, Items,
                         testing::Values(Row{"makhanna 20 kg hai", "makhana 20 kg"},
                                         Row{"agarbatthi 20 pkt hai", "agarbatti 20 packet"},
                                         Row{"मसरूम 5 किलो है", "mushroom_fresh 5 kg"},
                                         Row{"tamaatr 5 kg hai", "tomato 5 kg"},
                                         Row{"lehsunn 5 kg hai", "garlic 5 kg"},
                                         Row{"करैला 5 किलो है", "bitter_gourd 5 kg"}));

TEST(Items, AnAmountAloneAnswersAQuestion) {
    const Understanding price = read("170 रुपये किलो");
    EXPECT_EQ(price.intent, Intent::kOther);
    ASSERT_EQ(price.items.size(), 1U);
    EXPECT_EQ(price.items[0].price, Paise{17'000});
    EXPECT_EQ(price.items[0].price_unit, "kg");
    EXPECT_FALSE(price.items[0].quantity);
    const Understanding quantity = read("10 किलो है");
    ASSERT_EQ(quantity.items.size(), 1U);
    EXPECT_EQ(quantity.items[0].quantity, TenThousandths{100'000});
    EXPECT_TRUE(read("आज 500 रुपये का बिजली बिल आया").items.empty());
    // the scheme knows no items of "other"
    EXPECT_NE(understanding_to_json("a", price).find("\"items\":[]"), std::string::npos);
}

}  // namespace
}  // namespace haat::language
