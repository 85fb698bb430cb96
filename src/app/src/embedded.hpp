/// @file Files inside this program.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace haat::app {

using EmbeddedFiles = std::span<const std::pair<std::string_view, std::string_view>>;

/// data/: "places/districts.csv", "language/lexicon.json", …
[[nodiscard]] EmbeddedFiles data_files();
/// The bytes of one of them; empty if it is not there.
[[nodiscard]] std::string_view data_file(std::string_view path);

/// i18n/: the texts that texts() is made of.
[[nodiscard]] EmbeddedFiles text_files();

/// "0.1.0"
[[nodiscard]] std::string_view version();
[[nodiscard]] std::string_view commit();
[[nodiscard]] std::string_view compiler();

}  // namespace haat::app
