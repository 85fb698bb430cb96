#include "plan_views.hpp"

#include <algorithm>

#include "access/accounts.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kTemplateName{.more = "_", .max = 512};
constexpr TokenRule kLanguage{.more = "_", .max = 8, .digits = false};
constexpr std::size_t kParamsMax = 20;

std::optional<registry::Channel> channel_from(std::string_view name) {
    return registry::channel_from_name(name);
}

std::optional<std::string> purpose_name_from(std::string_view name) {
    constexpr std::array<std::string_view, 6> kPurposes{"demand",   "price",  "fair",
                                                        "training", "scheme", "notice"};
    return std::ranges::find(kPurposes, name) == kPurposes.end() ? std::nullopt
                                                                 : std::optional(std::string(name));
}

template <typename StrongId>
std::vector<StrongId> ids_of(Reader& in, std::string_view name) {
    std::vector<StrongId> ids;
    for (const std::int64_t id : in.maybe_ids(name, 500)) {
        ids.push_back(StrongId{id});
    }
    return ids;
}

flows::PlanAudience read_plan_audience(Reader& in) {
    flows::PlanAudience audience;
    in.object("audience", [&](Reader& from) {
        const int forms = (from.has("tree") ? 1 : 0) + (from.has("text") ? 1 : 0) +
                          (from.has("saved_audience_id") ? 1 : 0);
        if (forms != 1) {
            from.refuse_field("tree");
        }
        if (from.has("text")) {
            audience.form = flows::PlanAudience::Form::kText;
            audience.text = from.text("text", {.max = 4000});
        } else if (from.has("saved_audience_id")) {
            audience.form = flows::PlanAudience::Form::kSaved;
            audience.saved_audience_id = from.integer("saved_audience_id", 1, kMaxId);
        } else if (from.has("tree")) {
            from.object("tree", [&](Reader& tree) {
                audience.places = ids_of<PlaceId>(tree, "place_ids");
                audience.exclude_places = ids_of<PlaceId>(tree, "exclude_place_ids");
                audience.groups = ids_of<GroupId>(tree, "group_ids");
                audience.exclude_groups = ids_of<GroupId>(tree, "exclude_group_ids");
                audience.product_keys = tree.maybe_tokens("product_keys", kProductKey, 200);
                audience.languages = tree.maybe_tokens("languages", kLanguage, 6);
                // The channels of a plan are its own; this one is accepted and means nothing.
                if (tree.has("channel")) {
                    (void)tree.choice("channel", channel_from);
                }
            });
        }
    });
    return audience;
}

/// A list of {text}… the reader has no list of texts, so parameters come through one.
std::vector<std::string> read_params(Reader& in, std::string_view name) {
    return in.texts(name, {.max = 1000}, kParamsMax);
}

flows::PlanSchedule read_schedule(Reader& in) {
    flows::PlanSchedule schedule;
    in.object("schedule", [&](Reader& from) {
        schedule.rhythm = from.choice("kind", flows::plan_rhythm_from_name);
        if (const auto at = from.maybe_integer("at", 0, kMaxUnixSeconds)) {
            schedule.at = UnixSeconds{*at};
        }
        schedule.minute_of_day = from.maybe_integer("minute_of_day", 0, 1439).value_or(0);
        schedule.weekdays = from.maybe_ids("weekdays", 7);
        if (std::ranges::any_of(schedule.weekdays, [](std::int64_t day) { return day > 7; })) {
            from.refuse_field("weekdays");
        }
        schedule.day_of_month = from.maybe_integer("day_of_month", 1, 31).value_or(1);
        if (const auto until = from.maybe_integer("until_at", 0, kMaxUnixSeconds)) {
            schedule.until_at = UnixSeconds{*until};
        }
    });
    return schedule;
}

void write_yes(JsonWriter& json, storage::Transaction& tx, std::string_view name,
               const std::optional<messaging::PlanYes>& yes) {
    json.key(name);
    if (!yes) {
        json.null();
        return;
    }
    json.begin_object().field("name", account_name(tx, yes->account_id));
    json.field("at", yes->at).field("count", yes->people).end_object();
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

void write_texts(JsonWriter& json, const std::vector<flows::PlannedText>& texts) {
    json.key("texts").begin_array();
    for (const flows::PlannedText& text : texts) {
        json.begin_object().field("letter", std::string(1, text.letter));
        json.field("template_name", text.template_name);
        nullable_text(json, "template_status", text.template_status);
        json.field("text_hi", text.text_hi).field("text_en", text.text_en);
        write_buttons(json, "buttons_hi", text.buttons_hi);
        write_buttons(json, "buttons_en", text.buttons_en);
        json.end_object();
    }
    json.end_array();
}

void write_runs(JsonWriter& json, const flows::PlanView& view) {
    json.key("runs").begin_array();
    for (const messaging::PlanRun& run : view.runs) {
        json.begin_object().field("run_no", run.run_no).field("due_at", run.due_at);
        json.field("state", messaging::run_state_name(run.state));
        nullable(json, "started_at", run.started_at);
        json.field("count", run.people).field("capped", run.capped);
        json.field("contacted", run.contacted);
        nullable_text(json, "reason", run.reason);
        json.field("seed", std::to_string(run.seed)).field("rest_waiting", run.rest_waiting);
        json.key("broadcasts").begin_array();
        for (const messaging::PlanPart& part : view.parts) {
            if (part.run_no == run.run_no) {
                json.begin_object().field("part", part.part);
                json.field("broadcast_id", part.broadcast_id).end_object();
            }
        }
        json.end_array().end_object();
    }
    json.end_array();
}

}  // namespace

