// The annotated messages, scored by the measures of the scheme: dev.jsonl came with it, own.jsonl
// was written and annotated for this engine before the engine had read it.
#include "score.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>

#include "fixture.hpp"

namespace haat::language {
namespace {

using simdjson::dom::element;

std::string text_of(element value) {
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// A JSON number in ten-thousandths, read as text: 0.25 is "2500".
std::string scaled(element value) {
    if (value.is_null()) return "";
    std::string text = simdjson::minify(value);
    const std::size_t point = text.find('.');
    std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
    if (point != std::string::npos) text.resize(point);
    decimals.resize(4, '0');
    std::string joined = text + decimals;
    joined.erase(0, std::min(joined.find_first_not_of('0'), joined.size() - 1));
    return joined;
}

Date date_of(const std::string& iso) {
    return {std::stoi(iso.substr(0, 4)), std::stoi(iso.substr(5, 2)), std::stoi(iso.substr(8, 2))};
}

GoldItem said(const Item& item) {
    const std::string quantity = item.quantity ? std::to_string(item.quantity->value) : "";
    const std::string price = item.price ? std::to_string(item.price->value) : "";
    return {item.product + "|" + quantity + "|" + (quantity.empty() ? "" : item.unit),
            price + "|" + (price.empty() ? "" : item.price_unit)};
}

bool remove_one(std::vector<GoldItem>& list, const auto& matches) {
    const auto found = std::ranges::find_if(list, matches);
    if (found == list.end()) return false;
    list.erase(found);
    return true;
}

struct ItemScore {
    int right = 0;
    int prices = 0;
    int prices_right = 0;
    bool all = true;
};

// Pairs items as the scheme does: wholly equal first, then the same goods, then the same product.
ItemScore score_items(const std::vector<GoldItem>& gold, std::vector<GoldItem> mine) {
    ItemScore result;
    result.all = gold.size() == mine.size();
    std::vector<GoldItem> left;
    for (const GoldItem& item : gold) {
        if (remove_one(mine, [&](const GoldItem& other) {
                return other.goods == item.goods && other.price == item.price;
            })) {
            ++result.right;
            result.prices += item.price != "|";
            result.prices_right += item.price != "|";
        } else {
            left.push_back(item);
        }
    }
    result.all = result.all && left.empty();
    for (const GoldItem& item : left) {
        const std::string product = item.goods.substr(0, item.goods.find('|') + 1);
        std::string price = "|";
        const auto take = [&](const auto& matches) {
            const auto found = std::ranges::find_if(mine, matches);
            if (found == mine.end()) return false;
            price = found->price;
            mine.erase(found);
            return true;
        };
        const bool same_goods =
            take([&](const GoldItem& other) { return other.goods == item.goods; });
        const bool paired = same_goods || take([&](const GoldItem& other) {
                                return other.goods.starts_with(product);
                            });
        result.right += same_goods;
        if (item.price != "|" || price != "|") {
            ++result.prices;
            result.prices_right += paired && price == item.price;
        }
    }
    for (const GoldItem& item : mine) result.prices += item.price != "|";
    return result;
}

}  // namespace

std::vector<GoldMessage> read_gold(const std::string& path) {
    std::vector<GoldMessage> messages;
    const std::string file = read_data(path);
    simdjson::dom::parser parser;
    std::size_t begin = 0;
    while (begin < file.size()) {
        const std::size_t end = std::min(file.find('\n', begin), file.size());
        const simdjson::padded_string line(std::string_view(file).substr(begin, end - begin));
        begin = end + 1;
        if (line.size() == 0) continue;
        const element record = parser.parse(line);
        GoldMessage message{.id = text_of(record["id"]),
                            .language = text_of(record["lang"]),
                            .text = text_of(record["text"]),
                            .today = date_of(text_of(record["today"])),
                            .intent = text_of(record["intent"]),
                            .items = {},
                            .from = text_of(record["date_from"]),
                            .until = text_of(record["date_until"]),
                            .order_ref = text_of(record["order_ref"]),
                            .place = text_of(record["place"])};
        for (const element item : record["items"].get_array()) {
            const std::string price =
                item["price_paise"].is_null()
                    ? ""
                    : std::string(simdjson::minify(element(item["price_paise"])));
            message.items.push_back(
                {text_of(item["product"]) + "|" + scaled(item["qty"]) + "|" + text_of(item["unit"]),
                 price + "|" + text_of(item["price_unit"])});
        }
        messages.push_back(std::move(message));
    }
    return messages;
}

Score score(const Lexicon& lexicon, const std::vector<GoldMessage>& gold) {
    Score total;
    for (const GoldMessage& message : gold) {
        const Understanding mine = understand(lexicon, message.text, message.today);
        std::vector<GoldItem> items;
        for (const Item& item : mine.items) items.push_back(said(item));
        const std::string from = mine.date_from ? iso_date(*mine.date_from) : "";
        const std::string until = mine.date_until ? iso_date(*mine.date_until) : "";
        const bool intent = intent_name(mine.intent) == message.intent;
        const bool dates = from == message.from && until == message.until;
        const ItemScore item_score = score_items(message.items, items);
        const bool exact = intent && dates && item_score.all &&
                           mine.order_ref == message.order_ref && mine.place == message.place;
        ++total.messages;
        total.intents += intent;
        total.items_right += item_score.right;
        total.items_gold += static_cast<int>(message.items.size());
        total.items_said += static_cast<int>(items.size());
        total.prices += item_score.prices;
        total.prices_right += item_score.prices_right;
        if (!(from + until + message.from + message.until).empty()) {
            ++total.dates;
            total.dates_right += dates;
        }
        total.exact += exact;
        const bool confident = mine.confidence.overall >= 800;
        total.confident += confident;
        total.confident_but_wrong += confident && !exact;
        if (!exact) total.wrong.push_back(message.id);
    }
    return total;
}

namespace {

class Annotated : public testing::TestWithParam<const char*> {};

TEST_P(Annotated, ReachTheBar) {
    const std::vector<GoldMessage> gold = read_gold(GetParam());
    ASSERT_GE(gold.size(), 60U);
    const Score result = score(shipped_lexicon(), gold);
    const std::string wrong = testing::PrintToString(result.wrong);
    EXPECT_GE(result.intent_permille(), 970) << wrong;
    EXPECT_GE(result.item_f1_permille(), 930) << wrong;
    EXPECT_GE(result.price_permille(), 930) << wrong;
    EXPECT_GE(result.dates_permille(), 930) << wrong;
    EXPECT_GE(result.exact_permille(), 850) << wrong;
    // She is asked back below 800; what is taken without asking must be right. Sets made harder on
    // purpose have more to ask about; how many of the usual mix, confidence_test.cpp says.
    EXPECT_GE(Score::share(result.confident, result.messages), 780);
    EXPECT_LE(Score::share(result.confident_but_wrong, result.messages), 30) << wrong;
}

INSTANTIATE_TEST_SUITE_P(
    Sets, Annotated,
    testing::Values(
        "src/language/tests/data/dev.jsonl", "src/language/tests/data/own.jsonl",
        "src/language/tests/data/round1.jsonl", "src/language/tests/data/round2.jsonl",
        "src/language/tests/data/round3.jsonl", "src/language/tests/data/round4.jsonl",
        "src/language/tests/data/round5.jsonl", "src/language/tests/data/round6.jsonl",
        "src/language/tests/data/round7.jsonl", "src/language/tests/data/round8.jsonl",
        "src/language/tests/data/round9.jsonl", "src/language/tests/data/round10.jsonl",
        "src/language/tests/data/round11.jsonl", "src/language/tests/data/round12.jsonl",
        "src/language/tests/data/round13.jsonl", "src/language/tests/data/round14.jsonl",
        "src/language/tests/data/round15.jsonl", "src/language/tests/data/round16.jsonl",
        "src/language/tests/data/round17.jsonl", "src/language/tests/data/round18.jsonl",
        "src/language/tests/data/round19.jsonl", "src/language/tests/data/round20.jsonl",
        "src/language/tests/data/round21.jsonl", "src/language/tests/data/round22.jsonl",
        "src/language/tests/data/round23.jsonl", "src/language/tests/data/round24.jsonl",
        "src/language/tests/data/round25.jsonl", "src/language/tests/data/round26.jsonl",
        "src/language/tests/data/round27.jsonl", "src/language/tests/data/round28.jsonl",
        "src/language/tests/data/round29.jsonl", "src/language/tests/data/round30.jsonl"));

// The same few things said in many ways: with and without goods, about an order, in five languages.
TEST(Annotated, PhrasesOfEachIntent) {
    const std::vector<GoldMessage> gold = read_gold("src/language/tests/data/phrases.jsonl");
    ASSERT_GE(gold.size(), 500U);
    const Score result = score(shipped_lexicon(), gold);
    EXPECT_GE(result.intent_permille(), 990) << testing::PrintToString(result.wrong);
    EXPECT_GE(result.exact_permille(), 985) << testing::PrintToString(result.wrong);
}

TEST(Annotated, RegionalLanguagesToo) {
    std::vector<GoldMessage> regional;
    for (const char* set :
         {"src/language/tests/data/dev.jsonl", "src/language/tests/data/own.jsonl"}) {
        for (GoldMessage& message : read_gold(set)) {
            if (message.language == "bho" || message.language == "mai" ||
                message.language == "mag") {
                regional.push_back(std::move(message));
            }
        }
    }
    ASSERT_GE(regional.size(), 40U);
    EXPECT_GE(score(shipped_lexicon(), regional).exact_permille(), 800);
}

}  // namespace
}  // namespace haat::language
