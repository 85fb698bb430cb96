/// @file A message as words, numbers and marks, after normalisation: nukta letters one way,
/// zero-width characters gone, digits in ASCII, Roman in lower case, glued units split ("20kg",
/// "१२5किलो").
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fold.hpp"

namespace haat::language {

enum class TokenKind : std::uint8_t { kWord, kNumber, kSymbol, kBreak };

/// For products of quantities, factors and prices.
__extension__ typedef __int128 Wide;

inline constexpr std::int64_t kScale = 10'000;  ///< Numbers are in ten-thousandths.
inline constexpr std::size_t kMostTokens = 1'024;

struct Token {
    TokenKind kind = TokenKind::kBreak;
    char symbol = '\0';  ///< For marks: '@', '/', '-', '#', '.', ',', ':', '?', '=', '+', '$' = ₹.
    bool glued = false;  ///< No blank before it.
    bool devanagari = false;
    bool decimal = false;     ///< The number was written with a point.
    std::uint8_t digits = 0;  ///< Of a number; more than 12 leave `number` at 0.
    std::uint32_t begin = 0;  ///< Bytes of the message.
    std::uint32_t end = 0;
    std::int64_t number = 0;    ///< In ten-thousandths.
    std::uint64_t surface = 0;  ///< Hash of the normalised spelling.
    Key key;                    ///< Of a word; of a number its digits.
};

/// Appends the tokens of `text`, at most kMostTokens. Malformed UTF-8 reads as blanks. O(n).
void tokenize(std::string_view text, std::vector<Token>& out);

}  // namespace haat::language
