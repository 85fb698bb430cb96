// Words that officers add and take away, and what can be learnt from messages.
#include <gtest/gtest.h>

#include <algorithm>

#include "fixture.hpp"
#include "language/learning.hpp"

namespace haat::language {
namespace {

Result<Lexicon> lexicon_with(const std::vector<OfficerWord>& words) {
    const std::string json = read_data("data/language/lexicon.json");
    const std::string products = read_data("data/catalogue/products.csv");
    const std::string keys = read_data("data/catalogue/product_keys.csv");
    const std::string spellings = read_data("data/language/spellings.csv");
    const std::string cues = read_data("data/language/cues.csv");
    return Lexicon::build({json, products, keys, spellings, cues, words});
}

std::string product_in(const Lexicon& lexicon, std::string_view text) {
    const Understanding meaning = understand(lexicon, text, kToday);
    return meaning.items.empty() ? "" : meaning.items[0].product;
}

TEST(OfficerWords, AddEveryKind) {
    const Lexicon lexicon = lexicon_with({{WordKind::kProduct, "झकरी", "makhana"},
                                          {WordKind::kUnit, "पल्ला", "quintal"},
                                          {WordKind::kPlace, "झकरपुर", "gaya"},
                                          {WordKind::kCue, "निपटल", "sold"}})
                                .value();
    const Understanding offer = understand(lexicon, "झकरपुर से 2 पल्ला झकरी है", kToday);
    ASSERT_EQ(offer.items.size(), 1U);
    EXPECT_EQ(offer.items[0].product, "makhana");
    EXPECT_EQ(offer.items[0].quantity, TenThousandths{2'000'000});
    EXPECT_EQ(offer.place, "gaya");
    EXPECT_EQ(understand(lexicon, "मखाना निपटल", kToday).intent, Intent::kWithdrawStock);
    const std::vector<std::string> names = lexicon.names_of("makhana");
    EXPECT_NE(std::ranges::find(names, "झकरी"), names.end());
}

TEST(OfficerWords, TakeAwayAndDecide) {
    EXPECT_EQ(product_in(shipped_lexicon(), "20 किलो पोहा"), "chura");
    EXPECT_EQ(product_in(lexicon_with({{WordKind::kProduct, "पोहा", "chura", true},
                                       {WordKind::kProduct, "poha", "chura", true}})
                             .value(),
                         "20 किलो पोहा"),
              "");
    const Lexicon both = lexicon_with({{WordKind::kProduct, "मखाना", "papad"}}).value();
    ASSERT_EQ(both.collisions().size(), 1U);
    const Lexicon decided =
        lexicon_with({{WordKind::kProduct, "मखाना", "papad", false, true}}).value();
    EXPECT_TRUE(decided.collisions().empty());
    EXPECT_EQ(product_in(decided, "20 किलो मखाना"), "papad");
}

TEST(OfficerWords, RefuseWhatNothingIsCalled) {
    for (const OfficerWord& word : {OfficerWord{WordKind::kProduct, "x", "no_such"},
                                    OfficerWord{WordKind::kUnit, "x", "no_such"},
                                    OfficerWord{WordKind::kPlace, "x", "no_such"},
                                    OfficerWord{WordKind::kCue, "x", "=product"}}) {
        const Result<Lexicon> built = lexicon_with({word});
        ASSERT_FALSE(built.has_value());
        EXPECT_EQ(built.error().code, "language.unknown_target");
    }
}

TEST(Explain, SaysWhatAWordMeansAndWhy) {
    const Lexicon& lexicon = shipped_lexicon();
    const WordExplained known = lexicon.explain("मखाना");
    ASSERT_FALSE(known.meanings.empty());
    EXPECT_EQ(known.meanings[0].kind, "product");
    EXPECT_EQ(known.meanings[0].target, "makhana");
    EXPECT_TRUE(known.meanings[0].exact);
    const WordExplained phrase = lexicon.explain("आम का अचार");
    ASSERT_FALSE(phrase.meanings.empty());
    EXPECT_EQ(phrase.meanings[0].target, "pickle_mango");
    EXPECT_FALSE(lexicon.explain("makhanna").meanings.empty());
    EXPECT_TRUE(lexicon.explain("zzyzx").meanings.empty());
    EXPECT_TRUE(lexicon.explain("").meanings.empty());
}

TEST(Learning, FindsUnknownWordsAndMasksTheRest) {
    const Lexicon& lexicon = shipped_lexicon();
    const std::string text = "हमरा लगे 20 किलो झकरी बा, फुलपरवा, 9812345678";
    const std::vector<UnknownWords> unknown = unknown_words(lexicon, text);
    ASSERT_FALSE(unknown.empty());
    EXPECT_EQ(unknown[0].text, "झकरी");
    EXPECT_EQ(text.substr(unknown[0].begin, unknown[0].end - unknown[0].begin), "झकरी");
    const std::string shown = masked_example(lexicon, text, "झकरी");
    EXPECT_NE(shown.find("20 किलो झकरी"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("9812345678"), std::string::npos);
    EXPECT_EQ(shown.find("फुलपरवा"), std::string::npos);
    EXPECT_EQ(masked_example(lexicon, "कमली देवी के 5 किलो मखाना", "").find("कमली"),
              std::string::npos);
}

TEST(Learning, FoldsWhatSaysTheSame) {
    EXPECT_EQ(folded_message("20 किलो झकरी"), folded_message("35 kilo jhakri!!"));
    EXPECT_NE(folded_message("20 किलो झकरी"), folded_message("20 लीटर झकरी"));
    EXPECT_LE(folded_message(std::string(10'000, 'a')).size(), 200U);
}

TEST(Learning, TellsHowMuchAWordSoundsLikeGoods) {
    const Lexicon& lexicon = shipped_lexicon();
    EXPECT_EQ(likeness_permille(lexicon, "makhana", WordKind::kProduct, "makhana"), 1000);
    EXPECT_GT(likeness_permille(lexicon, "makhanwa", WordKind::kProduct, "makhana"), 700);
    EXPECT_LT(likeness_permille(lexicon, "sarson", WordKind::kProduct, "makhana"), 600);
    EXPECT_EQ(likeness_permille(lexicon, "sarson", WordKind::kProduct, "no_such"), 0);
}

TEST(Learning, FindsTheNearestProduct) {
    const auto nearest = nearest_product(shipped_lexicon(), "makhanwa", 650);
    ASSERT_TRUE(nearest.has_value());
    EXPECT_EQ(nearest->product, "makhana");
    EXPECT_FALSE(nearest_product(shipped_lexicon(), "zzyzxq", 650).has_value());
}

TEST(Learning, ReadsBackWhatWasUnderstood) {
    for (const char* text : {"सवा 12 किलो मखाना 450.50 रुपये किलो, कल से छठ तक, दरभंगा",
                             "order HT-204 manjoor hai, 40 bottle achar", "राम राम"}) {
        const Understanding meaning = read(text);
        const std::string json = understanding_to_json("x", meaning);
        const auto back = understanding_from_json(json);
        ASSERT_TRUE(back.has_value()) << json;
        Understanding same = *back;
        same.confidence = meaning.confidence;
        EXPECT_EQ(understanding_to_json("x", same), json);
    }
    for (const char* text :
         {"", "[]", "{}", R"({"intent":"no_such"})", R"({"intent":"other","items":[1]})"}) {
        EXPECT_FALSE(understanding_from_json(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace haat::language
