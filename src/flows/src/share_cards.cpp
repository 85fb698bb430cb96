#include "flows/share_cards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "allowed.hpp"
#include "announce.hpp"
#include "catalogue/products.hpp"
#include "flows/create_broadcast.hpp"
#include "market/demands.hpp"
#include "messaging/templates.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kCardSeconds = 14 * 86'400;

/// The first number of ours that is known and does not rest; "" if there is none.
std::string our_number(storage::Transaction& tx) {
    for (const messaging::SenderNumberRow& number : messaging::list_numbers(tx)) {
        if (!number.resting && !number.state.display.empty()) {
            return number.state.display;
        }
    }
    return "";
}

/// What she will find written in the chat: an answer that the machine understands.
std::string first_words(const MessagingContext& context, storage::Transaction& tx,
                        const messaging::Broadcast& broadcast, UnixSeconds now) {
    if (broadcast.what.demand_id) {
        const auto demand = market::find_demand(tx, system_viewer(), broadcast.what.demand_id, now);
        if (demand) {
            if (const auto product = catalogue::find_product(tx, demand->product_id)) {
                return context.texts.text(Language::kHindi, "messages.card_have",
                                          {{"product", std::string(product->name("hi"))}});
            }
        }
    }
    return context.texts.text(Language::kHindi, "messages.card_hello");
}

Result<CardOf> card_of(MessagingContext& context, storage::Transaction& tx, const Viewer& viewer,
                       BroadcastId broadcast_id) {
    const UnixSeconds now = context.flows.clock.now();
    const std::vector<BroadcastId> hers =
        messaging::broadcasts_around(tx, viewer, {now.value - kCardSeconds});
    if (std::ranges::find(hers, broadcast_id) == hers.end()) {
        return refuse(ErrorKind::kNotFound, "messaging.no_broadcast");
    }
    CardOf card;
    // It is around her places: she may know what it says, whoever made it.
    card.broadcast = HAAT_TRY(messaging::find_broadcast(tx, system_viewer(), broadcast_id));
    const BroadcastTexts texts = texts_of(card.broadcast);
    card.text_hi = texts.text_hi;
    card.text_en = texts.text_en;
    card.link = messaging::chat_link(our_number(tx), first_words(context, tx, card.broadcast, now));
    card.hers = messaging::relays_of(tx, broadcast_id, viewer.account_id);
    card.all = messaging::relays_of(tx, broadcast_id, {});
    return card;
}

}  // namespace

Result<std::vector<CardOf>> list_share_cards(MessagingContext& context, const Viewer& viewer) {
    HAAT_TRY(allow(viewer, access::Action::kRelayCard));
    const UnixSeconds since{context.flows.clock.now().value - kCardSeconds};
    return context.flows.database.read(
        [&](storage::Transaction& tx) -> Result<std::vector<CardOf>> {
            std::vector<CardOf> cards;
            for (const BroadcastId id : messaging::broadcasts_around(tx, viewer, since)) {
                cards.push_back(HAAT_TRY(card_of(context, tx, viewer, id)));
            }
            return cards;
        });
}

Result<CardOf> read_share_card(MessagingContext& context, const Viewer& viewer,
                               BroadcastId broadcast_id) {
    HAAT_TRY(allow(viewer, access::Action::kRelayCard));
    return context.flows.database.read(
        [&](storage::Transaction& tx) { return card_of(context, tx, viewer, broadcast_id); });
}

Result<std::string> draw_share_card(MessagingContext& context, const Viewer& viewer,
                                    BroadcastId broadcast_id, Language language) {
    const CardOf card = HAAT_TRY(read_share_card(context, viewer, broadcast_id));
    const std::string number =
        context.flows.database.read([](storage::Transaction& tx) { return our_number(tx); });
    return messaging::share_card_png(
        {.brand = context.texts.text(language, "messages.card_brand"),
         .text = language == Language::kHindi ? card.text_hi : card.text_en,
         .invite = context.texts.text(
             language, card.link.empty() ? "messages.card_ask" : "messages.card_scan"),
         .number = number,
         .link = card.link});
}

Result<CardOf> record_relay(MessagingContext& context, const Viewer& viewer,
                            BroadcastId broadcast_id, std::string_view device_id,
                            std::int64_t groups) {
    HAAT_TRY(read_share_card(context, viewer, broadcast_id));
    const UnixSeconds now = context.flows.clock.now();
    context.flows.database.write([&](storage::Transaction& tx) {
        messaging::add_relay(tx, {.device_id = std::string(device_id),
                                  .broadcast_id = broadcast_id,
                                  .by = viewer.account_id,
                                  .groups = groups,
                                  .at = now});
        announce(tx, context.flows, "broadcast", broadcast_id.value, "relayed", now);
    });
    return read_share_card(context, viewer, broadcast_id);
}

}  // namespace haat::flows
