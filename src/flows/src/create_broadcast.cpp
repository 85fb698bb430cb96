#include "flows/create_broadcast.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "broadcast_letter.hpp"
#include "messaging/broadcast_plans.hpp"
#include "messaging/templates.hpp"
#include "planned.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kCountExactlyUpTo = 50'000;
constexpr std::size_t kReasonMax = 300;

registry::AudienceQuery with_channel(registry::AudienceQuery audience,
                                     registry::MessagePurpose purpose, registry::Channel channel) {
    audience.channel = channel;
    audience.purpose = purpose;
    return audience;
}

Result<Letterhead> letter_of(MessagingContext& context, const Viewer& viewer,
                             const BroadcastWish& wish) {
    if (!wish.demand_id) {
        return notice_letter(context, wish.text_hi, wish.text_en);
    }
    return context.flows.database.read([&](storage::Transaction& tx) {
        return demand_letter(context, tx, viewer, wish.demand_id);
    });
}

/// The audience as it was asked, for the record.
std::string audience_json(const registry::AudienceQuery& audience) {
    JsonWriter json;
    json.begin_object();
    const auto ids = [&](std::string_view key, const auto& items) {
        json.key(key).begin_array();
        for (const auto id : items) {
            json.number(id.value);
        }
        json.end_array();
    };
    ids("places", audience.places);
    ids("exclude_places", audience.exclude_places);
    ids("products", audience.products);
    ids("groups", audience.groups);
    json.key("languages").begin_array();
    for (const std::string& language : audience.languages) {
        json.string(language);
    }
    json.end_array().end_object();
    return json.take();
}

/// One officer's yes is enough for it, and the provider takes its template.
Result<void> may_send_alone(MessagingContext& context, const Viewer& viewer,
                            const BroadcastWish& wish, const Letterhead& letter,
                            std::int64_t people) {
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        const bool whole_state = is_whole_state(context.audience, viewer, wish.audience);
        const SecondYes yes =
            second_yes(tx, viewer, whole_state, people, context.flows.clock.now());
        if (yes.needed) {
            return refuse(ErrorKind::kConflict, "flows.needs_second_yes",
                          {{"above", std::to_string(yes.above)}});
        }
        return messaging::require_approved(tx, letter.template_name);
    });
}

std::int64_t count_addresses(storage::Transaction& tx, registry::Channel channel,
                             const std::vector<std::uint32_t>& ordinals) {
    std::unordered_set<std::int64_t> addresses;
    constexpr std::size_t kRange = 4096;
    for (std::size_t from = 0; from < ordinals.size(); from += kRange) {
        const std::size_t to = std::min(from + kRange, ordinals.size());
        std::size_t at = from;
        std::uint32_t last = 0;
        bool any = false;
        registry::address_ids_in(tx, ordinals[from], ordinals[to - 1], channel,
                                 [&](std::uint32_t ordinal, AddressId address_id) {
                                     while (at < to && ordinals[at] < ordinal) {
                                         ++at;
                                     }
                                     const bool chosen = at < to && ordinals[at] == ordinal;
                                     if (chosen && (!any || last != ordinal)) {
                                         addresses.insert(address_id.value);
                                         last = ordinal;
                                         any = true;
                                     }
                                 });
    }
    return static_cast<std::int64_t>(addresses.size());
}

}  // namespace

std::int64_t whatsapp_cost_centipaise(registry::MessagePurpose purpose) {
    return purpose == registry::MessagePurpose::kMarket ? 8631 : 1150;
}

Paise broadcast_cost(registry::MessagePurpose purpose, std::int64_t messages) {
    return {(messages * whatsapp_cost_centipaise(purpose) + 50) / 100};
}

Reach count_audience(MessagingContext& context, const Viewer& viewer,
                     registry::AudienceQuery audience, registry::MessagePurpose purpose,
                     registry::Channel channel) {
    const registry::AudienceQuery reached = with_channel(audience, purpose, channel);
    registry::AudienceQuery all = reached;
    all.purpose.reset();
    return context.flows.database.read([&](storage::Transaction& tx) {
        context.audience.catch_up(tx);
        Reach reach{.people = context.audience.count(viewer, reached),
                    .as_of_at = context.flows.clock.now()};
        reach.opted_out = context.audience.count(viewer, all) - reach.people;
        reach.addresses =
            reach.people <= kCountExactlyUpTo
                ? count_addresses(tx, channel, context.audience.select(viewer, reached))
                : reach.people;
        return reach;
    });
}

Result<BroadcastPreview> preview_broadcast(MessagingContext& context, const Viewer& viewer,
                                           const BroadcastWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Letterhead letter = HAAT_TRY(letter_of(context, viewer, wish));
    BroadcastPreview preview{
        .reach = count_audience(context, viewer, wish.audience, wish.purpose, wish.channel),
        .text_hi = letter.texts[0],
        .text_en = letter.texts[1]};
    preview.buttons_hi = letter.buttons[0];
    preview.buttons_en = letter.buttons[1];
    preview.cost = broadcast_cost(wish.purpose, preview.reach.addresses);
    return preview;
}

