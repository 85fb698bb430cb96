#include "flows/create_broadcast.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "market/demands.hpp"
#include "registry/organisations.hpp"
#include "registry/people.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

/// A notice stands this long; what has not been sent by then is expired.
constexpr std::int64_t kNoticeLifeSeconds = 3 * 86'400;
constexpr std::size_t kTextMax = 900;  // of a template's parameter
constexpr std::int64_t kCountExactlyUpTo = 50'000;

/// A template with its parameters in both languages, and the whole texts.
struct Letterhead {
    std::string template_name;
    std::array<std::vector<std::string>, 2> params;  // Hindi, English
    std::array<std::string, 2> texts;
    std::vector<std::string> button_keys;
    std::vector<std::string> payloads;
    UnixSeconds expires_at;
};

registry::AudienceQuery with_channel(registry::AudienceQuery audience,
                                     registry::MessagePurpose purpose, registry::Channel channel) {
    audience.channel = channel;
    audience.purpose = purpose;
    return audience;
}

std::string day_text(UnixSeconds at) {
    const Date date = date_in_india(at);
    return fmt::format("{:02}/{:02}/{}", date.day, date.month, date.year);
}

/// "haat_demand": buyer, quantity with unit, product, price, last day, in that order.
Result<Letterhead> demand_letter(MessagingContext& context, storage::Transaction& tx,
                                 const Viewer& viewer, DemandId demand_id) {
    const UnixSeconds now = context.flows.clock.now();
    const auto demand = market::find_demand(tx, viewer, demand_id, now);
    if (!demand) {
        return refuse(ErrorKind::kNotFound, "market.no_demand");
    }
    const auto product = HAAT_TRY(catalogue::find_product(tx, demand->product_id));
    const auto buyer = registry::find_organisation(tx, demand->buyer_organisation_id);
    Letterhead letter{
        .template_name = "haat_demand",
        .button_keys = {"messages.button_have", "messages.button_stop"},
        .payloads = {fmt::format("demand_have:{}", demand_id.value), "broadcast_stop:0"},
        .expires_at = demand->deadline_at};
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto at = static_cast<std::size_t>(language);
        const std::string unit = context.texts.text(language, "messages.unit_" + demand->unit);
        const std::string price =
            demand->max_price
                ? rupees_display(*demand->max_price) + " " +
                      context.texts.text(language, "messages.per_unit", {{"unit", unit}})
                : context.texts.text(language, "messages.price_open");
        const std::string who = !buyer                           ? ""
                                : language == Language::kEnglish ? buyer->name_en
                                                                 : buyer->name_hi;
        letter.params[at] = {who, quantity_plain(demand->quantity) + " " + unit,
                             product.name(language_code(language)), price,
                             day_text(demand->deadline_at)};
        letter.texts[at] = context.texts.text(language, "templates.haat_demand",
                                              {{"1", letter.params[at][0]},
                                               {"2", letter.params[at][1]},
                                               {"3", letter.params[at][2]},
                                               {"4", letter.params[at][3]},
                                               {"5", letter.params[at][4]}});
    }
    return letter;
}

/// "haat_broadcast": the text.
Result<Letterhead> notice_letter(const MessagingContext& context, const BroadcastWish& wish) {
    Letterhead letter{.template_name = "haat_broadcast",
                      .button_keys = {"messages.button_stop"},
                      .payloads = {"broadcast_stop:0"},
                      .expires_at = {context.flows.clock.now().value + kNoticeLifeSeconds}};
    const std::array<const std::string*, 2> wished{&wish.text_hi, &wish.text_en};
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto at = static_cast<std::size_t>(language);
        // One language is enough: everybody reads that one.
        const std::string& own = trim(*wished[at]).empty() ? *wished[1 - at] : *wished[at];
        std::string text(trim(own));
        std::ranges::replace(text, '\n', ' ');
        if (text.empty() || count_code_points(text) > kTextMax) {
            return refuse(ErrorKind::kInvalid, "flows.no_broadcast_text",
                          {{"most", std::to_string(kTextMax)}});
        }
        letter.texts[at] = context.texts.text(language, "templates.haat_broadcast", {{"1", text}});
        letter.params[at] = {std::move(text)};
    }
    return letter;
}

