#include <cstdint>

#include "base/readable_code.hpp"

namespace haat {
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

std::string readable_code(std::int64_t id, int attempt, int characters) {
    characters += 2 * (attempt / kAttemptsPerLength);
    characters = characters < kMostCharacters ? characters : kMostCharacters;
    std::uint64_t number =
        scramble(scramble(static_cast<std::uint64_t>(id)) + static_cast<std::uint64_t>(attempt));
    std::string code;
    for (int i = 0; i < characters; ++i) {
        const std::string_view signs = i % 2 == 0 ? kLetters : kDigits;
        code += signs[number % signs.size()];
        number /= signs.size();
    }
    return code;
}

std::optional<std::string> normalise_readable_code(std::string_view text) {
    std::string code;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ' || c == '-' || c == '\t') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            code += static_cast<char>(c - 'a' + 'A');
        } else if (text.substr(i).starts_with("\xE0\xA5") && i + 2 < text.size() &&
                   text[i + 2] >= '\xA6' && text[i + 2] <= '\xAF') {
            code += static_cast<char>('0' + (text[i + 2] - '\xA6'));  // U+0966..U+096F
            i += 2;
        } else {
            code += c;
        }
    }
    if (code.size() < 4 || code.size() > kMostCharacters || code.size() % 2 != 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (!(i % 2 == 0 ? kLetters : kDigits).contains(code[i])) {
            return std::nullopt;
        }
    }
    return code;
}

}  // namespace haat
