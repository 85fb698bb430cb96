/// @file What a book of dialogues is made of, as officers edit it and as it is kept: the JSON of
/// each dialogue, and every text that it and our own letters say. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haat::messaging {

struct BookText {
    std::string hindi;
    std::string english;

    friend bool operator==(const BookText&, const BookText&) = default;
};

struct BookSource {
    std::map<std::string, std::string, std::less<>> dialogues;  ///< Name → its JSON.
    std::map<std::string, BookText, std::less<>> texts;         ///< "messages.help" → both texts.

    friend bool operator==(const BookSource&, const BookSource&) = default;
};

/// Names the content; two books are the same if these are.
[[nodiscard]] std::int64_t content_of(const BookSource& source);

/// As it is kept.
[[nodiscard]] std::string to_json(const BookSource& source);
/// @throws std::exception if it is none of to_json's.
[[nodiscard]] BookSource book_source_from_json(std::string_view json);

/// Adds from a file of i18n what a book may say: "messages.…" without what stands on screens, on
/// cards and in templates, which are not a dialogue's. @throws std::exception if it is no such
/// file.
void add_texts(BookSource& source, std::string_view json);

/// {"hi": …, "en": …}.
[[nodiscard]] std::string to_json(const BookText& text);
/// @throws std::exception.
[[nodiscard]] BookText book_text_from_json(std::string_view json);

enum class PartKind : std::uint8_t { kDialogue, kText };
[[nodiscard]] std::string_view part_kind_name(PartKind kind);  ///< "dialogue", "text"
[[nodiscard]] std::optional<PartKind> part_kind_from_name(std::string_view name);

/// A dialogue or a text of a book, and what it becomes.
struct BookChange {
    PartKind kind = PartKind::kText;
    std::string name;
    std::optional<std::string> body;  ///< As part_of; none takes it away.

    friend bool operator==(const BookChange&, const BookChange&) = default;
};

/// The JSON of a dialogue, or of a text; none if the book has no such part.
[[nodiscard]] std::optional<std::string> part_of(const BookSource& source, PartKind kind,
                                                 std::string_view name);
/// @throws std::exception if the body of a text is none.
void apply(BookSource& source, const BookChange& change);
/// What makes `after` of `before`.
[[nodiscard]] std::vector<BookChange> difference(const BookSource& before, const BookSource& after);

/// What a person who writes texts leaves open: the names within braces.
/// None if a brace is never closed or a name is not made of a-z, 0-9 and _.
[[nodiscard]] std::optional<std::vector<std::string>> placeholders_in(std::string_view text);

}  // namespace haat::messaging
