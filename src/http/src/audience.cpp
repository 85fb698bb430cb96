#include "registry/audience.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "audience_asked.hpp"
#include "audience_tree.hpp"
#include "base/money.hpp"
#include "catalogue/products.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/measure_audience.hpp"
#include "handlers.hpp"
#include "registry/audience_names.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kLanguage{.more = "_", .max = 8, .digits = false};
constexpr std::array<std::string_view, 6> kLanguages{"hi", "en", "bho", "mai", "mag", "hi_latn"};

/// Hindi in Latin letters is stored as Hindi: how she writes is not what she reads.
std::string language_of(const std::string& asked) { return asked == "hi_latn" ? "hi" : asked; }

}  // namespace

std::optional<registry::MessagePurpose> purpose_from(std::string_view name) {
    if (name == "demand" || name == "price" || name == "fair") {
        return registry::MessagePurpose::kMarket;
    }
    if (name == "training" || name == "scheme" || name == "notice") {
        return registry::MessagePurpose::kNotice;
    }
    return std::nullopt;
}

AudienceAsked read_audience(Reader& in) {
    AudienceAsked asked;
    in.object("audience", [&](Reader& audience) {
        for (const std::int64_t id : audience.maybe_ids("place_ids", 500)) {
            asked.query.places.push_back(PlaceId{id});
        }
        for (const std::int64_t id : audience.maybe_ids("exclude_place_ids", 500)) {
            asked.query.exclude_places.push_back(PlaceId{id});
        }
        for (const std::int64_t id : audience.maybe_ids("group_ids", 500)) {
            asked.query.groups.push_back(GroupId{id});
        }
        for (const std::int64_t id : audience.maybe_ids("exclude_group_ids", 500)) {
            asked.query.exclude_groups.push_back(GroupId{id});
        }
        asked.product_keys = audience.maybe_tokens("product_keys", kProductKey, 200);
        for (const std::string& code : audience.maybe_tokens("languages", kLanguage, 6)) {
            if (std::ranges::find(kLanguages, code) == kLanguages.end()) {
                audience.refuse_field("languages");
            }
            asked.query.languages.push_back(language_of(code));
        }
        asked.channel = audience.choice("channel", registry::channel_from_name);
        asked.expression = read_expression(audience);
    });
    return asked;
}

Result<registry::AudienceQuery> resolve_audience(storage::Transaction& tx, const Viewer& viewer,
                                                 AudienceAsked asked) {
    for (const std::string& key : asked.product_keys) {
        asked.query.products.push_back(HAAT_TRY(catalogue::find_product(tx, key)).product_id);
    }
    for (const auto* list : {&asked.query.places, &asked.query.exclude_places}) {
        for (const PlaceId place_id : *list) {
            const PlaceRange range = registry::place_range(tx, place_id);
            if (range.first > range.last || range.first < viewer.places.first ||
                range.last > viewer.places.last) {
                return refuse(ErrorKind::kNotFound, "registry.no_place");
            }
        }
    }
    for (const auto* list : {&asked.query.groups, &asked.query.exclude_groups}) {
        for (const GroupId group_id : *list) {
            HAAT_TRY(registry::find_group(tx, group_id));
        }
    }
    const std::optional<registry::Audience> expression =
        HAAT_TRY(parse_expression(asked.expression));
    if (expression) {
        asked.query.also.push_back(HAAT_TRY(registry::resolve_audience(
            tx, viewer, *expression, flows::audience_products(tx), asked.at)));
    }
    return std::move(asked.query);
}

Result<Answer> count_audience(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    AudienceAsked asked = read_audience(in);
    asked.at = call.now;
    const registry::MessagePurpose purpose =
        in.has("purpose") ? in.choice("purpose", purpose_from) : registry::MessagePurpose::kMarket;
    HAAT_TRY(in.done());
    const registry::Channel channel = asked.channel;
    registry::AudienceQuery query =
        HAAT_TRY(call.services.database.read([&](storage::Transaction& tx) {
            return resolve_audience(tx, call.viewer, std::move(asked));
        }));
    const flows::Reach reach = flows::count_audience(call.services.messaging, call.viewer,
                                                     std::move(query), purpose, channel);
    JsonWriter json;
    json.begin_object().field("people", reach.people).field("addresses", reach.addresses);
    json.field("opted_out", reach.opted_out).field("as_of_at", reach.as_of_at).end_object();
    return json_answer(json.take());
}

}  // namespace haat::http
