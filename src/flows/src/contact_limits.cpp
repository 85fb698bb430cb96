#include "contact_limits.hpp"

#include <algorithm>
#include <functional>
#include <span>

#include "flows/contacts.hpp"
#include "flows/settings.hpp"
#include "messaging/broadcast_plans.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kWeekSeconds = 7 * kDaySeconds;
constexpr int kMostBroadcasts = 100'000;

struct Recent {
    std::vector<BroadcastId> market;  ///< Of the last week.
    std::vector<BroadcastId> any;     ///< Of the days that were asked for.
    std::int64_t cap = 0;
};

Recent recent_broadcasts(MessagingContext& context, const PlanBody& body) {
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.read([&](storage::Transaction& tx) {
        Recent recent;
        if (body.message_purpose() == registry::MessagePurpose::kMarket) {
            recent.cap = setting_at(tx, Setting::kMarketMessagesAWeek, now);
            recent.market = messaging::filter_broadcasts(tx, system_viewer(),
                                                         {.purpose = "market",
                                                          .from_at = {now.value - kWeekSeconds},
                                                          .limit = kMostBroadcasts});
        }
        if (body.exclude_contacted_days > 0) {
            recent.any = messaging::filter_broadcasts(
                tx, system_viewer(),
                {.from_at = {now.value - body.exclude_contacted_days * kDaySeconds},
                 .limit = kMostBroadcasts});
        }
        return recent;
    });
}

/// Sent, or still to be sent: it will arrive in the same week. What she shares with another person
/// on her phone counts; what a rule left out does not.
bool is_contact(messaging::SlotState state) {
    using enum messaging::SlotState;
    return state == kQueued || state == kShared || state == kBusy || state == kUnknown ||
           state == kRetry || state >= kAccepted;
}

/// Calls `each` with those who are contacts of a broadcast, chunk by chunk, as last written back;
/// of every process.
void each_contact(MessagingContext& context, BroadcastId broadcast_id,
                  const std::function<void(std::span<const std::uint32_t>)>& each) {
    std::vector<std::uint32_t> contacts;
    for (std::int64_t chunk_no = 0;; ++chunk_no) {
        const auto chunk = context.flows.database.read([&](storage::Transaction& tx) {
            return messaging::stored_chunk(tx, broadcast_id, chunk_no);
        });
        if (!chunk) {
            return;
        }
        contacts.clear();
        for (std::size_t i = 0; i < chunk->ordinals.size(); ++i) {
            if (is_contact(chunk->slots[i].state)) {
                contacts.push_back(chunk->ordinals[i]);
            }
        }
        each(contacts);
    }
}

/// How often each ordinal was, or will surely be, written to by these broadcasts; at most 255.
std::vector<std::uint8_t> count_contacts(MessagingContext& context,
                                         const std::vector<BroadcastId>& broadcasts) {
    std::vector<std::uint8_t> times;
    for (const BroadcastId broadcast_id : broadcasts) {
        each_contact(context, broadcast_id, [&](std::span<const std::uint32_t> contacts) {
            for (const std::uint32_t ordinal : contacts) {
                if (ordinal >= times.size()) {
                    times.resize(ordinal + 1);
                }
                times[ordinal] = static_cast<std::uint8_t>(std::min(times[ordinal] + 1, 255));
            }
        });
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

int learn_contacts(MessagingContext& context, std::set<BroadcastId>& known) {
    const UnixSeconds since{context.flows.clock.now().value -
                            registry::kMostContactedDays * kDaySeconds};
    std::vector<std::pair<BroadcastId, UnixSeconds>> fresh;
    context.flows.database.read([&](storage::Transaction& tx) {
        fresh.clear();
        for (const BroadcastId broadcast_id : messaging::filter_broadcasts(
                 tx, system_viewer(), {.from_at = since, .limit = kMostBroadcasts})) {
            if (!known.contains(broadcast_id)) {
                const auto found = messaging::find_broadcast(tx, system_viewer(), broadcast_id);
                fresh.emplace_back(broadcast_id, found ? found->created_at : since);
            }
        }
    });
    for (const auto& [broadcast_id, at] : fresh) {
        each_contact(context, broadcast_id, [&](std::span<const std::uint32_t> contacts) {
            context.audience.mark_contacted(registry::india_day(at), contacts);
        });
        known.insert(broadcast_id);
    }
    return static_cast<int>(fresh.size());
}

}  // namespace haat::flows
