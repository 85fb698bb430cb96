/// @file What she writes compared with what is shown to choose from, and signs that are answers.
/// Private to messaging.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "messaging/dialogue.hpp"

namespace haat::messaging {

/// Words with one blank between them, as they are compared: lower case; without punctuation, emoji,
/// nukta and the signs of a sound through the nose: "हाँ, ग़लत" is "हा गलत", "हिन्दी" is "हिदी". O(n).
[[nodiscard]] std::u32string fold_label(std::string_view text);

/// Letter by letter the same but for the above and for blanks. Text without letters equals nothing.
[[nodiscard]] bool is_label(std::string_view said, std::string_view label);

/// The one choice that her words name by a part of it: "मीरा", "मीरा बोल रही हूँ" of "मीरा साह"; null
/// if none or several are, or if she says numbers or "not".
/// @param sound How a name sounds, so that "Meera" is "मीरा"; it may answer nothing.
[[nodiscard]] const ListedChoice* named_by_part(
    std::string_view said, std::span<const ListedChoice> choices,
    const std::function<std::string(std::string_view)>& sound);

enum class Sign : std::uint8_t { kNone, kYes, kNo, kThanks };
/// A message of emoji only: 👍 is yes, 👎 no, anything else thanks.
[[nodiscard]] Sign sign_of(std::string_view text);

/// Words about the question itself, whole messages.
enum class Aside : std::uint8_t { kNone, kBack, kLeave, kAgain };
[[nodiscard]] Aside aside_of(std::string_view text);

}  // namespace haat::messaging