Result<messaging::Broadcast> create_broadcast(MessagingContext& context, const Viewer& viewer,
                                              const BroadcastWish& wish, std::string_view device_id,
                                              std::int64_t confirm_people) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Letterhead letter = HAAT_TRY(letter_of(context, viewer, wish));
    const UnixSeconds now = context.flows.clock.now();
    const registry::AudienceQuery audience =
        with_channel(wish.audience, wish.purpose, wish.channel);
    context.flows.database.read([&](storage::Transaction& tx) { context.audience.catch_up(tx); });
    const std::vector<std::uint32_t> ordinals = context.audience.select(viewer, audience);
    if (static_cast<std::int64_t>(ordinals.size()) != confirm_people) {
        return refuse(ErrorKind::kConflict, "flows.audience_changed",
                      {{"people", std::to_string(ordinals.size())}});
    }
    HAAT_TRY(may_send_alone(context, viewer, wish, letter, confirm_people));
    const messaging::Broadcast broadcast =
        HAAT_TRY(messaging::create_broadcast(context.flows.database,
                                             {.device_id = std::string(device_id),
                                              .purpose = wish.purpose,
                                              .channel = wish.channel,
                                              .template_name = letter.template_name,
                                              .params_json = params_json(letter),
                                              .audience_json = audience_json(audience),
                                              .demand_id = wish.demand_id,
                                              .place_id = viewer.place_id,
                                              .created_by = viewer.account_id,
                                              .expires_at = letter.expires_at},
                                             ordinals, now));
    context.flows.database.write([&](storage::Transaction& tx) {
        storage::audit(tx, now, viewer.account_id, "broadcast.create",
                       fmt::format("broadcast:{}", broadcast.broadcast_id.value),
                       fmt::format("{{\"recipients\":{}}}", broadcast.recipients));
        announce(tx, context.flows, "broadcast", broadcast.broadcast_id.value, "created", now);
    });
    context.delivery.broadcast_changed(broadcast.broadcast_id);
    context.audience.mark_contacted(registry::india_day(now), ordinals);
    return broadcast;
}

Result<void> pause_broadcast(MessagingContext& context, const Viewer& viewer,
                             BroadcastId broadcast_id, bool paused, std::string_view reason) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    Result<void> may = context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        if (broadcast.state == messaging::BroadcastState::kCancelled) {
            return refuse(ErrorKind::kConflict, "flows.broadcast_cancelled");
        }
        if (broadcast.state == messaging::BroadcastState::kDone) {
            return refuse(ErrorKind::kConflict, "messaging.broadcast_done");
        }
        for (const messaging::Hold& hold : messaging::list_holds(tx, broadcast_id)) {
            const bool others = hold.reason == "template";
            if (!paused && others) {
                return refuse(ErrorKind::kConflict, "flows.broadcast_held",
                              {{"reason", hold.reason_text}});
            }
        }
        storage::audit(tx, now, viewer.account_id, paused ? "broadcast.pause" : "broadcast.resume",
                       fmt::format("broadcast:{}", broadcast_id.value), "{}");
        return {};
    });
    HAAT_TRY(std::move(may));
    if (paused) {
        hold_broadcast(context, broadcast_id,
                       {.reason = "officer",
                        .reason_text = std::string(first_code_points(reason, kReasonMax)),
                        .by = viewer.account_id,
                        .at = now});
    } else {
        release_broadcast(context, broadcast_id, "budget");
        release_broadcast(context, broadcast_id, "number");
        release_broadcast(context, broadcast_id, "officer");
    }
    return {};
}

Result<void> cancel_broadcast(MessagingContext& context, const Viewer& viewer,
                              BroadcastId broadcast_id, std::string_view reason) {
    HAAT_TRY(pause_broadcast(context, viewer, broadcast_id, true, reason));
    const UnixSeconds now = context.flows.clock.now();
    hold_broadcast(context, broadcast_id,
                   {.reason = "cancelled",
                    .reason_text = std::string(first_code_points(reason, kReasonMax)),
                    .by = viewer.account_id,
                    .at = now});
    context.flows.database.write([&](storage::Transaction& tx) {
        storage::audit(tx, now, viewer.account_id, "broadcast.cancel",
                       fmt::format("broadcast:{}", broadcast_id.value), "{}");
    });
    return {};
}

BroadcastTexts texts_of(const messaging::Broadcast& broadcast) {
    const boost::json::value params = boost::json::parse(broadcast.what.params_json);
    return {std::string(params.at("text_hi").as_string()),
            std::string(params.at("text_en").as_string())};
}

}  // namespace haat::flows
