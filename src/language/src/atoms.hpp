/// @file The business words of a message in a row: products, quantities, amounts of money, breaks.
#pragma once

#include <cstdint>
#include <vector>

#include "match.hpp"

namespace haat::language {

enum class AtomKind : std::uint8_t { kProduct, kQuantity, kNumber, kPrice, kBreak, kNegation };

struct Atom {
    AtomKind kind = AtomKind::kBreak;
    std::size_t begin = 0;  ///< Tokens begin..end-1.
    std::size_t end = 0;
    std::int32_t product = -1;
    std::int64_t number = 0;  ///< In ten-thousandths.
    std::int32_t unit = -1;   ///< Index into units.
    bool article = false;
    bool each = false;   ///< "10-10": of each of the goods named.
    bool one = false;    ///< A price of each single one: "60 ka ek".
    bool lump = false;   ///< A total for everything.
    bool money = false;  ///< A currency word stands beside it.
    bool misspelt = false;
    bool dropped = false;        ///< Corrected away, or the size of a pack.
    int rank = 0;                ///< Of a price.
    std::int32_t compound = -1;  ///< Of "2 quintal 35 kilo" the larger unit, which a price means.
    char mark = '\0';            ///< Of a break.
};

[[nodiscard]] std::vector<Atom> collect_atoms(const Message& message);

}  // namespace haat::language
