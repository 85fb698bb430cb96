#include "messaging/broadcasts.hpp"

#include "audience_asked.hpp"
#include "base/money.hpp"
#include "broadcast_views.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/messaging_context.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "messaging/broadcast_plans.hpp"
#include "messaging/delivery.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

/// The fields that a draft and a broadcast share.
struct Asked {
    AudienceAsked audience;
    flows::BroadcastWish wish;
};

Asked read_wish(Reader& in) {
    Asked asked;
    asked.audience = read_audience(in);
    asked.wish.channel = asked.audience.channel;
    asked.wish.purpose = in.choice("purpose", purpose_from);
    asked.wish.demand_id = in.maybe_id<DemandId>("demand_id");
    asked.wish.text_hi = in.maybe_text("text_hi", kMessageText).value_or("");
    asked.wish.text_en = in.maybe_text("text_en", kMessageText).value_or("");
    return asked;
}

Result<flows::BroadcastWish> resolve(Call& call, Asked asked) {
    asked.audience.at = call.now;
    asked.wish.audience = HAAT_TRY(call.services.database.read([&](storage::Transaction& tx) {
        return resolve_audience(tx, call.viewer, std::move(asked.audience));
    }));
    return std::move(asked.wish);
}

/// As stored. What is cancelled is stored as such or as paused with a hold; the list of those is
/// asked by "cancelled".
std::optional<std::string> state_from_contract(std::string_view name) {
    if (name == "running") {
        return "sending";
    }
    const bool known =
        name == "planning" || name == "paused" || name == "cancelled" || name == "done";
    return known ? std::optional(std::string(name)) : std::nullopt;
}

std::optional<std::string> kept_purpose_from(std::string_view name) {
    return name == "market" || name == "notice" ? std::optional(std::string(name)) : std::nullopt;
}

void write_buttons(JsonWriter& json, std::string_view name,
                   const std::vector<std::string>& titles) {
    json.key(name).begin_array();
    for (std::size_t i = 0; i < titles.size(); ++i) {
        json.begin_object().field("button_id", "button_" + std::to_string(i + 1));
        json.field("title", titles[i]).end_object();
    }
    json.end_array();
}

Result<Answer> answer_with(Call& call, BroadcastId broadcast_id, int status) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, call.viewer, broadcast_id));
        JsonWriter json;
        write_broadcast(json, tx, call, broadcast);
        return json_answer(json.take(), status);
    });
}

Result<Answer> set_paused(Call& call, bool paused) {
    QueryReader query(call.request);
    const std::string reason = query.maybe_text("reason", {.max = 300}).value_or("");
    HAAT_TRY(query.done());
    HAAT_TRY(flows::pause_broadcast(call.services.messaging, call.viewer, BroadcastId{call.id},
                                    paused, reason));
    call.services.events.publish({.topic = Topic::kBroadcast, .id = call.id, .change = "state"});
    return answer_with(call, BroadcastId{call.id}, 200);
}

}  // namespace

Result<Answer> preview_broadcast(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    Asked asked = read_wish(in);
    HAAT_TRY(in.done());
    const flows::BroadcastWish wish = HAAT_TRY(resolve(call, std::move(asked)));
    const flows::BroadcastPreview preview =
        HAAT_TRY(flows::preview_broadcast(call.services.messaging, call.viewer, wish));
    JsonWriter json;
    json.begin_object().field("text_hi", preview.text_hi).field("text_en", preview.text_en);
    write_buttons(json, "buttons_hi", preview.buttons_hi);
    write_buttons(json, "buttons_en", preview.buttons_en);
    json.field("cost_paise", preview.cost).field("people", preview.reach.people);
    json.field("addresses", preview.reach.addresses).field("opted_out", preview.reach.opted_out);
    json.field("as_of_at", preview.reach.as_of_at).end_object();
    return json_answer(json.take());
}

Result<Answer> create_broadcast(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    Asked asked = read_wish(in);
    const std::int64_t confirm_count = in.integer("confirm_count", 1, kMaxId);
    HAAT_TRY(in.done());
    const flows::BroadcastWish wish = HAAT_TRY(resolve(call, std::move(asked)));
    const messaging::Broadcast made = HAAT_TRY(flows::create_broadcast(
        call.services.messaging, call.viewer, wish, device_id, confirm_count));
    call.services.events.publish(
        {.topic = Topic::kBroadcast, .id = made.broadcast_id.value, .change = "created"});
    // A repeat returns what the device id made before this request began.
    const bool is_repeat = made.created_at < call.now;
    return answer_with(call, made.broadcast_id, is_repeat ? 200 : 201);
}

Result<Answer> list_broadcasts(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    messaging::BroadcastFilter filter;
    filter.state = query.maybe_choice("state", state_from_contract).value_or("");
    filter.purpose = query.maybe_choice("purpose", kept_purpose_from).value_or("");
    filter.plan_id = query.maybe_id<messaging::PlanId>("plan_id");
    filter.from_at = {query.maybe_integer("from_at", 0, kMaxUnixSeconds).value_or(0)};
    filter.until_at = {
        query.maybe_integer("until_at", 0, kMaxUnixSeconds).value_or(kMaxUnixSeconds)};
    HAAT_TRY(query.done());
    filter.before = cursor ? cursor->second : 0;
    filter.limit = static_cast<int>(paging.limit) + 1;
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        std::vector<messaging::Broadcast> broadcasts;
        for (const BroadcastId id : messaging::filter_broadcasts(tx, call.viewer, filter)) {
            broadcasts.push_back(HAAT_TRY(messaging::find_broadcast(tx, call.viewer, id)));
        }
        return json_answer(write_page(
            broadcasts, paging,
            [&](JsonWriter& json, const messaging::Broadcast& broadcast) {
                write_broadcast(json, tx, call, broadcast);
            },
            [](const messaging::Broadcast& broadcast) {
                return Cursor{broadcast.created_at.value, broadcast.broadcast_id.value};
            }));
    });
}

Result<Answer> get_broadcast(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const BroadcastId broadcast_id{call.id};
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, call.viewer, broadcast_id));
        JsonWriter json;
        json.begin_object().key("broadcast");
        write_broadcast(json, tx, call, broadcast);
        json.key("failed_reasons");
        write_reasons(json, call.services.texts,
                      flows::read_whole_delivery(call.services.messaging, tx, broadcast).reasons);
        json.key("districts");
        DistrictTable table;
        add_delivery(table, tx, call, broadcast_id);
        add_people(table, call, messaging::people_who_wrote_after(tx, broadcast),
                   &DistrictSums::replies);
        write_districts(json, tx, call, table);
        return json_answer(json.end_object().take());
    });
}

Result<Answer> pause_broadcast(Call& call) { return set_paused(call, true); }
Result<Answer> resume_broadcast(Call& call) { return set_paused(call, false); }

}  // namespace haat::http
