/// @file What texts of the ledger may look like, its days as numbers, and its hash.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace haat::ledger {

/// The day as 20261121.
[[nodiscard]] inline std::int64_t day_number(Date date) {
    return std::int64_t{date.year} * 10'000 + date.month * 100 + date.day;
}
[[nodiscard]] inline Date date_of_day(std::int64_t day) {
    return {.year = static_cast<int>(day / 10'000),
            .month = static_cast<int>(day / 100 % 100),
            .day = static_cast<int>(day % 100)};
}

/// 1..limit bytes of a-z, 0-9, '-'.
[[nodiscard]] inline bool is_word(std::string_view text, std::size_t limit) {
    return !text.empty() && text.size() <= limit && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// 1..limit bytes of visible ASCII.
[[nodiscard]] inline bool is_key(std::string_view text, std::size_t limit) {
    return !text.empty() && text.size() <= limit &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// One line of UTF-8, possibly empty.
[[nodiscard]] inline bool is_note(std::string_view text, std::size_t limit) {
    return text.size() <= limit && is_utf8(text) && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

/// SHA-256 in 64 hexadecimal digits.
[[nodiscard]] inline std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace haat::ledger
