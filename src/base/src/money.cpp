#include "base/money.hpp"

#include <fmt/format.h>

#include "base/quantity.hpp"

namespace haat {
namespace {

/// 1234567 as "12,34,567": the last three digits, then pairs.
std::string group_indian(std::uint64_t whole) {
    std::string digits = std::to_string(whole);
    for (std::size_t at = digits.size(), step = 3; at > step; step = 2) {
        at -= step;
        digits.insert(at, ",");
    }
    return digits;
}

std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

std::string rupees_plain(Paise amount) {
    const std::uint64_t paise = magnitude(amount.value);
    return fmt::format("{}{}.{:02}", amount.value < 0 ? "-" : "", paise / 100, paise % 100);
}

std::string rupees_display(Paise amount) {
    const std::uint64_t paise = magnitude(amount.value);
    std::string text = fmt::format("{}₹{}", amount.value < 0 ? "-" : "", group_indian(paise / 100));
    if (paise % 100 != 0) {
        text += fmt::format(".{:02}", paise % 100);
    }
    return text;
}

Paise cost_of(Milli quantity, Paise price_per_unit) {
    __extension__ using Wide = __int128;
    const Wide product = static_cast<Wide>(quantity.value) * price_per_unit.value;
    return {static_cast<std::int64_t>((product + 500) / 1000)};
}

std::string quantity_plain(Milli quantity) {
    std::string text = fmt::format("{}.{:03}", quantity.value / 1000, quantity.value % 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text;
}

}  // namespace haat
