/// What shops look for, kept, and the phone on which they hear of it.
#include "market/searches.hpp"

#include "access/account_phones.hpp"
#include "base/phone.hpp"
#include "catalogue/products.hpp"
#include "flows/saved_searches.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "market_views.hpp"
#include "reader.hpp"
#include "registry/people.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kGrade{.max = 1, .digits = false};

std::optional<Language> language_from(std::string_view name) {
    return name == "hi"   ? std::optional(Language::kHindi)
           : name == "en" ? std::optional(Language::kEnglish)
                          : std::nullopt;
}

void write_search(JsonWriter& json, Views& views, const market::Search& search) {
    json.begin_object().field("search_id", search.search_id).key("product");
    views.product_ref(json, search.product_id);
    nullable_text(json, "grade", search.grade);
    json.field("min_quantity_milli", search.min_quantity);
    const catalogue::Product* product = views.find_product(search.product_id);
    json.field("unit", product == nullptr ? "" : std::string_view(product->unit_default));
    nullable(json, "max_price_paise", search.max_price);
    json.key("place");
    views.place_ref(json, search.place_id);
    json.field("tells", search.tells).field("matches", search.matches);
    json.field("unseen", search.unseen).field("created_at", search.saved_at).end_object();
}

void write_phone(JsonWriter& json, storage::Transaction& tx, const access::AccountPhone& phone) {
    const auto address = phone.address_id
                             ? registry::find_address(tx, system_viewer(), phone.address_id)
                             : std::nullopt;
    json.begin_object();
    nullable_text(json, "phone_masked", address ? mask_phone(address->external_id) : "");
    nullable(json, "linked_at", address ? std::optional(phone.linked_at) : std::nullopt);
    json.end_object();
}

}  // namespace

Result<Answer> list_searches(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (const market::Search& search : market::list_searches(tx, call.viewer)) {
            write_search(json, views, search);
        }
        json.end_array().key("phone");
        write_phone(json, tx, access::phone_of(tx, call.viewer.account_id));
        return json_answer(json.end_object().take());
    });
}

Result<Answer> create_search(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::SearchRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.product_key = in.token("product_key", kProductKey);
    request.grade = in.maybe_token("grade", kGrade).value_or("");
    request.min_quantity = {in.maybe_integer("min_quantity_milli", 0, kMaxMilli).value_or(0)};
    if (const auto price = in.maybe_integer("max_price_paise", 1, kMaxPaise)) {
        request.max_price = Paise{*price};
    }
    request.place_id = in.id<PlaceId>("place_id");
    request.tells = in.boolean("tells");
    HAAT_TRY(in.done());
    const market::Search search =
        HAAT_TRY(flows::save_search(call.services.flows, call.viewer, request));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        write_search(json, views, search);
        return json_answer(json.take(), 201);
    });
}

Result<Answer> remove_search(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    HAAT_TRY(flows::remove_search(call.services.flows, call.viewer, market::SearchId{call.id}));
    return Answer{.status = 204};
}

Result<Answer> tell_search(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const bool tells = in.boolean("tells");
    HAAT_TRY(in.done());
    HAAT_TRY(
        flows::tell_search(call.services.flows, call.viewer, market::SearchId{call.id}, tells));
    return Answer{.status = 204};
}

Result<Answer> see_search(Call& call) {
    HAAT_TRY(flows::see_search(call.services.flows, call.viewer, market::SearchId{call.id}));
    return Answer{.status = 204};
}

Result<Answer> list_search_offers(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    constexpr std::int64_t kNewest = 100;
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const auto offers = HAAT_TRY(market::matches_of(tx, call.viewer, market::SearchId{call.id},
                                                        {.limit = kNewest}, call.now));
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (const market::Offer& offer : offers) {
            write_offer(json, views, call.viewer, offer);
        }
        json.end_array().key("next").null();
        return json_answer(json.end_object().take());
    });
}

Result<Answer> create_phone_code(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const Language language = in.choice("language", language_from);
    HAAT_TRY(in.done());
    const std::string code = call.services.database.write([&](storage::Transaction& tx) {
        return access::new_phone_code(tx, call.viewer.account_id, language_code(language),
                                      call.now);
    });
    JsonWriter json;
    json.begin_object().field("text", (language == Language::kEnglish ? "haat " : "हाट ") + code);
    json.field("until_at", call.now.value + access::kPhoneCodeSeconds).end_object();
    return json_answer(json.take(), 201);
}

Result<Answer> unlink_phone(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    call.services.database.write(
        [&](storage::Transaction& tx) { access::unlink_phone(tx, call.viewer.account_id); });
    return Answer{.status = 204};
}

}  // namespace haat::http
