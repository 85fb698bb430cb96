#include "language/lexicon.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fixture.hpp"
#include "fold.hpp"
#include "language/number_words.hpp"
#include "tokens.hpp"

namespace haat::language {
namespace {

std::string key_of(std::string_view word) {
    std::vector<Token> tokens;
    tokenize(word, tokens);
    return tokens.size() == 1 ? std::string(tokens[0].key.view()) : "";
}

TEST(Fold, OneKeyForBothScripts) {
    const std::pair<const char*, const char*> pairs[] = {
        {"मखाना", "makhaana"},  {"सरसों", "sarso"},   {"चावल", "chaawal"},  {"शहद", "shahad"},
        {"कुंतल", "kuntal"},      {"पाँच", "paanch"},   {"छठ", "chhath"},     {"ज़्यादा", "zyaada"},
        {"फूल", "phool"},        {"धनिया", "dhania"}, {"मछली", "machhlee"}, {"पैंतीस", "paintees"},
        {"अट्ठाईस", "atthaees"}, {"बारह", "baarah"}};
    for (const auto& [left, right] : pairs) EXPECT_EQ(key_of(left), key_of(right)) << left;
}

TEST(Fold, KeepsApartWhatDiffers) {
    EXPECT_NE(key_of("साठ"), key_of("सात"));
    EXPECT_NE(key_of("तेल"), key_of("तिल"));
    EXPECT_NE(key_of("धान"), key_of("दान"));
}

TEST(Fold, DistanceCountsSounds) {
    EXPECT_EQ(key_distance("makhana", "makhana", 4), 0);
    EXPECT_EQ(key_distance("maKana", "makana", 4), 1);
    EXPECT_LE(key_distance("maKana", "maKna", 4), 1);
    EXPECT_GT(key_distance("maKana", "sarso", 4), 4);
}

TEST(Lexicon, KnowsEveryProductByItsNames) {
    const Lexicon& lexicon = shipped_lexicon();
    EXPECT_EQ(lexicon.product_count(), 244U);
    EXPECT_LT(lexicon.memory_bytes(), 4'000'000U);
    for (const char* key : {"makhana", "sweater", "wheat_straw", "led_bulb"}) {
        ASSERT_NE(lexicon.find_product(key), nullptr) << key;
    }
    EXPECT_EQ(lexicon.find_product("nonsense"), nullptr);
    EXPECT_EQ(lexicon.find_product("egg")->default_unit, "piece");
}

Result<Lexicon> lexicon_with_spellings(const std::string& more) {
    const std::string json = read_data("data/language/lexicon.json");
    const std::string products = read_data("data/catalogue/products.csv");
    const std::string keys = read_data("data/catalogue/product_keys.csv");
    const std::string spellings = read_data("data/language/spellings.csv") + more;
    const std::string cues = read_data("data/language/cues.csv");
    return Lexicon::build({json, products, keys, spellings, cues});
}

// A new spelling that collides is a decision for a person: choose another, or write "!spelling" at
// the product that it shall mean.
TEST(Lexicon, NoSpellingMeansTwoProducts) {
    for (const Collision& collision : shipped_lexicon().collisions()) {
        ADD_FAILURE() << collision.spelling << " is " << collision.meanings[0] << " and "
                      << collision.meanings[1];
    }
}

TEST(Lexicon, SaysWhichSpellingCollides) {
    const Lexicon lexicon = lexicon_with_spellings("papad,मखाना\n").value();
    ASSERT_EQ(lexicon.collisions().size(), 1U);
    EXPECT_EQ(lexicon.collisions()[0].spelling, "मखाना");
    EXPECT_EQ(lexicon.collisions()[0].meanings, (std::vector<std::string>{"makhana", "papad"}));
}

TEST(Lexicon, ADecidedSpellingMeansOneProduct) {
    const Lexicon lexicon = lexicon_with_spellings("papad,!मखाना\n").value();
    EXPECT_TRUE(lexicon.collisions().empty());
    const Understanding meaning = understand(lexicon, "20 किलो मखाना", kToday);
    ASSERT_EQ(meaning.items.size(), 1U);
    EXPECT_EQ(meaning.items[0].product, "papad");
}

TEST(Lexicon, RefusesWhatItCannotRead) {
    const Result<Lexicon> broken = Lexicon::build({"{", "", "", "", ""});
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code, "language.lexicon_unreadable");
    const std::string json = read_data("data/language/lexicon.json");
    const Result<Lexicon> cue =
        Lexicon::build({json, "", "", "", "class,words\nno_such_class,x\n"});
    ASSERT_FALSE(cue.has_value());
    EXPECT_EQ(cue.error().params.at(1).second, "no_such_class");
}

TEST(NumberWords, Hindi) {
    EXPECT_EQ(number_to_words(0, Language::kHindi), "शून्य");
    EXPECT_EQ(number_to_words(99, Language::kHindi), "निन्यानवे");
    EXPECT_EQ(number_to_words(1'234, Language::kHindi), "एक हज़ार दो सौ चौंतीस");
    EXPECT_EQ(number_to_words(1'25'000, Language::kHindi), "एक लाख पच्चीस हज़ार");
    EXPECT_EQ(number_to_words(3'00'00'001, Language::kHindi), "तीन करोड़ एक");
    EXPECT_EQ(number_to_words(1'23'456, Language::kEnglish),
              "one lakh twenty-three thousand four hundred fifty-six");
}

TEST(NumberWords, Quantities) {
    const std::pair<std::int64_t, const char*> rows[] = {
        {25'000, "ढाई"},  {15'000, "डेढ़"},         {12'500, "सवा"},     {35'000, "साढ़े तीन"},
        {7'500, "पौन"},   {47'500, "पौने पाँच"},    {32'500, "सवा तीन"}, {5'000, "आधा"},
        {200'000, "बीस"}, {21'000, "दो दशमलव एक"}};
    for (const auto& [value, words] : rows) {
        EXPECT_EQ(quantity_to_words({value}, Language::kHindi), words);
    }
    EXPECT_EQ(quantity_to_words({25'000}, Language::kEnglish), "two point five");
}

TEST(NumberWords, ReadBackWhatWasSaid) {
    const Lexicon& lexicon = shipped_lexicon();
    for (std::int64_t number = 0; number < 2'000; ++number) {
        const auto read_back = number_from_text(lexicon, number_to_words(number, Language::kHindi));
        ASSERT_TRUE(read_back.has_value()) << number_to_words(number, Language::kHindi);
        EXPECT_EQ(read_back->value, number * 10'000) << number;
    }
    for (const std::int64_t number :
         {12'345LL, 1'00'000LL, 7'89'012LL, 1'00'00'000LL, 98'76'54'321LL}) {
        const auto read_back = number_from_text(lexicon, number_to_words(number, Language::kHindi));
        ASSERT_TRUE(read_back.has_value());
        EXPECT_EQ(read_back->value, number * 10'000);
    }
    EXPECT_FALSE(number_from_text(lexicon, "बीस किलो").has_value());
    EXPECT_FALSE(number_from_text(lexicon, "").has_value());
}

}  // namespace
}  // namespace haat::language
