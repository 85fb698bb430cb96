/// Plans: /api/plans and what broadcasts are allowed by.
#include "audience_asked.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/plan_broadcast.hpp"
#include "flows/settings.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "plan_views.hpp"
#include "registry/places.hpp"

namespace haat::http {
namespace {

constexpr TextRule kReason{.max = 300, .blank_allowed = false};
constexpr TokenRule kHash{.min = 64, .max = 64};

messaging::PlanId plan_of(const Call& call) { return messaging::PlanId{call.id}; }

Result<Answer> detail(Call& call, messaging::PlanId plan_id, int status = 200) {
    const flows::PlanView view =
        HAAT_TRY(flows::read_plan(call.services.messaging, call.viewer, plan_id));
    return json_answer(plan_detail_json(call, view), status);
}

/// {"content_hash", "confirm_count"}
Result<flows::SeenPlan> read_seen(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::SeenPlan seen;
    seen.content_hash = in.token("content_hash", kHash);
    seen.people = in.integer("confirm_count", 0, kMaxId);
    HAAT_TRY(in.done());
    return seen;
}

Result<Answer> act(Call& call, flows::PlanAct what) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string reason = in.text("reason", kReason);
    HAAT_TRY(in.done());
    HAAT_TRY(flows::act_on_plan(call.services.messaging, call.viewer, plan_of(call), what, reason));
    return detail(call, plan_of(call));
}

std::optional<bool> bool_from(std::string_view text) {
    return text == "true"    ? std::optional(true)
           : text == "false" ? std::optional(false)
                             : std::nullopt;
}

std::optional<std::string> purpose_from_query(std::string_view name) {
    return purpose_from(name) ? std::optional(std::string(name)) : std::nullopt;
}

}  // namespace

Result<Answer> list_plans(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    messaging::PlanFilter filter;
    filter.state = query.maybe_choice("state", messaging::plan_state_from_name);
    filter.purpose = query.maybe_choice("purpose", purpose_from_query).value_or("");
    if (query.maybe_choice("mine", bool_from).value_or(false)) {
        filter.made_by = call.viewer.account_id;
    }
    if (query.maybe_choice("waiting_for_me", bool_from).value_or(false)) {
        filter.state = messaging::PlanState::kAwaitingSecondYes;
        filter.not_by = call.viewer.account_id;
    }
    HAAT_TRY(query.done());
    filter.before = cursor ? cursor->second : 0;
    filter.limit = static_cast<int>(paging.limit) + 1;
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        return json_answer(write_page(
            messaging::list_plans(tx, call.viewer, filter), paging,
            [&](JsonWriter& json, const messaging::Plan& plan) {
                const auto parts = messaging::list_parts(tx, plan.plan_id);
                write_plan(json, tx, call, plan,
                           flows::spent_on_plan(call.services.messaging, tx, plan),
                           parts.empty() ? 0 : parts.back().broadcast_id.value);
            },
            [](const messaging::Plan& plan) {
                return Cursor{plan.created_at.value, plan.plan_id.value};
            }));
    });
}

Result<Answer> create_plan(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    flows::PlanBody wish;
    in.object("plan", [&](Reader& from) { wish = read_plan_body(from); });
    HAAT_TRY(in.done());
    const flows::MadePlan made =
        HAAT_TRY(flows::create_plan(call.services.messaging, call.viewer, device_id, wish));
    return detail(call, made.plan.plan_id, made.fresh ? 201 : 200);
}

Result<Answer> forecast_plan(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::PlanBody wish = read_plan_body(in);
    HAAT_TRY(in.done());
    const flows::PlanForecast forecast =
        HAAT_TRY(flows::forecast_plan(call.services.messaging, call.viewer, wish));
    return json_answer(plan_forecast_json(forecast));
}

Result<Answer> get_plan(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return detail(call, plan_of(call));
}

Result<Answer> change_plan(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::int64_t version = in.integer("version", 1, 1'000'000);
    flows::PlanBody wish;
    in.object("plan", [&](Reader& from) { wish = read_plan_body(from); });
    HAAT_TRY(in.done());
    HAAT_TRY(
        flows::change_plan(call.services.messaging, call.viewer, plan_of(call), version, wish));
    return detail(call, plan_of(call));
}

