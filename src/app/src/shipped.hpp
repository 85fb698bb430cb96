/// @file What haat brings along, put to use: lexicon, dialogues, catalogue, place tree.
#pragma once

#include "base/result.hpp"
#include "flows/lexicon_shelf.hpp"
#include "language/lexicon.hpp"
#include "messaging/book_source.hpp"
#include "registry/place_loader.hpp"
#include "storage/database.hpp"

namespace haat::app {

[[nodiscard]] Result<language::Lexicon> shipped_lexicon();
/// The same, to which the words that officers published are added.
[[nodiscard]] Result<std::unique_ptr<flows::LexiconShelf>> shipped_words();

/// The dialogues by which haat answers, and every text that a dialogue or a letter of ours says.
[[nodiscard]] messaging::BookSource shipped_dialogues();

/// Puts the shipped catalogue into the database; about 10 ms, and nothing if it is there.
[[nodiscard]] Result<void> load_shipped_catalogue(storage::Database& database);

/// The shipped place files.
[[nodiscard]] registry::PlaceFiles shipped_places();

}  // namespace haat::app
