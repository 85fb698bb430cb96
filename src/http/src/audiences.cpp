// Audiences as text or tree: counted, forecast, kept under a name.
#include "audience_asked.hpp"
#include "audience_tree.hpp"
#include "base/money.hpp"
#include "flows/measure_audience.hpp"
#include "flows/save_audience.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "registry/channels.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TextRule kAudienceName{.max = 60, .blank_allowed = false};

void write_measure(JsonWriter& json, storage::Transaction& tx, const Viewer& viewer,
                   const flows::AudienceMeasure& measure) {
    json.begin_object().field("text", measure.text).key("tree");
    write_tree(json, measure.audience);
    json.field("people", measure.people).field("addresses", measure.addresses);
    json.field("opted_out", measure.opted_out).field("agreed", measure.by.people);
    json.key("by_channel").begin_array();
    for (const auto& [channel, people] : measure.by.by_channel) {
        json.begin_object().field("channel", registry::channel_name(channel));
        json.field("people", people).end_object();
    }
    json.end_array().key("by_language").begin_array();
    for (const auto& [language, people] : measure.by.by_language) {
        json.begin_object().field("language", language).field("people", people).end_object();
    }
    json.end_array().key("by_district").begin_array();
    Views views(tx, viewer);
    for (const registry::DistrictCount& count : measure.by.by_district) {
        json.begin_object().key("district");
        views.place_ref(json, count.district_id);
        json.field("people", count.people).end_object();
    }
    json.end_array().key("costs").begin_array();
    for (const flows::CostForecast& cost : measure.costs) {
        json.begin_object().field("channel", registry::channel_name(cost.channel));
        json.field("category", flows::category_name(cost.category));
        json.field("messages", cost.messages).field("cost_paise", cost.cost).end_object();
    }
    json.end_array().field("as_of_at", measure.as_of_at).end_object();
}

void write_saved(JsonWriter& json, const flows::SavedAudienceView& view) {
    json.begin_object().field("saved_audience_id", view.saved.saved_audience_id);
    json.field("name", view.saved.name).field("text", view.text).key("tree");
    if (view.resolves) {
        write_tree(json, view.audience);
    } else {
        json.null();
    }
    json.field("place_id", view.saved.place_id).field("people", view.saved.people);
    json.field("counted_at", view.saved.counted_at).field("created_at", view.saved.created_at);
    json.field("changed_at", view.saved.changed_at).end_object();
}

Result<Answer> saved_answer(const flows::SavedAudienceView& view, int status) {
    JsonWriter json;
    write_saved(json, view);
    return json_answer(json.take(), status);
}

}  // namespace

Result<Answer> measure_audience(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const AudienceExpression expression = read_expression(in);
    flows::AudienceAsk ask;
    if (in.has("purpose")) {
        ask.purpose = in.choice("purpose", purpose_from);
    }
    if (in.has("channel")) {
        ask.channel = in.choice("channel", registry::channel_from_name);
    }
    ask.size.sms_segments = in.maybe_integer("sms_segments", 1, 10).value_or(1);
    ask.size.voice_pulses = in.maybe_integer("voice_pulses", 1, 20).value_or(1);
    HAAT_TRY(in.done());
    ask.audience = HAAT_TRY(parse_expression(expression)).value_or(registry::everybody());
    const flows::AudienceMeasure measure =
        HAAT_TRY(flows::measure_audience(call.services.messaging, call.viewer, std::move(ask)));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_measure(json, tx, call.viewer, measure);
        return json_answer(json.take());
    });
}

Result<Answer> list_audiences(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const std::vector<flows::SavedAudienceView> views = HAAT_TRY(flows::list_saved_audiences(
        call.services.messaging, call.viewer, SavedAudienceId{cursor ? cursor->first : 0},
        static_cast<int>(paging.limit) + 1));
    return json_answer(write_page(views, paging, write_saved, [](const auto& view) {
        return Cursor{view.saved.saved_audience_id.value, 0};
    }));
}

Result<Answer> create_audience(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::SavedAudienceWish wish;
    wish.name = in.text("name", kAudienceName);
    const AudienceExpression expression = read_expression(in);
    if (!expression.text && !expression.tree) {
        in.refuse_field("text");
    }
    HAAT_TRY(in.done());
    wish.audience = HAAT_TRY(parse_expression(expression));
    return saved_answer(HAAT_TRY(flows::save_audience(call.services.messaging, call.viewer, wish)),
                        201);
}

Result<Answer> get_audience(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return saved_answer(HAAT_TRY(flows::find_saved_audience(call.services.messaging, call.viewer,
                                                            SavedAudienceId{call.id})),
                        200);
}

Result<Answer> change_audience(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::SavedAudienceWish wish;
    wish.name = in.maybe_text("name", kAudienceName);
    const AudienceExpression expression = read_expression(in);
    HAAT_TRY(in.done());
    wish.audience = HAAT_TRY(parse_expression(expression));
    return saved_answer(HAAT_TRY(flows::change_saved_audience(call.services.messaging, call.viewer,
                                                              SavedAudienceId{call.id}, wish)),
                        200);
}

Result<Answer> remove_audience(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    HAAT_TRY(flows::remove_saved_audience(call.services.messaging, call.viewer,
                                          SavedAudienceId{call.id}));
    return Answer{.status = 204};
}

}  // namespace haat::http
