#include "contact_limits.hpp"

#include <algorithm>

#include "flows/settings.hpp"
#include "messaging/broadcast_plans.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kWeekSeconds = 7 * kDaySeconds;

struct Recent {
    std::vector<BroadcastId> market;  ///< Of the last week.
    std::vector<BroadcastId> any;     ///< Of the days that were asked for.
    std::int64_t cap = 0;
};

Recent recent_broadcasts(MessagingContext& context, const PlanBody& body) {
    const UnixSeconds now = context.flows.clock.now();
    constexpr int kMost = 100'000;
    return context.flows.database.read([&](storage::Transaction& tx) {
        Recent recent;
        if (body.message_purpose() == registry::MessagePurpose::kMarket) {
            recent.cap = setting_at(tx, Setting::kMarketMessagesAWeek, now);
            recent.market = messaging::filter_broadcasts(
                tx, system_viewer(),
                {.purpose = "market", .from_at = {now.value - kWeekSeconds}, .limit = kMost});
        }
        if (body.exclude_contacted_days > 0) {
            recent.any = messaging::filter_broadcasts(
                tx, system_viewer(),
                {.from_at = {now.value - body.exclude_contacted_days * kDaySeconds},
                 .limit = kMost});
        }
        return recent;
    });
}

/// How often each ordinal was, or will surely be, written to by these broadcasts; at most 255.
std::vector<std::uint8_t> count_contacts(const MessagingContext& context,
                                         const std::vector<BroadcastId>& broadcasts) {
    std::vector<std::uint8_t> times;
    for (const BroadcastId broadcast_id : broadcasts) {
        // What still waits to be sent counts: it will arrive in the same week.
        const bool open = context.delivery.progress(broadcast_id).missing() > 0;
        const auto least = open ? messaging::SlotState::kQueued : messaging::SlotState::kAccepted;
        for (const std::uint32_t ordinal :
             context.delivery.ordinals_at_least(broadcast_id, least)) {
            if (ordinal >= times.size()) {
                times.resize(ordinal + 1);
            }
            times[ordinal] = static_cast<std::uint8_t>(std::min(times[ordinal] + 1, 255));
        }
    }
    return times;
}

}  // namespace

bool has_limits(MessagingContext& context, const PlanBody& body) {
    const Recent recent = recent_broadcasts(context, body);
    return !recent.any.empty() ||
           (recent.cap > 0 && static_cast<std::int64_t>(recent.market.size()) >= recent.cap);
}

Chosen within_limits(MessagingContext& context, const PlanBody& body,
                     std::vector<std::uint32_t> people) {
    const Recent recent = recent_broadcasts(context, body);
    const bool may_cap =
        recent.cap > 0 && static_cast<std::int64_t>(recent.market.size()) >= recent.cap;
    if (recent.any.empty() && !may_cap) {
        return {.people = std::move(people), .capped = {}, .contacted = {}};
    }
    const std::vector<std::uint8_t> market =
        may_cap ? count_contacts(context, recent.market) : std::vector<std::uint8_t>();
    const std::vector<std::uint8_t> any = count_contacts(context, recent.any);
    Chosen chosen;
    for (const std::uint32_t ordinal : people) {
        if (ordinal < market.size() && market[ordinal] >= recent.cap) {
            chosen.capped.push_back(ordinal);
        } else if (ordinal < any.size() && any[ordinal] > 0) {
            chosen.contacted.push_back(ordinal);
        } else {
            chosen.people.push_back(ordinal);
        }
    }
    return chosen;
}

}  // namespace haat::flows
