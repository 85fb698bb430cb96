/// @file Whom an audience text or tree means: how many people, where, in which languages, how they
/// can be reached, and what writing to them costs.
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
#include "registry/audience.hpp"
#include "registry/audience_names.hpp"
#include "registry/audience_query.hpp"
#include "registry/audience_saved.hpp"

namespace haat::flows {

/// What providers bill a message as.
enum class MessageCategory : std::uint8_t {
    kMarketing,
    kUtility,
    kService,  ///< An answer within 24 hours of her own message: free on WhatsApp.
};
inline constexpr std::array kMessageCategories{
    MessageCategory::kMarketing, MessageCategory::kUtility, MessageCategory::kService};
/// "marketing", "utility", "service".
[[nodiscard]] std::string_view category_name(MessageCategory category);

/// What everything on one channel in one category would cost, by the settings that hold now.
struct CostForecast {
    registry::Channel channel = registry::Channel::kWhatsapp;
    MessageCategory category = MessageCategory::kMarketing;
    std::int64_t messages = 0;
    Paise cost;
};

struct AudienceMeasure {
    registry::Audience audience;  ///< Resolved, with canonical names.
    std::string text;             ///< The same as text.
    std::int64_t people = 0;
    std::int64_t addresses = 0;  ///< On the channel; several people may share one.
    std::int64_t opted_out = 0;  ///< Fit but for their stop or a missing consent.
    registry::AudienceBreakdown by;
    std::vector<CostForecast> costs;
    UnixSeconds as_of_at;
};

/// Lengths that a cost depends on.
struct MessageSize {
    std::int64_t sms_segments = 1;  ///< 1..10
    std::int64_t voice_pulses = 1;  ///< 1..20
};

struct AudienceAsk {
    registry::Audience audience;  ///< As parsed or picked; not yet resolved.
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    registry::Channel channel = registry::Channel::kWhatsapp;
    MessageSize size;
};

/// Products by every word that the catalogue knows for them.
[[nodiscard]] registry::AudienceProducts audience_products(storage::Transaction& tx);

/// Names become ids; see registry::resolve_audience for refusals. In a read of its own.
[[nodiscard]] Result<registry::Audience> resolve_audience(MessagingContext& context,
                                                          const Viewer& viewer,
                                                          registry::Audience audience);

/// Counts those who fit, agreed to the purpose and are in the viewer's places. `people` are those
/// reachable on the channel; `by` counts everybody who fits and agreed, on whatever channel.
/// Addresses are counted exactly up to 50,000 people, above that as people.
/// @return flows.not_allowed; as registry::resolve_audience.
[[nodiscard]] Result<AudienceMeasure> measure_audience(MessagingContext& context,
                                                       const Viewer& viewer, AudienceAsk ask);

/// What that many messages cost. Rounded to the nearest paisa at the end, once.
[[nodiscard]] Paise message_cost(storage::Transaction& tx, registry::Channel channel,
                                 MessageCategory category, std::int64_t messages,
                                 const MessageSize& size, UnixSeconds at);

}  // namespace haat::flows