Result<Answer> submit_plan(Call& call) {
    const flows::SeenPlan seen = HAAT_TRY(read_seen(call));
    HAAT_TRY(flows::submit_plan(call.services.messaging, call.viewer, plan_of(call), seen));
    return detail(call, plan_of(call));
}

Result<Answer> approve_plan(Call& call) {
    const flows::SeenPlan seen = HAAT_TRY(read_seen(call));
    HAAT_TRY(flows::approve_plan(call.services.messaging, call.viewer, plan_of(call), seen));
    return detail(call, plan_of(call));
}

Result<Answer> reject_plan(Call& call) { return act(call, flows::PlanAct::kReject); }
Result<Answer> pause_plan(Call& call) { return act(call, flows::PlanAct::kPause); }
Result<Answer> resume_plan(Call& call) { return act(call, flows::PlanAct::kResume); }
Result<Answer> cancel_plan(Call& call) { return act(call, flows::PlanAct::kCancel); }

Result<Answer> send_rest_of_plan(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const char letter = in.choice("text", [](std::string_view name) -> std::optional<char> {
        return name == "a" || name == "b" ? std::optional(name.front()) : std::nullopt;
    });
    const std::int64_t run_no = in.maybe_integer("run_no", 1, 1'000'000).value_or(0);
    HAAT_TRY(in.done());
    HAAT_TRY(flows::send_rest(call.services.messaging, call.viewer, plan_of(call), run_no, letter));
    return detail(call, plan_of(call));
}

Result<Answer> get_plan_results(Call& call) {
    QueryReader query(call.request);
    const std::int64_t run_no = query.maybe_integer("run_no", 1, 1'000'000).value_or(0);
    HAAT_TRY(query.done());
    const flows::PlanResults results = HAAT_TRY(
        flows::read_plan_results(call.services.messaging, call.viewer, plan_of(call), run_no));
    JsonWriter json;
    json.begin_object().field("run_no", results.run_no);
    json.field("rest_waiting", results.rest_waiting).key("parts").begin_array();
    for (const flows::TextResult& part : results.parts) {
        json.begin_object().field("part", part.part.part).field("letter", part.part.letter);
        json.field("broadcast_id", part.part.broadcast_id).field("recipients", part.recipients);
        json.field("accepted", part.accepted).field("delivered", part.delivered);
        json.field("read", part.read).field("answered", part.answered);
        json.field("opted_out", part.opted_out).field("cost_paise", part.cost).end_object();
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> get_broadcast_rules(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        using enum flows::Setting;
        const auto value = [&](flows::Setting setting) {
            return flows::setting_at(tx, setting, call.now);
        };
        const auto place = registry::find_place(tx, call.viewer.place_id);
        // Blocks and what lies below them share a limit.
        const bool block = place && place->kind >= registry::PlaceKind::kBlock;
        const bool district = place && place->kind == registry::PlaceKind::kDistrict;
        JsonWriter json;
        json.begin_object().key("second_yes_above").begin_object();
        json.field("block", value(kSecondYesAboveBlock));
        json.field("district", value(kSecondYesAboveDistrict));
        json.field("state", value(kSecondYesAboveState)).end_object();
        json.field("second_yes_above_always", value(kSecondYesAboveState));
        json.field("second_yes_above_mine", value(block      ? kSecondYesAboveBlock
                                                  : district ? kSecondYesAboveDistrict
                                                             : kSecondYesAboveState));
        json.field("market_messages_a_week", value(kMarketMessagesAWeek));
        json.key("quiet").begin_object().field("market_from_hour", 10).field("market_to_hour", 21);
        json.field("notice_from_hour", 8).field("notice_to_hour", 20).end_object();
        json.key("prices").begin_array();
        for (const registry::Channel channel : registry::kChannels) {
            for (const auto purpose :
                 {registry::MessagePurpose::kMarket, registry::MessagePurpose::kNotice}) {
                json.begin_object().field("channel", registry::channel_name(channel));
                json.field("category", purpose == registry::MessagePurpose::kMarket
                                           ? std::string_view("marketing")
                                           : std::string_view("utility"));
                json.field("centipaise", flows::message_centipaise(tx, channel, purpose, call.now));
                json.end_object();
            }
        }
        return json_answer(json.end_array().end_object().take());
    });
}

}  // namespace haat::http