Result<Letterhead> letter_of(MessagingContext& context, const Viewer& viewer,
                             const BroadcastWish& wish) {
    if (!wish.demand_id) {
        return notice_letter(context, wish);
    }
    return context.flows.database.read([&](storage::Transaction& tx) {
        return demand_letter(context, tx, viewer, wish.demand_id);
    });
}

std::string params_json(const Letterhead& letter) {
    JsonWriter json;
    json.begin_object();
    const auto list = [&](std::string_view key, const std::vector<std::string>& items) {
        json.key(key).begin_array();
        for (const std::string& item : items) {
            json.string(item);
        }
        json.end_array();
    };
    list("hi", letter.params[0]);
    list("en", letter.params[1]);
    list("buttons", letter.payloads);
    json.field("text_hi", letter.texts[0]).field("text_en", letter.texts[1]).end_object();
    return json.take();
}

/// The audience as it was asked, for the record.
std::string audience_json(const registry::AudienceQuery& audience) {
    JsonWriter json;
    json.begin_object();
    const auto ids = [&](std::string_view key, const auto& items) {
        json.key(key).begin_array();
        for (const auto id : items) {
            json.number(id.value);
        }
        json.end_array();
    };
    ids("places", audience.places);
    ids("exclude_places", audience.exclude_places);
    ids("products", audience.products);
    ids("groups", audience.groups);
    json.key("languages").begin_array();
    for (const std::string& language : audience.languages) {
        json.string(language);
    }
    json.end_array().end_object();
    return json.take();
}

std::int64_t count_addresses(storage::Transaction& tx, registry::Channel channel,
                             const std::vector<std::uint32_t>& ordinals) {
    std::unordered_set<std::int64_t> addresses;
    constexpr std::size_t kRange = 4096;
    for (std::size_t from = 0; from < ordinals.size(); from += kRange) {
        const std::size_t to = std::min(from + kRange, ordinals.size());
        std::size_t at = from;
        std::uint32_t last = 0;
        bool any = false;
        registry::addresses_in(tx, ordinals[from], ordinals[to - 1], channel,
                               [&](const registry::SendAddress& address) {
                                   while (at < to && ordinals[at] < address.ordinal) {
                                       ++at;
                                   }
                                   const bool chosen = at < to && ordinals[at] == address.ordinal;
                                   if (chosen && (!any || last != address.ordinal)) {
                                       addresses.insert(address.address_id.value);
                                       last = address.ordinal;
                                       any = true;
                                   }
                               });
    }
    return static_cast<std::int64_t>(addresses.size());
}

}  // namespace

std::int64_t whatsapp_cost_centipaise(registry::MessagePurpose purpose) {
    return purpose == registry::MessagePurpose::kMarket ? 8631 : 1150;
}

Paise broadcast_cost(registry::MessagePurpose purpose, std::int64_t messages) {
    return {(messages * whatsapp_cost_centipaise(purpose) + 50) / 100};
}

Reach count_audience(MessagingContext& context, const Viewer& viewer,
                     registry::AudienceQuery audience, registry::MessagePurpose purpose,
                     registry::Channel channel) {
    const registry::AudienceQuery reached = with_channel(audience, purpose, channel);
    registry::AudienceQuery all = reached;
    all.purpose.reset();
    return context.flows.database.read([&](storage::Transaction& tx) {
        context.audience.catch_up(tx);
        Reach reach{.people = context.audience.count(viewer, reached),
                    .as_of_at = context.flows.clock.now()};
        reach.opted_out = context.audience.count(viewer, all) - reach.people;
        reach.addresses =
            reach.people <= kCountExactlyUpTo
                ? count_addresses(tx, channel, context.audience.select(viewer, reached))
                : reach.people;
        return reach;
    });
}

