/// @file URLs and their parts, strictly: what is not right is refused, not guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haat::net {

/// "%41" -> "A". None if a '%' is not followed by two hexadecimal digits. O(n).
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Every byte but letters, digits and "-._~" as %XX; for path segments and query values.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// "a=1&b=x%20y+z" as pairs in order; '+' is a blank; a name without '=' has an empty value. None
/// if an escape is wrong, the result is not UTF-8, or there are more than 1,000 pairs.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(
    std::string_view text);

/// The decoded path of a request: starts with '/', well-formed UTF-8 without control characters,
/// no encoded '/' or '\', no "." or ".." segment. None otherwise.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view text);

/// "https://host:port/base" taken apart.
struct Url {
    bool is_https = false;
    std::string host;  ///< Without brackets if it is an IPv6 address.
    std::uint16_t port = 0;
    std::string path;       ///< From '/' on, with query; "/" if there was none.
    std::string authority;  ///< What goes into Host: host, and the port if it is not the usual one.
};

/// None unless the scheme is http or https, the host is not empty, and there is no user or
/// fragment.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

}  // namespace haat::net
