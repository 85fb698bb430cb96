/// @file Promise: who asked to hear answers gets each one as a voice note too, after the text,
/// which waits for nothing; so it is with what haat or an officer writes to her unasked. The sound
/// is made outside of any transaction; what cannot be made is left out with a line in the log, since
/// she has the text. Source: docs/formats/voice.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"

namespace haat::flows {

/// Before the words of a voice note, where people read what was said.
inline constexpr std::string_view kSpokenMark = "🔊 ";

/// Makes voice notes of answers that wait and queues them as mail, at most `limit`; returns how
/// many it looked at. Each is queued once, whatever processes do it. One for who said stop
/// meanwhile is not queued; a provider that does not answer is asked again for ten minutes. For a
/// worker: it waits on espeak-ng and on the network.
int speak_answers(MessagingContext& context, MailSender& sender, int limit);

/// A text as a voice note, for who tries dialogues.
/// @return flows.not_allowed, flows.no_audio, what AudioStore::speak refuses.
[[nodiscard]] Result<std::string> hear_text(MessagingContext& context, const Viewer& viewer,
                                            std::string_view text, std::string_view language);

}  // namespace haat::flows
