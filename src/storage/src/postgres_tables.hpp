/// @file Which tables a statement's text is about. Private.
#pragma once

#include <string_view>

namespace haat::storage {

/// That it writes; nothing if it is not plain to see.
[[nodiscard]] std::string_view written_table(std::string_view sql);

/// Whether the text has the table's name as a whole word; a column of that name counts too.
[[nodiscard]] bool names_table(std::string_view sql, std::string_view table);

}  // namespace haat::storage
