/// Templates of the provider.
#include "messaging/templates.hpp"

#include <algorithm>

#include "flows/plan_body.hpp"
#include "flows/sync_provider.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "messaging/broadcast_plans.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kTemplateName{.more = "_", .max = 512};

std::optional<std::string> status_from(std::string_view name) {
    constexpr std::array<std::string_view, 8> kKnown{
        "approved", "pending", "rejected", "paused", "disabled", "in_appeal", "flagged", "deleted"};
    return std::ranges::find(kKnown, name) == kKnown.end() ? std::nullopt
                                                           : std::optional(std::string(name));
}

std::optional<std::string> word_of(std::string_view name, std::string_view one,
                                   std::string_view other) {
    return name == one || name == other ? std::optional(std::string(name)) : std::nullopt;
}

/// Plans that may still run with it.
std::int64_t plans_with(storage::Transaction& tx, const Call& call, const std::string& name) {
    using enum messaging::PlanState;
    std::int64_t count = 0;
    for (const messaging::PlanState state : {kAwaitingSecondYes, kScheduled, kRunning, kPaused}) {
        for (const messaging::Plan& plan :
             messaging::list_plans(tx, call.viewer, {.state = state, .limit = 500})) {
            const flows::PlanBody body = flows::plan_body_from_json(plan.body_json);
            count += std::ranges::any_of(body.texts, [&](const flows::PlanText& text) {
                return text.template_name == name;
            });
        }
    }
    return count;
}

void write_template(JsonWriter& json, storage::Transaction& tx, const Call& call,
                    const messaging::MessageTemplate& form) {
    json.begin_object().field("template_id", form.template_id.value).field("name", form.name);
    json.field("language", form.language).field("category", form.category);
    json.field("status", form.status).field("quality", form.quality).field("body", form.body);
    json.field("params", form.params).key("buttons").begin_array();
    for (const std::string& title : form.buttons) {
        json.string(title);
    }
    json.end_array();
    nullable_text(json, "rejection_reason", form.rejection_reason);
    json.key("ttl_seconds");
    form.ttl_seconds > 0 ? json.number(form.ttl_seconds) : json.null();
    json.field("changed_at", form.changed_at).field("seen_at", form.seen_at);
    json.field("plans", plans_with(tx, call, form.name)).end_object();
}

}  // namespace

Result<Answer> list_templates(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    const std::string status = query.maybe_choice("status", status_from).value_or("");
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const auto templates = messaging::list_templates(tx, status, cursor ? cursor->second : 0,
                                                         static_cast<int>(paging.limit) + 1);
        return json_answer(write_page(
            templates, paging,
            [&](JsonWriter& json, const messaging::MessageTemplate& form) {
                write_template(json, tx, call, form);
            },
            [](const messaging::MessageTemplate& form) {
                return Cursor{form.changed_at.value, form.template_id.value};
            }));
    });
}

Result<Answer> create_template(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    messaging::NewTemplate form;
    form.name = in.token("name", kTemplateName);
    form.language = in.choice("language", [](std::string_view name) {
        return name == "ur" ? std::optional(std::string(name)) : word_of(name, "hi", "en");
    });
    form.category = in.choice(
        "category", [](std::string_view name) { return word_of(name, "marketing", "utility"); });
    form.body = in.text("body", {.max = 1024});
    form.examples = in.texts("examples", {.max = 200}, 20);
    form.footer = in.nullable_text("footer", {.max = 60}).value_or("");
    form.buttons = in.texts("buttons", {.max = 25}, 10);
    form.ttl_seconds = in.nullable_integer("ttl_seconds", 30, 43'200).value_or(0);
    HAAT_TRY(in.done());
    const flows::SubmittedTemplate made =
        HAAT_TRY(flows::submit_template(call.services.messaging, call.viewer, device_id, form));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_template(json, tx, call, made.form);
        return json_answer(json.take(), made.fresh ? 201 : 200);
    });
}

Result<Answer> sync_templates(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const flows::SyncReport report = HAAT_TRY(flows::sync_templates(call.services.messaging));
    JsonWriter json;
    json.begin_object().field("templates", report.templates).field("changed", report.changed);
    return json_answer(json.field("as_of_at", report.as_of_at).end_object().take());
}

Result<Answer> get_template(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const messaging::TemplateId id{call.id};
        const messaging::MessageTemplate form = HAAT_TRY(messaging::get_template(tx, id));
        JsonWriter json;
        json.begin_object().key("template");
        write_template(json, tx, call, form);
        json.key("events").begin_array();
        for (const messaging::TemplateEvent& event : messaging::events_of_template(tx, id)) {
            json.begin_object().field("at", event.at).field("field", event.field);
            json.field("old", event.old_value).field("new", event.new_value);
            nullable_text(json, "reason", event.reason);
            json.end_object();
        }
        return json_answer(json.end_array().end_object().take());
    });
}

}  // namespace haat::http