std::string account_name(storage::Transaction& tx, AccountId account_id) {
    const auto account =
        account_id ? access::find_account(tx, account_id)
                   : Result<access::Account>(refuse(ErrorKind::kNotFound, "access.no_account"));
    return account ? account->name_en : std::string("haat");
}

flows::PlanBody read_plan_body(Reader& in) {
    flows::PlanBody body;
    body.title = in.text("title", {.max = 120});
    body.purpose = in.choice("purpose", purpose_name_from);
    body.audience = read_plan_audience(in);
    in.objects("channels", 1, 4, [&](Reader& from) {
        const registry::Channel channel = from.choice("channel", channel_from);
        body.channels.push_back({channel, from.integer("wait_seconds", 0, 604'800)});
    });
    body.may_arrive_twice = in.boolean("may_arrive_twice");
    body.mode = in.choice("mode", flows::plan_mode_from_name);
    in.objects("texts", 1, 2, [&](Reader& from) {
        flows::PlanText text;
        text.template_name = from.token("template_name", kTemplateName);
        text.params_hi = read_params(from, "params_hi");
        text.params_en = read_params(from, "params_en");
        text.demand_id = from.maybe_id<DemandId>("demand_id");
        body.texts.push_back(std::move(text));
    });
    body.share_a_percent = in.integer("share_a_percent", 1, 100);
    body.share_b_percent = in.integer("share_b_percent", 0, 99);
    body.schedule = read_schedule(in);
    body.expires_after_seconds = in.integer("expires_after_seconds", 600, 2'592'000);
    if (const auto budget = in.nullable_integer("budget_paise", 0, kMaxPaise)) {
        body.budget = Paise{*budget};
    }
    body.exclude_contacted_days = in.integer("exclude_contacted_days", 0, 62);
    return body;
}

void write_plan(JsonWriter& json, storage::Transaction& tx, const Call& call,
                const messaging::Plan& plan, Paise spent, std::int64_t last_broadcast) {
    Views views(tx, call.viewer);
    json.begin_object().field("plan_id", plan.plan_id.value).field("version", plan.version);
    json.key("plan").raw(plan.body_json);
    json.field("state", messaging::plan_state_name(plan.state));
    nullable_text(json, "reason", plan.reason);
    // A code of ours is told in words; an officer's words are her own.
    const bool is_code = call.services.texts.has(plan.reason_text);
    nullable_text(
        json, "reason_text",
        is_code ? call.services.texts.text(Language::kHindi, plan.reason_text) : plan.reason_text);
    json.key("place");
    views.place_ref(json, plan.place_id);
    json.field("created_by", account_name(tx, plan.created_by));
    json.field("created_at", plan.created_at).field("changed_at", plan.changed_at);
    nullable(json, "next_run_at", plan.next_run_at);
    json.field("content_hash", plan.content_hash);
    json.field("needs_second_yes", plan.needs_second_yes);
    write_yes(json, tx, "submitted", plan.submitted);
    write_yes(json, tx, "approved", plan.approved);
    json.field("runs", plan.runs);
    nullable(json, "last_broadcast_id", BroadcastId{last_broadcast});
    json.field("spent_paise", spent).end_object();
}

std::string plan_detail_json(Call& call, const flows::PlanView& view) {
    return call.services.database.read([&](storage::Transaction& tx) {
        JsonWriter json;
        json.begin_object().key("plan");
        write_plan(json, tx, call, view.plan, view.spent,
                   view.parts.empty() ? 0 : view.parts.back().broadcast_id.value);
        json.field("people", view.people).field("cost_paise", view.cost);
        write_texts(json, view.texts);
        json.field("audience_text", view.audience_text);
        write_runs(json, view);
        json.key("moves").begin_array();
        for (const messaging::PlanMove& move : view.moves) {
            json.begin_object().field("at", move.at).field("by", account_name(tx, move.by));
            nullable_text(json, "from_state", &move == &view.moves.front() ? "" : move.from_state);
            json.field("to_state", move.to_state);
            nullable_text(json, "reason", move.reason);
            json.field("content_hash", move.content_hash);
            nullable(json, "count", move.people);
            json.end_object();
        }
        json.end_array().key("may").begin_array();
        for (const std::string& act : view.may) {
            json.string(act);
        }
        return json.end_array().end_object().take();
    });
}

std::string plan_forecast_json(const flows::PlanForecast& forecast) {
    JsonWriter json;
    json.begin_object().field("people", forecast.people).field("addresses", forecast.addresses);
    json.field("opted_out", forecast.opted_out).field("capped", forecast.capped);
    json.field("contacted", forecast.contacted);
    json.field("cost_paise", forecast.cost);
    json.key("cost_of_channels").begin_array();
    for (const flows::ChannelForecast& channel : forecast.channels) {
        json.begin_object().field("channel", registry::channel_name(channel.channel));
        json.field("people", channel.people).field("cost_paise", channel.cost);
        json.key("lifetime_seconds");
        channel.lifetime_seconds > 0 ? json.number(channel.lifetime_seconds) : json.null();
        json.field("hands_on_at_deadline", channel.hands_on_at_deadline).end_object();
    }
    json.end_array().field("seconds_to_send", forecast.seconds_to_send);
    json.field("needs_second_yes", forecast.needs_second_yes);
    json.field("second_yes_above", forecast.second_yes_above);
    nullable(json, "next_run_at", forecast.next_run_at);
    write_texts(json, forecast.texts);
    json.field("audience_text", forecast.audience_text);
    return json.field("as_of_at", forecast.as_of_at).end_object().take();
}

}  // namespace haat::http
