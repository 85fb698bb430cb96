/// @file Indian mobile numbers, normalised to "+91" and ten digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haat {

/// "+919812345678" from any usual way of writing an Indian mobile number: with or without +91, 91
/// or a leading 0, with blanks, dots and hyphens, in ASCII or Devanagari digits. None if it is not
/// ten digits that start with 6 to 9. Other countries' numbers must start with '+' and have 8 to
/// 15 digits; they are kept as they are. O(n).
[[nodiscard]] std::optional<std::string> normalise_phone(std::string_view text);

/// "98••••3210": what logs and screens show by default. Any text is accepted; shorter than eight
/// digits is masked whole.
[[nodiscard]] std::string mask_phone(std::string_view phone);

}  // namespace haat
