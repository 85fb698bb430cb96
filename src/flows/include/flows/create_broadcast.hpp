/// @file A demand or a notice goes to the people it concerns.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/broadcasts.hpp"
#include "registry/audience.hpp"

namespace haat::flows {

/// Whom a message is for, and what it says: a demand, or a text in both languages.
struct BroadcastWish {
    registry::AudienceQuery audience;  ///< Channel and purpose are filled in from below.
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    registry::Channel channel = registry::Channel::kWhatsapp;
    DemandId demand_id;  ///< None: the texts count.
    std::string text_hi;
    std::string text_en;
};

/// How many a wish reaches.
struct Reach {
    std::int64_t people = 0;
    std::int64_t addresses = 0;  ///< Phones: several people may share one. At most `people`.
    std::int64_t opted_out = 0;  ///< Fit but for their stop or a missing consent.
    UnixSeconds as_of_at;
};

/// As the phone will show it.
struct BroadcastPreview {
    Reach reach;
    std::string text_hi;
    std::string text_en;
    std::vector<std::string> buttons_hi;
    std::vector<std::string> buttons_en;
    Paise cost;  ///< Forecast from the channel's price list.
};

/// Counts are from memory after catching up with the database; addresses are counted exactly up to
/// 50,000 people, above that as people.
[[nodiscard]] Reach count_audience(MessagingContext& context, const Viewer& viewer,
                                   registry::AudienceQuery audience,
                                   registry::MessagePurpose purpose, registry::Channel channel);

/// @return flows.not_allowed, market.no_demand, flows.no_broadcast_text.
[[nodiscard]] Result<BroadcastPreview> preview_broadcast(MessagingContext& context,
                                                         const Viewer& viewer,
                                                         const BroadcastWish& wish);

/// Promise: exactly the people whom the officer saw counted are written to, each address once, and
/// the record says what became of each. If the count changed since she confirmed it, nothing is
/// sent. Safe to repeat by device id.
/// @return as preview_broadcast; flows.audience_changed (params: people); messaging.no_recipients;
///   flows.needs_second_yes (params: above): it must be planned; messaging.template_not_approved.
[[nodiscard]] Result<messaging::Broadcast> create_broadcast(MessagingContext& context,
                                                            const Viewer& viewer,
                                                            const BroadcastWish& wish,
                                                            std::string_view device_id,
                                                            std::int64_t confirm_people);

/// Pauses or resumes; a stopped template still holds it after her resuming.
/// @return flows.not_allowed, messaging.no_broadcast, messaging.broadcast_done,
///   flows.broadcast_cancelled, flows.broadcast_held (params: reason).
[[nodiscard]] Result<void> pause_broadcast(MessagingContext& context, const Viewer& viewer,
                                           BroadcastId broadcast_id, bool paused,
                                           std::string_view reason = {});

/// Stops it for good: what is not sent yet never will be. @return as pause_broadcast.
[[nodiscard]] Result<void> cancel_broadcast(MessagingContext& context, const Viewer& viewer,
                                            BroadcastId broadcast_id, std::string_view reason);

/// The texts that a broadcast was sent with.
struct BroadcastTexts {
    std::string text_hi;
    std::string text_en;
};
[[nodiscard]] BroadcastTexts texts_of(const messaging::Broadcast& broadcast);

/// What one delivered message of that purpose costs on WhatsApp in India, in hundredths of a paisa.
/// Source: docs/formats/whatsapp.md, prices of 2026.
[[nodiscard]] std::int64_t whatsapp_cost_centipaise(registry::MessagePurpose purpose);
[[nodiscard]] Paise broadcast_cost(registry::MessagePurpose purpose, std::int64_t messages);

}  // namespace haat::flows
