/// @file The words of an audience text, English first, then Hindi; and how alike words are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/audience_query.hpp"

namespace haat::registry {

enum class Join : std::uint8_t { kAnd, kOr, kNot, kEverybody };

/// A word that joins conditions; none if it is an ordinary one.
[[nodiscard]] std::optional<Join> join_from(std::string_view word);

/// The code that a word stands for in kSpeaks, kReach, kConsent; "" if it is none.
[[nodiscard]] std::string_view code_of(AudienceField field, std::string_view word);
/// All codes of such a field.
[[nodiscard]] std::vector<std::string> codes_of(AudienceField field);
/// All English keywords.
[[nodiscard]] std::vector<std::string> field_words();

/// ASCII letters in lower case.
[[nodiscard]] std::string lower(std::string_view word);

}  // namespace haat::registry
