/// Cards that mobilisers pass on to the groups that people run themselves.
#include "flows/share_cards.hpp"

#include <algorithm>

#include "broadcast_views.hpp"
#include "handlers.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

std::optional<Language> language_from(std::string_view name) {
    if (name == "hi") {
        return Language::kHindi;
    }
    return name == "en" ? std::optional(Language::kEnglish) : std::nullopt;
}

void write_card(JsonWriter& json, const flows::CardOf& card) {
    json.begin_object().field("broadcast_id", card.broadcast.broadcast_id);
    json.field("purpose", purpose_in_contract(card.broadcast.what));
    json.field("text_hi", card.text_hi).field("text_en", card.text_en);
    nullable_text(json, "link", card.link);
    json.field("created_at", card.broadcast.created_at);
    json.field("my_groups", card.hers.groups).key("relayed");
    write_relayed(json, card.all);
    json.end_object();
}

std::string card_json(const flows::CardOf& card) {
    JsonWriter json;
    write_card(json, card);
    return json.take();
}

}  // namespace

Result<Answer> list_share_cards(Call& call) {
    QueryReader query(call.request);
    const std::int64_t limit = query.maybe_integer("limit", 1, 50).value_or(50);
    HAAT_TRY(query.done());
    std::vector<flows::CardOf> cards =
        HAAT_TRY(flows::list_share_cards(call.services.messaging, call.viewer));
    cards.resize(std::min(cards.size(), static_cast<std::size_t>(limit)));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const flows::CardOf& card : cards) {
        write_card(json, card);
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> get_share_card(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return json_answer(card_json(HAAT_TRY(
        flows::read_share_card(call.services.messaging, call.viewer, BroadcastId{call.id}))));
}

Result<Answer> get_share_card_picture(Call& call) {
    QueryReader query(call.request);
    const auto language = query.maybe_choice("language", language_from);
    HAAT_TRY(query.done());
    Answer answer;
    answer.content_type = "image/png";
    answer.body =
        HAAT_TRY(flows::draw_share_card(call.services.messaging, call.viewer, BroadcastId{call.id},
                                        language.value_or(Language::kHindi)));
    return answer;
}

Result<Answer> record_relay(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::int64_t groups = in.integer("groups", 1, 200);
    HAAT_TRY(in.done());
    const flows::CardOf card = HAAT_TRY(flows::record_relay(
        call.services.messaging, call.viewer, BroadcastId{call.id}, device_id, groups));
    return json_answer(card_json(card), 201);
}

}  // namespace haat::http
