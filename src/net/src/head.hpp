/// @file The strict reading of a request's head (request line and headers) that comes before the
/// parser: whatever two servers could read differently is refused. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace haat::net {

constexpr std::size_t kMaxHeadBytes = 16 * 1024;
constexpr std::size_t kMaxTargetBytes = 8 * 1024;
constexpr std::size_t kMaxHeaders = 100;

struct Head {
    int refusal = 0;  ///< 0, or the status to answer before closing.
    std::string_view method;
    std::string_view target;
    bool keep_alive = false;
    bool expects_continue = false;
    bool is_chunked = false;
    std::uint64_t content_length = 0;
};

/// What a head that is not complete yet already does wrong: 400, 414 or 431; 0 if nothing.
[[nodiscard]] int check_partial_head(std::string_view bytes);

/// `bytes` ends with the empty line. Views point into it.
[[nodiscard]] Head check_head(std::string_view bytes);

/// Letters, digits and "!#$%&'*+-.^_`|~", at least one.
[[nodiscard]] bool is_token(std::string_view text);
/// No control characters but a tab.
[[nodiscard]] bool is_field_value(std::string_view text);

}  // namespace haat::net
