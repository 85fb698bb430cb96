/// @file The shipped lexicon, built once for all tests of this module.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "language/lexicon.hpp"
#include "language/understanding.hpp"

namespace haat::language {

inline std::string read_data(const std::string& path) {
    std::ifstream file(HAAT_SOURCE_DIR "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline const Lexicon& shipped_lexicon() {
    static const Lexicon lexicon = [] {
        const std::string json = read_data("data/language/lexicon.json");
        const std::string products = read_data("data/catalogue/products.csv");
        const std::string keys = read_data("data/catalogue/product_keys.csv");
        const std::string spellings = read_data("data/language/spellings.csv");
        const std::string cues = read_data("data/language/cues.csv");
        return Lexicon::build({json, products, keys, spellings, cues}).value();
    }();
    return lexicon;
}

/// Wednesday.
inline constexpr Date kToday{2026, 11, 25};

inline Understanding read(std::string_view text, Date today = kToday) {
    return understand(shipped_lexicon(), text, today);
}

/// "makhana 20 kg 45000/kg; sattu": the items as one line, for tables.
inline std::string items_of(const Understanding& meaning) {
    std::string out;
    for (const Item& item : meaning.items) {
        if (!out.empty()) out += "; ";
        out += item.product.empty() ? "?" : item.product;
        if (item.quantity) {
            std::string number = std::to_string(item.quantity->value / 10'000);
            if (const auto rest = item.quantity->value % 10'000; rest != 0) {
                std::string digits = std::to_string(rest + 10'000).substr(1);
                while (digits.back() == '0') digits.pop_back();
                number += "." + digits;
            }
            out += " " + number + " " + item.unit;
        }
        if (item.price) out += " " + std::to_string(item.price->value) + "/" + item.price_unit;
    }
    return out;
}

inline std::string dates_of(const Understanding& meaning) {
    return (meaning.date_from ? iso_date(*meaning.date_from) : "-") + ".." +
           (meaning.date_until ? iso_date(*meaning.date_until) : "-");
}

}  // namespace haat::language
