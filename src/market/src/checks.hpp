/// @file What drafts of demands, offers and orders must keep to; limits as in api/openapi.yaml.
#pragma once

#include <string_view>

#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/text.hpp"

namespace haat::market {

inline constexpr Milli kMostQuantity{1'000'000'000'000};
inline constexpr Paise kMostPricePerUnit{100'000'000'000};
inline constexpr std::int64_t kMostDistanceMetres = 5'000'000;

[[nodiscard]] inline bool is_quantity(Milli quantity) {
    return quantity > Milli{0} && quantity <= kMostQuantity;
}

[[nodiscard]] inline bool is_price(Paise price) {
    return price > Paise{0} && price <= kMostPricePerUnit;
}

[[nodiscard]] inline bool is_unit(std::string_view unit) {
    return !unit.empty() && unit.size() <= 16;
}

[[nodiscard]] inline bool is_text(std::string_view text, std::size_t most_code_points) {
    return is_utf8(text) && count_code_points(text) <= most_code_points;
}

[[nodiscard]] inline bool is_grade(std::string_view grade) {
    return grade.empty() || grade == "a" || grade == "b" || grade == "c";
}

[[nodiscard]] inline bool is_device_id(std::string_view id) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return id.size() >= 8 && id.size() <= 64 &&
           id.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace haat::market
