#include "flows/measure_audience.hpp"

#include <algorithm>
#include <utility>

#include "allowed.hpp"
#include "base/assert.hpp"
#include "catalogue/products.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/settings.hpp"

namespace haat::flows {
namespace {

using registry::Audience;
using registry::AudienceField;
using registry::Channel;

/// In hundredths of a paisa; 0 for what nobody bills.
std::int64_t price_centipaise(storage::Transaction& tx, Channel channel, MessageCategory category,
                              const MessageSize& size, UnixSeconds at) {
    switch (channel) {
        case Channel::kWhatsapp:
            if (category == MessageCategory::kService) {
                return 0;
            }
            return setting_at(tx,
                              category == MessageCategory::kMarketing
                                  ? Setting::kWhatsappMarketingCentipaise
                                  : Setting::kWhatsappUtilityCentipaise,
                              at);
        case Channel::kSms:
            return setting_at(tx, Setting::kSmsSegmentCentipaise, at) * size.sms_segments;
        case Channel::kVoice:
            return setting_at(tx, Setting::kVoicePulseCentipaise, at) * size.voice_pulses;
        case Channel::kTelegram:
            return 0;
    }
    return 0;
}

/// Every channel on which somebody is reached, in every category that differs there.
std::vector<CostForecast> forecast(storage::Transaction& tx, const registry::AudienceBreakdown& by,
                                   const MessageSize& size, UnixSeconds now) {
    std::vector<CostForecast> costs;
    for (const auto& [channel, people] : by.by_channel) {
        for (const MessageCategory category : kMessageCategories) {
            costs.push_back({.channel = channel,
                             .category = category,
                             .messages = people,
                             .cost = message_cost(tx, channel, category, people, size, now)});
        }
    }
    return costs;
}

Audience code_term(AudienceField field, std::string_view code) {
    return registry::term(field, std::string(code));
}

}  // namespace

std::string_view category_name(MessageCategory category) {
    switch (category) {
        case MessageCategory::kMarketing:
            return "marketing";
        case MessageCategory::kUtility:
            return "utility";
        case MessageCategory::kService:
            return "service";
    }
    return "";
}

Paise message_cost(storage::Transaction& tx, Channel channel, MessageCategory category,
                   std::int64_t messages, const MessageSize& size, UnixSeconds at) {
    return {(messages * price_centipaise(tx, channel, category, size, at) + 50) / 100};
}

registry::AudienceProducts audience_products(storage::Transaction& tx) {
    return [&tx] {
        std::vector<registry::AudienceProduct> products;
        for (catalogue::Product& product : catalogue::list_products(tx)) {
            std::vector<std::string> words = std::move(product.variants);
            words.push_back(std::move(product.name_hi));
            words.push_back(std::move(product.name_en));
            products.push_back({product.product_id, std::move(product.key), std::move(words)});
        }
        return products;
    };
}

Result<Audience> resolve_audience(MessagingContext& context, const Viewer& viewer,
                                  Audience audience) {
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.read([&](storage::Transaction& tx) {
        return registry::resolve_audience(tx, viewer, audience, audience_products(tx), now);
    });
}

Result<AudienceMeasure> measure_audience(MessagingContext& context, const Viewer& viewer,
                                         AudienceAsk ask) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    Audience resolved = HAAT_TRY(resolve_audience(context, viewer, std::move(ask.audience)));
    // As the broadcast itself is planned: channel and purpose are asked for there.
    const Reach reach =
        count_audience(context, viewer, {.also = {resolved}}, ask.purpose, ask.channel);
    const Audience agreed =
        registry::all_of({resolved, code_term(AudienceField::kConsent,
                                              registry::message_purpose_name(ask.purpose))});
    AudienceMeasure measure{.text = registry::audience_text(resolved),
                            .people = reach.people,
                            .addresses = reach.addresses,
                            .opted_out = reach.opted_out,
                            .by = context.audience.breakdown(viewer, agreed),
                            .as_of_at = reach.as_of_at};
    measure.audience = std::move(resolved);
    measure.costs = context.flows.database.read([&](storage::Transaction& tx) {
        return forecast(tx, measure.by, ask.size, measure.as_of_at);
    });
    return measure;
}

}  // namespace haat::flows
