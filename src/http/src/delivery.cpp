/// What becomes of a broadcast: live figures, places, recipients as CSV; cancelling it.
#include <array>

#include "broadcast_views.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/read_delivery.hpp"
#include "handlers.hpp"
#include "http/event_hub.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TextRule kReason{.max = 300, .blank_allowed = false};

std::optional<flows::PhonesShown> phones_from(std::string_view name) {
    if (name == "masked") {
        return flows::PhonesShown::kMasked;
    }
    return name == "full" ? std::optional(flows::PhonesShown::kFull) : std::nullopt;
}

constexpr std::array<std::string_view, messaging::kUnknownCauses + 1> kCauses{
    "timeout", "server_error", "unreadable", "crash", "quarantine", "other"};

void write_causes(JsonWriter& json, const flows::UnknownCauses& causes) {
    json.begin_array();
    for (std::size_t i = 0; i < causes.size(); ++i) {
        if (causes[i] > 0) {
            json.begin_object().field("cause", kCauses[i]).field("count", causes[i]).end_object();
        }
    }
    json.end_array();
}

void write_legs(JsonWriter& json, const Texts& texts, const flows::WholeDelivery& whole) {
    json.begin_array();
    for (const flows::LegDelivery& leg : whole.legs) {
        json.begin_object().field("broadcast_id", leg.broadcast_id);
        json.field("channel", registry::channel_name(leg.channel)).key("counts");
        write_counts(json, leg.progress);
        json.field("cost_paise", leg.cost).key("failed_reasons");
        write_reasons(json, texts, leg.reasons);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

Result<Answer> get_broadcast_live(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const flows::LiveDelivery live = HAAT_TRY(
        flows::read_live_delivery(call.services.messaging, call.viewer, BroadcastId{call.id}));
    const messaging::Hold* hold = live.holds.empty() ? nullptr : &live.holds.front();
    const std::string reason = hold == nullptr               ? ""
                               : hold->reason == "cancelled" ? "officer"
                                                             : hold->reason;
    const std::string text = hold == nullptr ? "" : hold->reason_text;
    JsonWriter json;
    json.begin_object().field("broadcast_id", live.broadcast.broadcast_id);
    json.field("state", state_in_contract(live.broadcast.state));
    nullable(json, "plan_id", live.part ? live.part->plan_id : messaging::PlanId{});
    json.key("run_no");
    live.part ? json.number(live.part->part.run_no) : json.null();
    nullable_text(json, "part", live.part ? live.part->part.part : "");
    json.field("mode", live.mode);
    nullable_text(json, "reason", reason);
    nullable_text(
        json, "reason_text",
        call.services.texts.has(text) ? call.services.texts.text(Language::kHindi, text) : text);
    json.key("counts");
    write_counts(json, live.whole.people);
    json.key("unknown_by_cause");
    write_causes(json, live.whole.causes);
    nullable(json, "unknown_closes_at", live.unknown_closes_at);
    json.key("legs");
    write_legs(json, call.services.texts, live.whole);
    json.field("accepted_per_second", std::max<std::int64_t>(0, live.accepted_per_second));
    json.field("delivered_per_second", std::max<std::int64_t>(0, live.delivered_per_second));
    json.field("cost_paise", live.whole.cost);
    nullable(json, "budget_paise", live.budget);
    json.key("relayed");
    write_relayed(json, live.relayed);
    json.field("expires_at", live.broadcast.what.expires_at);
    return json_answer(json.field("as_of_at", live.as_of_at).end_object().take());
}

Result<Answer> list_broadcast_places(Call& call) {
    QueryReader query(call.request);
    const auto place_id = query.maybe_id<PlaceId>("place_id");
    HAAT_TRY(query.done());
    const flows::DeliveryByPlace delivery = HAAT_TRY(flows::read_delivery_by_place(
        call.services.messaging, call.viewer, BroadcastId{call.id}, place_id));
    JsonWriter json;
    json.begin_object().key("place");
    if (delivery.path.empty()) {
        json.null();
    } else {
        write_place_ref(json, delivery.path.back());
    }
    json.key("path").begin_array();
    for (std::size_t i = 0; i + 1 < delivery.path.size(); ++i) {
        write_place_ref(json, delivery.path[i]);
    }
    json.end_array().key("items").begin_array();
    for (const flows::PlaceDelivery& item : delivery.items) {
        json.begin_object().key("place");
        write_place_ref(json, item.place);
        json.field("children", item.children).field("recipients", item.recipients);
        json.field("accepted", item.accepted).field("delivered", item.delivered);
        json.field("read", item.read).field("replies", item.replies).end_object();
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> export_broadcast_recipients(Call& call) {
    QueryReader query(call.request);
    const std::int64_t limit = query.maybe_integer("limit", 1, 20'000).value_or(5'000);
    Paging paging;
    paging.after = query.maybe_token("after", kCursor);
    const auto cursor = read_cursor(query, paging);
    const auto phones = query.maybe_choice("phones", phones_from);
    HAAT_TRY(query.done());
    const flows::ExportPage page = HAAT_TRY(flows::export_recipients(
        call.services.messaging, call.viewer, BroadcastId{call.id},
        {.chunk_no = cursor ? cursor->first : 0, .slot = cursor ? cursor->second : 0}, limit,
        phones.value_or(flows::PhonesShown::kMasked)));
    Answer answer;
    answer.content_type = "text/csv; charset=utf-8";
    answer.body = page.csv;
    if (page.next) {
        answer.headers.push_back(
            {"X-Haat-Next", write_cursor(page.next->chunk_no, page.next->slot)});
    }
    return answer;
}

Result<Answer> cancel_broadcast(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string reason = in.text("reason", kReason);
    HAAT_TRY(in.done());
    HAAT_TRY(flows::cancel_broadcast(call.services.messaging, call.viewer, BroadcastId{call.id},
                                     reason));
    call.services.events.publish({.topic = Topic::kBroadcast, .id = call.id, .change = "state"});
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, call.viewer, BroadcastId{call.id}));
        JsonWriter json;
        write_broadcast(json, tx, call, broadcast);
        return json_answer(json.take());
    });
}

}  // namespace haat::http
