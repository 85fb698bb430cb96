/// What was not understood, and what officers say that it meant.
#include "flows/learn_words.hpp"
#include "handlers.hpp"
#include "reader.hpp"
#include "understood_view.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kPriceUnit{.more = "_", .max = 16};
constexpr int kGroups = 100;

void nullable_date(JsonWriter& json, std::string_view name, const std::optional<Date>& date) {
    nullable_text(json, name, date ? iso_date(*date) : "");
}

void write_item(JsonWriter& json, const language::Item& item) {
    json.begin_object();
    nullable_text(json, "product", item.product);
    json.key("quantity_milli");
    item.quantity ? json.number(language::to_milli(*item.quantity).value) : json.null();
    nullable_text(json, "unit", item.unit);
    json.key("price_paise");
    item.price ? json.number(item.price->value) : json.null();
    nullable_text(json, "price_unit", item.price_unit);
    json.end_object();
}

/// The scheme's items as an officer put them.
language::Item read_item(Reader& in) {
    language::Item item;
    item.product = in.nullable_text("product", {.max = 64}).value_or("");
    if (const auto milli = in.nullable_integer("quantity_milli", 0, kMaxMilli)) {
        item.quantity = language::TenThousandths{*milli * 10};
    }
    item.unit = in.nullable_text("unit", {.max = 16}).value_or("");
    if (const auto paise = in.nullable_integer("price_paise", 0, kMaxPaise)) {
        item.price = Paise{*paise};
    }
    item.price_unit = in.nullable_text("price_unit", {.max = 16}).value_or("");
    for (const auto& [name, unit] :
         {std::pair("unit", &item.unit), std::pair("price_unit", &item.price_unit)}) {
        if (!unit->empty() && !fits_rule(*unit, kPriceUnit)) {
            in.refuse_field(name);
        }
    }
    return item;
}

}  // namespace

void write_understood(JsonWriter& json, const language::Understanding& meaning) {
    json.begin_object().field("intent", language::intent_name(meaning.intent));
    json.key("items").begin_array();
    for (const language::Item& item : meaning.items) {
        write_item(json, item);
    }
    json.end_array();
    nullable_date(json, "date_from", meaning.date_from);
    nullable_date(json, "date_until", meaning.date_until);
    nullable_text(json, "order_ref", meaning.order_ref);
    nullable_text(json, "place", meaning.place);
    const language::Confidence& sure = meaning.confidence;
    json.field("sure_permille", sure.overall).key("sure").begin_object();
    json.field("intent", sure.intent).field("items", sure.items).field("price", sure.price);
    json.field("dates", sure.dates).field("order_ref", sure.order_ref);
    json.field("place", sure.place).end_object();
    const language::Evidence& seen = meaning.evidence;
    json.key("evidence").begin_object().field("intent_score", seen.intent_score);
    json.field("intent_margin", seen.intent_margin).field("words", seen.words);
    json.field("unknown_words", seen.unknown_words).field("likened_goods", seen.likened_goods);
    json.field("unnamed_goods", seen.unnamed_goods).field("guesses", seen.guesses);
    json.field("unused_numbers", seen.unused_numbers);
    json.field("odd_amounts", seen.odd_amounts).end_object().end_object();
}

Result<Answer> list_not_understood(Call& call) {
    QueryReader query(call.request);
    const std::int64_t days = query.maybe_integer("days", 1, 366).value_or(30);
    HAAT_TRY(query.done());
    const std::vector<flows::NotUnderstoodRow> rows = HAAT_TRY(flows::list_not_understood(
        call.services.messaging, call.viewer, static_cast<int>(days), kGroups));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const flows::NotUnderstoodRow& row : rows) {
        json.begin_object().field("inbound_id", row.group.last_inbound_id);
        json.field("example", row.example).field("messages", row.group.messages);
        json.field("people", row.group.addresses).field("last_at", row.group.last_at);
        json.key("unknown").begin_array();
        for (const std::string& word : row.unknown) {
            json.string(word);
        }
        json.end_array().key("understood");
        write_understood(json, row.meaning);
        json.end_object();
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> correct_message(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    language::Understanding meant;
    meant.intent = in.choice("intent", language::intent_from_name);
    in.objects("items", 0, 32, [&](Reader& item) { meant.items.push_back(read_item(item)); });
    HAAT_TRY(in.done());
    const messaging::Correction correction =
        HAAT_TRY(flows::correct_message(call.services.messaging, call.viewer, InboundId{call.id},
                                        language::understanding_to_json("", meant)));
    JsonWriter json;
    json.begin_object().field("correction_no", correction.correction_no);
    json.field("inbound_id", correction.inbound_id);
    json.field("intent", language::intent_name(meant.intent));
    return json_answer(json.field("at", correction.corrected_at).end_object().take(), 201);
}

}  // namespace haat::http
