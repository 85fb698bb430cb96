/// Our sender numbers and their health.
#include "flows/sync_provider.hpp"
#include "handlers.hpp"
#include "messaging/delivery.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TextRule kReason{.max = 300, .blank_allowed = false};

std::string_view status_in_contract(const std::string& status) {
    for (const std::string_view known :
         {"connected", "pending", "flagged", "restricted", "banned"}) {
        if (status == known) {
            return known;
        }
    }
    return "unknown";
}

/// Of all processes together.
messaging::SenderCount count_of(storage::Transaction& tx, const Call& call,
                                const std::string& provider_number_id) {
    for (const messaging::SenderCount& count : messaging::recent_sender_counts(tx, call.now)) {
        if (count.channel == registry::Channel::kWhatsapp && count.name == provider_number_id) {
            return count;
        }
    }
    return {};
}

void write_number(JsonWriter& json, storage::Transaction& tx, const Call& call,
                  const messaging::SenderNumberRow& number) {
    const flows::MessagingContext& context = call.services.messaging;
    const messaging::SenderCount count = count_of(tx, call, number.state.provider_number_id);
    messaging::SenderState sender;
    for (const messaging::SenderState& one : context.delivery.senders()) {
        if (one.channel == registry::Channel::kWhatsapp &&
            one.name == number.state.provider_number_id) {
            sender = one;
        }
    }
    json.begin_object().field("number_id", number.number_id.value);
    json.field("provider_number_id", number.state.provider_number_id);
    nullable_text(json, "display", number.state.display);
    nullable_text(json, "name", number.state.name);
    json.field("status", status_in_contract(number.state.status));
    json.field("quality", number.state.quality);
    nullable_text(json, "limit_tier", number.state.limit_tier);
    nullable_text(json, "throughput", number.state.throughput);
    json.field("rate_per_second", context.messages_a_second);
    json.field("sent_last_minute", count.sent).field("in_flight", sender.in_flight);
    json.field("window", sender.window).field("errors_last_hour", count.errors);
    json.field("resting", number.resting);
    nullable(json, "rest_until_at", number.rest_until_at);
    nullable_text(json, "rest_reason", number.rest_reason);
    nullable(json, "seen_at", number.seen_at);
    json.end_object();
}

std::string numbers_json(Call& call) {
    const auto numbers = flows::read_numbers(call.services.messaging);
    return call.services.database.read([&](storage::Transaction& tx) {
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (const messaging::SenderNumberRow& number : numbers) {
            write_number(json, tx, call, number);
        }
        json.end_array().key("account").begin_object();
        nullable_text(json, "limit_tier", messaging::latest_sender_event(tx, "account.limit"));
        nullable_text(json, "restriction",
                      messaging::latest_sender_event(tx, "account.account_restriction"));
        json.field("stopped", call.services.messaging.delivery.counts().channel_stopped);
        json.end_object().key("events").begin_array();
        for (const messaging::SenderEvent& event : messaging::list_sender_events(tx, 50)) {
            json.begin_object().field("at", event.at);
            nullable(json, "number_id", event.number_id);
            json.field("what", event.what).field("detail", event.detail).end_object();
        }
        return json.end_array().end_object().take();
    });
}

Result<Answer> set_rest(Call& call, bool resting, const std::string& reason,
                        std::optional<UnixSeconds> until) {
    const messaging::SenderNumberRow number =
        HAAT_TRY(flows::rest_number(call.services.messaging, call.viewer,
                                    messaging::SenderNumberId{call.id}, resting, reason, until));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        JsonWriter json;
        write_number(json, tx, call, number);
        return json_answer(json.take());
    });
}

}  // namespace

Result<Answer> list_numbers(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return json_answer(numbers_json(call));
}

Result<Answer> sync_numbers(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    HAAT_TRY(flows::sync_numbers(call.services.messaging));
    return json_answer(numbers_json(call));
}

Result<Answer> rest_number(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string reason = in.text("reason", kReason);
    const auto until = in.nullable_integer("until_at", 0, kMaxUnixSeconds);
    HAAT_TRY(in.done());
    return set_rest(call, true, reason, until ? std::optional(UnixSeconds{*until}) : std::nullopt);
}

Result<Answer> unrest_number(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string reason = in.text("reason", kReason);
    HAAT_TRY(in.done());
    return set_rest(call, false, reason, std::nullopt);
}

}  // namespace haat::http
