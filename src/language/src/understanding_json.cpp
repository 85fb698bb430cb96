#include "base/json_writer.hpp"
#include "language/understanding.hpp"
#include "tokens.hpp"

namespace haat::language {
namespace {

// "0.0625", "12"; at most four decimals.
std::string plain(TenThousandths quantity) {
    std::string text = std::to_string(quantity.value / kScale);
    std::int64_t rest = quantity.value % kScale;
    if (rest == 0) return text;
    text += '.';
    for (std::int64_t place = kScale / 10; rest > 0; place /= 10) {
        text += static_cast<char>('0' + rest / place);
        rest %= place;
    }
    return text;
}

// Per mille as a number from 0 to 1.
std::string share(int permille) { return plain({permille * kScale / 1000}); }

void string_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
    json.key(name);
    if (text.empty()) {
        json.null();
    } else {
        json.string(text);
    }
}

void date_or_null(JsonWriter& json, std::string_view name, const std::optional<Date>& date) {
    json.key(name);
    if (date) {
        json.string(iso_date(*date));
    } else {
        json.null();
    }
}

void write_item(JsonWriter& json, const Item& item) {
    json.begin_object();
    string_or_null(json, "product", item.product);
    json.key("qty");
    if (item.quantity) {
        json.raw(plain(*item.quantity));
    } else {
        json.null();
    }
    string_or_null(json, "unit", item.unit);
    json.key("price_paise");
    if (item.price) {
        json.number(item.price->value);
    } else {
        json.null();
    }
    string_or_null(json, "price_unit", item.price_unit);
    json.end_object();
}

}  // namespace

std::string understanding_to_json(std::string_view id, const Understanding& meaning,
                                  bool with_evidence) {
    JsonWriter json;
    json.begin_object().field("id", id).field("intent", intent_name(meaning.intent));
    json.key("items").begin_array();
    if (meaning.intent <= Intent::kReportQualityProblem) {  // the scheme knows no others with items
        for (const Item& item : meaning.items) {
            if (!item.product.empty() || item.quantity) write_item(json, item);
        }
    }
    json.end_array();
    date_or_null(json, "date_from", meaning.date_from);
    date_or_null(json, "date_until", meaning.date_until);
    string_or_null(json, "order_ref", meaning.order_ref);
    string_or_null(json, "place", meaning.place);
    const Confidence& sure = meaning.confidence;
    json.key("confidence").raw(share(sure.overall));
    json.key("sure").begin_object();
    for (const auto& [name, value] : {std::pair("intent", sure.intent),
                                      {"items", sure.items},
                                      {"price", sure.price},
                                      {"dates", sure.dates},
                                      {"order_ref", sure.order_ref},
                                      {"place", sure.place}}) {
        json.key(name).raw(share(value));
    }
    json.end_object();
    if (with_evidence) {
        const Evidence& seen = meaning.evidence;
        json.key("evidence").begin_object();
        json.field("intent_score", seen.intent_score).field("intent_margin", seen.intent_margin);
        json.field("words", seen.words).field("unknown_words", seen.unknown_words);
        json.field("likened_goods", seen.likened_goods);
        json.field("unnamed_goods", seen.unnamed_goods).field("guesses", seen.guesses);
        json.field("unused_numbers", seen.unused_numbers);
        json.field("likened_places", seen.likened_places);
        json.field("uneven_items", seen.uneven_items).field("odd_amounts", seen.odd_amounts);
        json.field("strange_cues", seen.strange_cues).field("bare_numbers", seen.bare_numbers);
        json.field("numbers_left", seen.numbers_left).field("unit_clashes", seen.unit_clashes);
        json.field("days_named", seen.days_named).field("bare_offers", seen.bare_offers);
        json.field("is_greeting", seen.is_greeting).field("is_answer", seen.is_answer);
        json.field("unsure_dates", seen.unsure_dates).field("items", seen.items).end_object();
    }
    json.end_object();
    return json.take();
}

}  // namespace haat::language
