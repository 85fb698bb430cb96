#include "plan_audience.hpp"

#include <algorithm>
#include <utility>

#include "catalogue/products.hpp"
#include "flows/measure_audience.hpp"
#include "registry/audience_names.hpp"
#include "registry/audience_saved.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"

namespace haat::flows {
namespace {

/// "place:(#3 or #7)", the items in one order whatever order they were picked in.
template <typename Items, typename Write>
void add_condition(std::string& text, std::string_view field, Items items, bool is_not,
                   Write write) {
    if (items.empty()) {
        return;
    }
    std::ranges::sort(items);
    text += text.empty() ? "" : " and ";
    text += is_not ? "not " : "";
    text += field;
    text += items.size() > 1 ? ":(" : ":";
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += (i == 0 ? "" : " or ") + write(items[i]);
    }
    text += items.size() > 1 ? ")" : "";
}

std::string canonical_text(const PlanAudience& audience) {
    const auto id = [](const auto& item) { return "#" + std::to_string(item.value); };
    const auto word = [](const std::string& item) { return item; };
    std::string text;
    add_condition(text, "place", audience.places, false, id);
    add_condition(text, "makes", audience.product_keys, false, word);
    add_condition(text, "group", audience.groups, false, id);
    add_condition(text, "speaks", audience.languages, false, word);
    add_condition(text, "place", audience.exclude_places, true, id);
    add_condition(text, "group", audience.exclude_groups, true, id);
    return text.empty() ? "everybody" : text;
}

Result<void> check_places(storage::Transaction& tx, const Viewer& maker,
                          const std::vector<PlaceId>& places) {
    for (const PlaceId place_id : places) {
        const PlaceRange range = registry::place_range(tx, place_id);
        if (range.first > range.last || range.first < maker.places.first ||
            range.last > maker.places.last) {
            return refuse(ErrorKind::kNotFound, "registry.no_place");
        }
    }
    return {};
}

/// Of the plan's channels the first `channels`, each by itself enough.
registry::AudienceQuery reached(const MeantPeople& meant, const PlanBody& body,
                                std::size_t channels) {
    std::vector<registry::Audience> reach;
    for (std::size_t i = 0; i < channels; ++i) {
        reach.push_back(
            registry::term(registry::AudienceField::kReach,
                           std::string(registry::channel_name(body.channels[i].channel))));
    }
    registry::AudienceQuery query = meant.query;
    query.also.push_back(registry::any_of(std::move(reach)));
    query.purpose = body.message_purpose();
    return query;
}

Result<std::string> written_text(storage::Transaction& tx, const Viewer& maker,
                                 const PlanAudience& audience) {
    if (audience.form == PlanAudience::Form::kText) {
        return audience.text;
    }
    const registry::SavedAudience saved = HAAT_TRY(
        registry::find_saved_audience(tx, maker, SavedAudienceId{audience.saved_audience_id}));
    return saved.expression;
}

Result<MeantPeople> find_written(storage::Transaction& tx, const Viewer& maker,
                                 const PlanAudience& audience, UnixSeconds now) {
    const std::string text = HAAT_TRY(written_text(tx, maker, audience));
    registry::Audience parsed = HAAT_TRY(registry::parse_audience(text));
    registry::Audience resolved = HAAT_TRY(
        registry::resolve_audience(tx, maker, std::move(parsed), audience_products(tx), now));
    MeantPeople meant;
    meant.canonical = registry::audience_text(resolved, registry::AudienceStyle::kIds);
    meant.text = registry::audience_text(resolved);
    meant.query.also.push_back(std::move(resolved));
    return meant;
}

}  // namespace

Result<MeantPeople> find_meant(storage::Transaction& tx, const Viewer& maker, const PlanBody& body,
                               UnixSeconds now) {
    const PlanAudience& audience = body.audience;
    if (audience.form != PlanAudience::Form::kTree) {
        return find_written(tx, maker, audience, now);
    }
    MeantPeople meant;
    for (const std::string& key : audience.product_keys) {
        meant.query.products.push_back(HAAT_TRY(catalogue::find_product(tx, key)).product_id);
    }
    HAAT_TRY(check_places(tx, maker, audience.places));
    HAAT_TRY(check_places(tx, maker, audience.exclude_places));
    for (const auto* groups : {&audience.groups, &audience.exclude_groups}) {
        for (const GroupId group_id : *groups) {
            HAAT_TRY(registry::find_group(tx, group_id));
        }
    }
    meant.query.places = audience.places;
    meant.query.exclude_places = audience.exclude_places;
    meant.query.groups = audience.groups;
    meant.query.exclude_groups = audience.exclude_groups;
    for (const std::string& language : audience.languages) {
        // Hindi in Latin letters is stored as Hindi: how she writes is not what she reads.
        meant.query.languages.push_back(language == "hi_latn" ? "hi" : language);
    }
    meant.canonical = canonical_text(audience);
    const auto named =
        registry::resolve_audience(tx, maker, meant.query.tree(), audience_products(tx), now);
    meant.text = named ? registry::audience_text(*named) : meant.canonical;
    return meant;
}

bool is_whole_state(const registry::AudienceIndex& audience, const Viewer& maker,
                    const registry::AudienceQuery& query) {
    const std::int64_t all = audience.count(system_viewer(), registry::everybody());
    return all > 0 && audience.count(maker, query) * 10 >= all * 9;
}

std::vector<std::uint32_t> select_meant(const registry::AudienceIndex& audience,
                                        const Viewer& maker, const MeantPeople& meant,
                                        const PlanBody& body) {
    return audience.select(maker, reached(meant, body, body.channels.size()));
}

MeantCount count_meant(const registry::AudienceIndex& audience, const Viewer& maker,
                       const MeantPeople& meant, const PlanBody& body) {
    MeantCount count;
    for (std::size_t i = 1; i <= body.channels.size(); ++i) {
        PlanBody alone = body;
        alone.channels = {body.channels[i - 1]};
        count.on_channel.push_back(audience.count(maker, reached(meant, alone, 1)));
        const std::int64_t so_far = audience.count(maker, reached(meant, body, i));
        count.first_on_channel.push_back(so_far - count.people);
        count.people = so_far;
    }
    registry::AudienceQuery all = reached(meant, body, body.channels.size());
    all.purpose.reset();
    count.opted_out = audience.count(maker, all) - count.people;
    return count;
}

}  // namespace haat::flows
