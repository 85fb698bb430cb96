/// @file How a place's name sounds, whatever the script and spelling: "अहियापुर" is "Ahiyapur".
/// Private to flows.
#pragma once

#include <string>
#include <string_view>

namespace haat::flows {

/// Its consonants in Latin letters: without vowels, h and y; v is b, double letters are one. Two
/// names with the same sound may be the same; a person decides. O(n).
[[nodiscard]] std::string name_sound(std::string_view name);

/// Letters that must change to make one the other, at most `most` + 1.
[[nodiscard]] int sound_distance(std::string_view a, std::string_view b, int most);

}  // namespace haat::flows
