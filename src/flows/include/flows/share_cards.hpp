/// @file A mobiliser passes a broadcast on to the WhatsApp groups that people run themselves: a
/// card (text, picture, a link that opens a chat with us) and her word to how many groups she sent
/// it. Source: docs/internals/planning.md, "Share cards".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/texts.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/share_card.hpp"

namespace haat::flows {

struct CardOf {
    messaging::Broadcast broadcast;
    std::string text_hi;
    std::string text_en;
    std::string link;  ///< https://wa.me/…; empty while no number of ours is known.
    messaging::RelaySums hers;
    messaging::RelaySums all;
};

/// Cards of the last two weeks that concern the viewer's places, the newest first.
/// @return flows.not_allowed.
[[nodiscard]] Result<std::vector<CardOf>> list_share_cards(MessagingContext& context,
                                                           const Viewer& viewer);

/// @return flows.not_allowed; messaging.no_broadcast.
[[nodiscard]] Result<CardOf> read_share_card(MessagingContext& context, const Viewer& viewer,
                                             BroadcastId broadcast_id);

/// The picture as PNG. @return as read_share_card.
[[nodiscard]] Result<std::string> draw_share_card(MessagingContext& context, const Viewer& viewer,
                                                  BroadcastId broadcast_id, Language language);

/// She shared it. Safe to repeat by device id. @return as read_share_card.
[[nodiscard]] Result<CardOf> record_relay(MessagingContext& context, const Viewer& viewer,
                                          BroadcastId broadcast_id, std::string_view device_id,
                                          std::int64_t groups);

}  // namespace haat::flows
