/// @file From products, numbers, units and money in a row to items: which quantity and which price
/// belong to which goods.
#pragma once

#include <cstdint>
#include <vector>

#include "match.hpp"

namespace haat::language {

inline constexpr std::size_t kMostItems = 32;

/// An item while it is put together.
struct Draft {
    std::int32_t product = -1;  ///< Index into the lexicon's products; -1 for goods not named.
    bool negated = false;       ///< "मखाना नहीं है"
    bool misspelt = false;      ///< The product was found by its likeness.
    bool guessed = false;       ///< Something about it was decided by habit, not by the words.
    bool has_quantity = false;
    bool article = false;       ///< The quantity is "ek".
    bool bare_number = false;   ///< The quantity came without a unit.
    std::int64_t quantity = 0;  ///< In ten-thousandths of the base unit.
    std::int32_t unit = -1;     ///< As spoken, index into units; -1 for the product's own.
    bool has_price = false;
    bool lump = false;
    bool bare_lump = false;   ///< The sum came without a word for money.
    int price_rank = 0;       ///< Of several prices the highest rank stays, the last of equals.
    std::int64_t amount = 0;  ///< Rupees in ten-thousandths, per `price_unit` as spoken.
    std::int32_t price_unit = -1;  ///< -1: unstated.
    std::uint32_t word = 0;        ///< Of the goods, as the message names them.
    std::uint32_t first_word = 0;  ///< Of a name of several words: "तीसी" of "तीसी तेल".
    std::size_t first_token = 0;
    std::size_t last_token = 0;
};

struct Drafts {
    std::vector<Draft> items;       ///< In the order of the message.
    int unused_numbers = 0;         ///< Numbers that found no place.
    std::int64_t loose_amount = 0;  ///< The largest of them, in ten-thousandths.
};

/// Spans are chosen and dates consumed. O(spans).
[[nodiscard]] Drafts collect_items(const Message& message);

}  // namespace haat::language
