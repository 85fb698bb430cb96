/// @file Money is an integer number of paise. Floating point never touches it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace haat {

/// An amount in paise (1/100 rupee); negative where a sign has a meaning, as in a ledger.
struct Paise {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(Paise, Paise) = default;
    friend constexpr Paise operator+(Paise a, Paise b) { return {a.value + b.value}; }
    friend constexpr Paise operator-(Paise a, Paise b) { return {a.value - b.value}; }
    friend constexpr Paise operator-(Paise a) { return {-a.value}; }
    constexpr Paise& operator+=(Paise other) {
        value += other.value;
        return *this;
    }
    constexpr Paise& operator-=(Paise other) {
        value -= other.value;
        return *this;
    }
};

/// "12345.60" style rupees with exactly two decimals and no grouping, for files and logs.
[[nodiscard]] std::string rupees_plain(Paise amount);

/// "₹1,23,456" or "₹1,23,456.50" with Indian grouping, for messages to people.
[[nodiscard]] std::string rupees_display(Paise amount);

}  // namespace haat
