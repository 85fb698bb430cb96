/// @file Text is UTF-8 everywhere. What comes from outside is checked once, at the edge.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace haat {

/// True if `bytes` is well-formed UTF-8 without NUL, surrogates or overlong forms. O(n).
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// `bytes` with each malformed sequence and NUL replaced by U+FFFD; never fails, never shrinks
/// well-formed text. For showing what came from outside, never for storing it.
[[nodiscard]] std::string to_utf8_lossy(std::string_view bytes);

/// Number of code points of well-formed UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// The first `limit` code points of well-formed UTF-8.
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t limit);

/// Without ASCII white space at either end.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Decimal digits with an optional '-', nothing else; none on overflow or other text.
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

/// Lower-case hexadecimal of `bytes`.
[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace haat
