/// @file What an officer may want to write: shipped texts by topic, and what officers answered to
/// tickets of the same topic before. She sees nothing of it until somebody sends it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"

namespace haat::flows {

struct SuggestedReply {
    std::string text;        ///< In her language, with her name.
    std::int64_t times = 0;  ///< How often officers answered so; 0: shipped with haat.
};

/// Shipped ones first, then the most frequent; at most 10. Answers of others are taken from the
/// viewer's places, and only if two tickets had the same, so that nobody's own matter shows.
/// @return flows.not_allowed, messaging.no_ticket.
[[nodiscard]] Result<std::vector<SuggestedReply>> suggest_replies(MessagingContext& context,
                                                                  const Viewer& viewer,
                                                                  InboundId ticket_id);

}  // namespace haat::flows
