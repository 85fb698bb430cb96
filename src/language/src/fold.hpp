/// @file One phonetic key for both scripts: "मखाना", "makhana" and "makhaana" fold to the same few
/// letters. Capitals stand for aspirates (kh is K), so that one edit is one sound.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace haat::language {

/// At most 31 letters; longer words are cut, which no word of the lexicon reaches.
struct Key {
    char letters[31] = {};
    std::uint8_t size = 0;

    [[nodiscard]] std::string_view view() const { return {letters, size}; }
    void push(char letter) {
        if (size < sizeof letters) letters[size++] = letter;
    }
    [[nodiscard]] char back(std::size_t steps = 1) const {
        return size >= steps ? letters[size - steps] : '\0';
    }
};

/// The key of one word of normalised code points (tokens.hpp) of one script. O(n).
[[nodiscard]] Key tight_key(std::span<const char32_t> word);

/// A coarser key for misspelt words: no aspirates, no inner "a", b for v, r for d. O(n).
[[nodiscard]] Key loose_key(std::string_view tight);

/// As people shorten on the phone: no "a" but the first and the last letter ("hjr", "skte"). O(n).
[[nodiscard]] Key short_key(std::string_view tight);

/// Weighted distance of two tight keys in half edits: aspiration, vowels and r/d count one, other
/// edits and swapped neighbours two. More than `limit` is returned as limit + 1. O(n * m).
[[nodiscard]] int key_distance(std::string_view left, std::string_view right, int limit);

}  // namespace haat::language
