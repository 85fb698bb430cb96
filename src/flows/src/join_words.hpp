/// @file Small things that people say of themselves. Private to flows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "messaging/dialogue.hpp"

namespace haat::flows {

/// On a shared phone somebody else may write after that.
inline constexpr std::int64_t kSpeakerSeconds = 1'800;

/// "मेरा नाम गीता देवी है" → "गीता देवी".
[[nodiscard]] std::string name_said(std::string_view text);

/// "31/03/2026", the day in India.
[[nodiscard]] std::string date_said(UnixSeconds at);

/// By blanks.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);

/// Words by which a stranger's dialogue begins ("शुरू से", "/start") begin it anew, whatever waited:
/// no name and no village is called so.
[[nodiscard]] messaging::DialogueState begun_anew(const messaging::BookShelf& shelf,
                                                  messaging::DialogueState state,
                                                  std::string_view text, bool is_known);

}  // namespace haat::flows
