/// Who said stop.
#include "flows/opt_outs.hpp"

#include "handlers.hpp"
#include "lists.hpp"
#include "plan_views.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

constexpr TextRule kEvidence{.max = 500, .blank_allowed = false};
constexpr TokenRule kPurposeName{.more = "_", .max = 16, .digits = false};

std::optional<registry::Channel> channel_from(std::string_view name) {
    return registry::channel_from_name(name);
}

void write_opt_out(JsonWriter& json, storage::Transaction& tx, const Call& call,
                   const flows::OptOut& out) {
    Views views(tx, call.viewer);
    json.begin_object().field("opt_out_id", out.opt_out_id).field("at", out.at);
    nullable(json, "person_id", out.person_id);
    json.field("name", out.name);
    nullable_text(json, "phone", out.phone);
    json.key("place");
    views.place_ref(json, out.place_id);
    json.key("purposes").begin_array();
    for (const registry::MessagePurpose purpose : registry::kMessagePurposes) {
        if (out.purposes.has(purpose)) {
            json.string(registry::message_purpose_name(purpose));
        }
    }
    json.end_array().field("channel", registry::channel_name(out.channel));
    json.field("reason", flows::opt_out_reason_name(out.reason));
    json.field("evidence", out.evidence);
    nullable_text(json, "by", out.by ? account_name(tx, out.by) : "");
    json.field("still", out.still).end_object();
}

}  // namespace

Result<Answer> list_opt_outs(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    flows::OptOutFilter filter;
    filter.place_id = query.maybe_id<PlaceId>("place_id");
    filter.channel = query.maybe_choice("channel", channel_from);
    filter.reason = query.maybe_choice("reason", flows::opt_out_reason_from);
    HAAT_TRY(query.done());
    filter.before = cursor ? cursor->second : 0;
    filter.limit = static_cast<int>(paging.limit) + 1;
    const auto found = HAAT_TRY(flows::list_opt_outs(call.services.flows, call.viewer, filter));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        return json_answer(write_page(
            found, paging,
            [&](JsonWriter& json, const flows::OptOut& out) { write_opt_out(json, tx, call, out); },
            [](const flows::OptOut& out) { return Cursor{out.at.value, out.opt_out_id}; }));
    });
}

Result<Answer> record_opt_out(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const auto person_id = in.id<PersonId>("person_id");
    registry::PurposeMask purposes;
    for (const std::string& name : in.maybe_tokens("purposes", kPurposeName, 4)) {
        if (const auto purpose = registry::message_purpose_from_name(name)) {
            purposes = purposes | registry::only(*purpose);
        } else {
            in.refuse_field("purposes");
        }
    }
    if (purposes == registry::kNoPurpose) {
        in.refuse_field("purposes");
    }
    const registry::Channel channel = in.choice("channel", channel_from);
    const std::string evidence = in.text("evidence", kEvidence);
    HAAT_TRY(in.done());
    const flows::RecordedOptOut recorded =
        HAAT_TRY(flows::record_opt_out(call.services.flows, call.viewer,
                                       {.device_id = device_id,
                                        .person_id = person_id,
                                        .purposes = purposes,
                                        .channel = channel,
                                        .evidence = evidence}));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_opt_out(json, tx, call, recorded.opt_out);
        return json_answer(json.take(), recorded.fresh ? 201 : 200);
    });
}

Result<Answer> summarise_opt_outs(Call& call) {
    QueryReader query(call.request);
    const std::int64_t days = query.maybe_integer("days", 1, 366).value_or(30);
    const auto place_id = query.maybe_id<PlaceId>("place_id");
    HAAT_TRY(query.done());
    const flows::OptOutSummary summary =
        HAAT_TRY(flows::summarise_opt_outs(call.services.flows, call.viewer, place_id, days));
    JsonWriter json;
    json.begin_object().key("days").begin_array();
    for (const auto& [day, count] : summary.days) {
        json.begin_object().field("day_at", day).field("count", count).end_object();
    }
    json.end_array().key("channels").begin_array();
    for (const auto& [channel, count] : summary.channels) {
        json.begin_object().field("channel", registry::channel_name(channel));
        json.field("count", count).end_object();
    }
    json.end_array().key("reasons").begin_array();
    for (const auto& [reason, count] : summary.reasons) {
        json.begin_object().field("reason", flows::opt_out_reason_name(reason));
        json.field("count", count).end_object();
    }
    return json_answer(json.end_array().field("total", summary.total).end_object().take());
}

}  // namespace haat::http
