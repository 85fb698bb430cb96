/// @file Scores understandings against annotated messages by the measures of the scheme: intent,
/// items (product, quantity and unit agree), prices, dates, and the whole message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "language/understanding.hpp"

namespace haat::language {

/// One annotated item, as text, so that two are equal if their texts are.
struct GoldItem {
    std::string goods;  ///< "makhana|200000|kg"
    std::string price;  ///< "45000|kg" or "|"
};

struct GoldMessage {
    std::string id;
    std::string language;
    std::string text;
    Date today;
    std::string intent;
    std::vector<GoldItem> items;
    std::string from;
    std::string until;
    std::string order_ref;
    std::string place;
};

struct Score {
    int messages = 0;
    int intents = 0;
    int items_right = 0;
    int items_gold = 0;
    int items_said = 0;
    int prices = 0;
    int prices_right = 0;
    int dates = 0;
    int dates_right = 0;
    int exact = 0;
    int confident = 0;  ///< Confidence of 800 and more.
    int confident_but_wrong = 0;
    std::vector<std::string> wrong;  ///< Ids.

    [[nodiscard]] int intent_permille() const { return share(intents, messages); }
    [[nodiscard]] int item_f1_permille() const {
        return share(2 * items_right, items_gold + items_said);
    }
    [[nodiscard]] int price_permille() const { return share(prices_right, prices); }
    [[nodiscard]] int dates_permille() const { return share(dates_right, dates); }
    [[nodiscard]] int exact_permille() const { return share(exact, messages); }

    static int share(int part, int whole) { return whole == 0 ? 1000 : part * 1000 / whole; }
};

/// Reads a file of one JSON object a line. @throws simdjson::simdjson_error if it is none.
std::vector<GoldMessage> read_gold(const std::string& path);

Score score(const Lexicon& lexicon, const std::vector<GoldMessage>& gold);

}  // namespace haat::language
