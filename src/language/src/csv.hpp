/// @file Rows of a comma CSV with quotes, for the lexicon's sources. Fields are views of the text
/// or of unquoted copies kept by the row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace haat::language {

/// Takes the next row off `text`; false at the end. Quoted fields may hold commas and doubled
/// quotes.
bool next_row(std::string_view& text, std::vector<std::string>& fields);

/// `text` cut at `separator`, blanks trimmed, empty parts left out.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace haat::language
