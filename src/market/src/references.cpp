#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "market/orders.hpp"

namespace haat::market {
namespace {

// Without vowels no word can come out; without B G L Q S Z and 0 1 nothing looks like another sign
// of the same row on a slip of paper.
constexpr std::string_view kLetters = "CDFHJKMNPRTVWXY";
constexpr std::string_view kDigits = "23456789";
constexpr int kAttemptsPerLength = 8;
constexpr int kMostCharacters = 12;

/// SplitMix64: spreads ids that follow each other over the whole range.
std::uint64_t scramble(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

}  // namespace

std::string reference_for(OrderId order_id, int attempt) {
    int characters = 4 + 2 * (attempt / kAttemptsPerLength);
    characters = characters < kMostCharacters ? characters : kMostCharacters;
    std::uint64_t number = scramble(scramble(static_cast<std::uint64_t>(order_id.value)) +
                                    static_cast<std::uint64_t>(attempt));
    std::string reference;
    for (int i = 0; i < characters; ++i) {
        const std::string_view signs = i % 2 == 0 ? kLetters : kDigits;
        reference += signs[number % signs.size()];
        number /= signs.size();
    }
    return reference;
}

std::optional<std::string> normalise_reference(std::string_view text) {
    std::string reference;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ' || c == '-' || c == '\t') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            reference += static_cast<char>(c - 'a' + 'A');
        } else if (text.substr(i).starts_with("\xE0\xA5") && i + 2 < text.size() &&
                   text[i + 2] >= '\xA6' && text[i + 2] <= '\xAF') {
            reference += static_cast<char>('0' + (text[i + 2] - '\xA6'));  // U+0966..U+096F
            i += 2;
        } else {
            reference += c;
        }
    }
    if (reference.size() < 4 || reference.size() > kMostCharacters || reference.size() % 2 != 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < reference.size(); ++i) {
        if (!(i % 2 == 0 ? kLetters : kDigits).contains(reference[i])) {
            return std::nullopt;
        }
    }
    return reference;
}

}  // namespace haat::market
