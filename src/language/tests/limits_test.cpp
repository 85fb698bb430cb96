// Anything may arrive: malformed bytes, endless text, numbers beyond all bounds.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <chrono>
#include <string>

#include "base/random.hpp"
#include "fixture.hpp"
#include "score.hpp"

namespace haat::language {
namespace {

// What must hold of every understanding, whatever the text.
void check(std::string_view text) {
    const Understanding meaning = read(text);
    ASSERT_LE(meaning.items.size(), 32U);
    for (const Item& item : meaning.items) {
        if (item.quantity) {
            ASSERT_GE(item.quantity->value, 0);
        }
        if (item.price) {
            ASSERT_GE(item.price->value, 0);
            ASSERT_TRUE(!item.price_unit.empty() || item.product.empty());
        }
    }
    for (const int sure :
         {meaning.confidence.overall, meaning.confidence.intent, meaning.confidence.items,
          meaning.confidence.price, meaning.confidence.dates, meaning.confidence.order_ref,
          meaning.confidence.place}) {
        ASSERT_GE(sure, 0);
        ASSERT_LE(sure, 1000);
    }
    simdjson::dom::parser parser;
    const std::string json = understanding_to_json("a\"b", meaning);
    ASSERT_EQ(parser.parse(json).error(), simdjson::SUCCESS) << json;
}

TEST(Limits, MalformedBytes) {
    Random random(7);
    for (int round = 0; round < 3'000; ++round) {
        std::string text;
        for (std::uint32_t i = random.below(60); i > 0; --i)
            text += static_cast<char>(random.below(256));
        check(text);
    }
}

// Pieces of real messages in any order and cut anywhere.
TEST(Limits, ShuffledMessages) {
    const std::vector<GoldMessage> gold = read_gold("src/language/tests/data/dev.jsonl");
    Random random(11);
    for (int round = 0; round < 5'000; ++round) {
        std::string text;
        for (std::uint32_t i = 1 + random.below(4); i > 0; --i) {
            const std::string& other =
                gold[random.below(static_cast<std::uint32_t>(gold.size()))].text;
            const std::uint32_t from = random.below(static_cast<std::uint32_t>(other.size()));
            text += other.substr(from, random.below(40));
            if (random.chance(1, 2)) text += ' ';
        }
        check(text);
    }
}

TEST(Limits, HugeNumbers) {
    for (const char* text :
         {"99999999999999999999999 kilo besan", "besan 999999999 crore quintal 999999999 lakh",
          "0 kilo besan 0 rs", "besan lakh lakh lakh crore crore kilo", "1,1,1,1,1", "1.1.1.1",
          "00000000000000000 kg", "sadhe sadhe sadhe sawa paune kilo", "/-/-/-@@@", "31/31/31",
          "30 feb tak", "29 february tak besan", "order", "order order order #", "0/0 tak",
          "besan 20 kg 99999 din me", "besan 20 kg 31 tarikh tak"}) {
        check(text);
    }
}

TEST(Limits, LongTextIsCheap) {
    const std::vector<GoldMessage> gold = read_gold("src/language/tests/data/dev.jsonl");
    std::string text;
    for (std::size_t i = 0; text.size() < 10'000; ++i) text += gold[i % gold.size()].text + " ";
    std::string unknown;
    while (unknown.size() < 10'000) unknown += "xqzptlk mnbvrst wlkjhgf ";
    using Clock = std::chrono::steady_clock;
    for (const std::string& message :
         {text, unknown, std::string(10'000, '9'), std::string(10'000, ',')}) {
        const auto start = Clock::now();
        constexpr int kRounds = 5;
        for (int i = 0; i < kRounds; ++i) check(message);
        const auto spent =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
        // 2 ms is the promise on an idle machine (bench); a hundred times that would be no
        // accident.
        EXPECT_LT(spent.count() / kRounds, 200);
    }
}

TEST(Limits, JsonHasTheFieldsOfTheScheme) {
    const Understanding meaning = read("order HT-204 accept hai, 2.5 kilo achar shanivar tak");
    const std::string_view expected =
        R"({"id":"m1","intent":"accept_order","items":[{"product":"pickle_mixed","qty":2.5,"unit":"kg",)"
        R"("price_paise":null,"price_unit":null}],"date_from":null,"date_until":"2026-11-28",)"
        R"("order_ref":"HT-204","place":null,"confidence":)";
    EXPECT_EQ(understanding_to_json("m1", meaning).substr(0, expected.size()), expected);
}

}  // namespace
}  // namespace haat::language
