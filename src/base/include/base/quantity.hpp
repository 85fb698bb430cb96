/// @file Quantities are integers in thousandths of a unit, so that 250 grams are 250 of kg.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/money.hpp"

namespace haat {

/// An amount of goods in thousandths of its unit: 20 kg is 20,000 with the unit "kg".
struct Milli {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(Milli, Milli) = default;
    friend constexpr Milli operator+(Milli a, Milli b) { return {a.value + b.value}; }
    friend constexpr Milli operator-(Milli a, Milli b) { return {a.value - b.value}; }
    constexpr Milli& operator+=(Milli other) {
        value += other.value;
        return *this;
    }
    constexpr Milli& operator-=(Milli other) {
        value -= other.value;
        return *this;
    }
};

/// What `quantity` costs at `price_per_unit`, rounded half up to a paisa. Both are >= 0; the
/// product is computed in 128 bits.
[[nodiscard]] Paise cost_of(Milli quantity, Paise price_per_unit);

/// "20" or "2.5": no trailing zeros, for messages and files.
[[nodiscard]] std::string quantity_plain(Milli quantity);

}  // namespace haat
