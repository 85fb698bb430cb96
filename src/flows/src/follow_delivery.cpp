#include "flows/follow_delivery.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/log.hpp"
#include "flows/run_plans.hpp"
#include "messaging/templates.hpp"
#include "planned.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::DeliveryEvent;

/// The phone said it, not the person: it holds for everybody on it.
void suppress_market(MessagingContext& context, const DeliveryEvent& event) {
    const UnixSeconds now = context.flows.clock.now();
    const std::string evidence =
        fmt::format("provider:{}:broadcast:{}", event.error_code, event.broadcast_id.value);
    const std::int64_t people = context.flows.database.write([&](storage::Transaction& tx) {
        const auto broadcast = messaging::find_broadcast(tx, system_viewer(), event.broadcast_id);
        const registry::Channel channel =
            broadcast ? broadcast->what.channel : registry::Channel::kWhatsapp;
        std::optional<AddressId> address_id;
        registry::addresses_in(tx, event.ordinal, event.ordinal, channel,
                               [&](const registry::SendAddress& address) {
                                   if (!address_id) {  // the first is the one that is sent to
                                       address_id = address.address_id;
                                   }
                               });
        if (!address_id) {
            return std::int64_t{0};
        }
        return registry::suppress_address(
            tx, *address_id, {static_cast<std::uint8_t>(registry::MessagePurpose::kMarket)},
            {.channel = channel, .text_version = "provider", .evidence = evidence}, now);
    });
    log_info("delivery.suppressed", {{"people", people}, {"code", event.error_code}});
}

/// As if its webhook had come: when the provider takes the template again, what it holds goes on.
void stop_template(MessagingContext& context, const DeliveryEvent& event) {
    const UnixSeconds now = context.flows.clock.now();
    const bool known = context.flows.database.write([&](storage::Transaction& tx) {
        bool stored = false;
        for (const char* language : {"hi", "en"}) {
            const auto change =
                messaging::store_event(tx,
                                       {.kind = messaging::AccountEvent::Kind::kTemplateStatus,
                                        .template_name = event.name,
                                        .template_language = language,
                                        .value = "paused",
                                        .detail = std::to_string(event.error_code)},
                                       now);
            stored = stored || change.has_value();
        }
        return stored;
    });
    hold_broadcast(context, event.broadcast_id,
                   {.reason = "template", .reason_text = event.name, .by = {}, .at = now});
    if (known) {
        apply_template_status(context, event.name);
    }
}

}  // namespace

void apply_delivery_event(MessagingContext& context, const DeliveryEvent& event) {
    using enum DeliveryEvent::Kind;
    switch (event.kind) {
        case kSuppressMarket:
            suppress_market(context, event);
            break;
        case kTemplateStopped:
            stop_template(context, event);
            break;
        case kSpamLimit:
            hold_broadcast(context, event.broadcast_id,
                           {.reason = "number",
                            .reason_text = "flows.provider_limits",
                            .by = {},
                            .at = context.flows.clock.now()});
            break;
        case kNumberStopped:
        case kChannelStopped:
            log_warning("delivery.stopped",
                        {{"sender", std::string_view(event.name)}, {"code", event.error_code}});
            break;
    }
}

void follow_rests(MessagingContext& context, std::set<std::string>& resting) {
    const UnixSeconds now = context.flows.clock.now();
    std::vector<messaging::SenderNumberRow> over;
    std::set<std::string> rest;
    context.flows.database.read([&](storage::Transaction& tx) {
        over.clear();
        rest.clear();
        for (messaging::SenderNumberRow& number : messaging::list_numbers(tx)) {
            if (number.resting && number.rest_until_at && *number.rest_until_at <= now) {
                over.push_back(std::move(number));
            } else if (number.resting) {
                rest.insert(number.state.provider_number_id);
            }
        }
    });
    for (messaging::SenderNumberRow& number : over) {
        number.resting = false;
        number.rest_until_at.reset();
        number.rest_reason.clear();
        context.flows.database.write(
            [&](storage::Transaction& tx) { messaging::set_number_rest(tx, number, now); });
        // It may have been stopped by another process before this one knew of it.
        resting.insert(number.state.provider_number_id);
    }
    for (const std::string& name : rest) {
        if (!resting.contains(name)) {
            context.delivery.set_sender_stopped(registry::Channel::kWhatsapp, name, true);
        }
    }
    for (const std::string& name : resting) {
        if (!rest.contains(name)) {
            context.delivery.set_sender_stopped(registry::Channel::kWhatsapp, name, false);
        }
    }
    resting = std::move(rest);
}

void count_senders(MessagingContext& context, SenderBook& book) {
    std::vector<messaging::SenderCount> counts;
    for (const messaging::SenderState& now : context.delivery.senders()) {
        messaging::SenderState& before = book.seen[{now.channel, now.name}];
        const messaging::SenderCount count{
            .channel = now.channel,
            .name = now.name,
            .sent = now.permitted - before.permitted,
            .errors = now.ended - now.accepted - (before.ended - before.accepted)};
        if (count.sent != 0 || count.errors != 0) {
            counts.push_back(count);
        }
        before = now;
    }
    if (counts.empty()) {
        return;
    }
    const UnixSeconds now = context.flows.clock.now();
    context.flows.database.write([&](storage::Transaction& tx) {
        book.writer = book.writer == 0 ? tx.new_id() : book.writer;
        messaging::add_sender_counts(tx, book.writer, counts, now);
    });
}

}  // namespace haat::flows