Result<BroadcastPreview> preview_broadcast(MessagingContext& context, const Viewer& viewer,
                                           const BroadcastWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Letterhead letter = HAAT_TRY(letter_of(context, viewer, wish));
    BroadcastPreview preview{
        .reach = count_audience(context, viewer, wish.audience, wish.purpose, wish.channel),
        .text_hi = letter.texts[0],
        .text_en = letter.texts[1]};
    for (const std::string& key : letter.button_keys) {
        preview.buttons_hi.push_back(context.texts.text(Language::kHindi, key));
        preview.buttons_en.push_back(context.texts.text(Language::kEnglish, key));
    }
    preview.cost = broadcast_cost(wish.purpose, preview.reach.addresses);
    return preview;
}

Result<messaging::Broadcast> create_broadcast(MessagingContext& context, const Viewer& viewer,
                                              const BroadcastWish& wish, std::string_view device_id,
                                              std::int64_t confirm_people) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Letterhead letter = HAAT_TRY(letter_of(context, viewer, wish));
    const UnixSeconds now = context.flows.clock.now();
    const registry::AudienceQuery audience =
        with_channel(wish.audience, wish.purpose, wish.channel);
    context.flows.database.read([&](storage::Transaction& tx) { context.audience.catch_up(tx); });
    const std::vector<std::uint32_t> ordinals = context.audience.select(viewer, audience);
    if (static_cast<std::int64_t>(ordinals.size()) != confirm_people) {
        return refuse(ErrorKind::kConflict, "flows.audience_changed",
                      {{"people", std::to_string(ordinals.size())}});
    }
    const messaging::Broadcast broadcast =
        HAAT_TRY(messaging::create_broadcast(context.flows.database,
                                             {.device_id = std::string(device_id),
                                              .purpose = wish.purpose,
                                              .channel = wish.channel,
                                              .template_name = letter.template_name,
                                              .params_json = params_json(letter),
                                              .audience_json = audience_json(audience),
                                              .demand_id = wish.demand_id,
                                              .place_id = viewer.place_id,
                                              .created_by = viewer.account_id,
                                              .expires_at = letter.expires_at},
                                             ordinals, now));
    context.flows.database.write([&](storage::Transaction& tx) {
        storage::audit(tx, now, viewer.account_id, "broadcast.create",
                       fmt::format("broadcast:{}", broadcast.broadcast_id.value),
                       fmt::format("{{\"recipients\":{}}}", broadcast.recipients));
        announce(tx, context.flows, "broadcast", broadcast.broadcast_id.value, "created", now);
    });
    context.delivery.broadcast_changed(broadcast.broadcast_id);
    return broadcast;
}

Result<void> pause_broadcast(MessagingContext& context, const Viewer& viewer,
                             BroadcastId broadcast_id, bool paused) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    Result<void> changed =
        context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
            HAAT_TRY(messaging::set_broadcast_state(
                tx, viewer, broadcast_id,
                paused ? messaging::BroadcastState::kPaused
                       : messaging::BroadcastState::kSending));
            storage::audit(tx, now, viewer.account_id,
                           paused ? "broadcast.pause" : "broadcast.resume",
                           fmt::format("broadcast:{}", broadcast_id.value), "{}");
            announce(tx, context.flows, "broadcast", broadcast_id.value, "updated", now);
            return {};
        });
    HAAT_TRY(std::move(changed));
    context.delivery.broadcast_changed(broadcast_id);
    return {};
}

BroadcastTexts texts_of(const messaging::Broadcast& broadcast) {
    const boost::json::value params = boost::json::parse(broadcast.what.params_json);
    return {std::string(params.at("text_hi").as_string()),
            std::string(params.at("text_en").as_string())};
}

}  // namespace haat::flows
