#include "history_broadcasts.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "base/texts.hpp"
#include "flows/create_broadcast.hpp"
#include "messaging/broadcasts.hpp"
#include "whole_delivery.hpp"

namespace haat::flows {
namespace {

constexpr int kBroadcasts = 200;

/// Her slots of a broadcast and its fallbacks; empty if it was not for her. Ordinals ascend over
/// the chunks, so halving finds hers.
std::vector<messaging::Slot> slots_of(const MessagingContext& context, storage::Transaction& tx,
                                      std::span<const BroadcastId> legs, std::uint32_t ordinal) {
    std::vector<messaging::Slot> hers;
    std::uint32_t low = 0;
    std::uint32_t high = context.delivery.each_person(
        tx, legs, 0, 0, [](std::uint32_t, std::span<const std::uint32_t>, auto) {});
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        bool is_below = false;
        context.delivery.each_person(
            tx, legs, middle, middle + 1,
            [&](std::uint32_t, std::span<const std::uint32_t> ordinals,
                std::span<const std::vector<messaging::Slot>> slots) {
                is_below = !ordinals.empty() && ordinals.back() < ordinal;
                const auto found = std::ranges::lower_bound(ordinals, ordinal);
                if (found != ordinals.end() && *found == ordinal) {
                    for (const std::vector<messaging::Slot>& leg : slots) {
                        hers.push_back(leg[static_cast<std::size_t>(found - ordinals.begin())]);
                    }
                }
            });
        if (!hers.empty()) {
            return hers;
        }
        if (is_below) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return hers;
}

std::optional<HistoryItem> item_of(const MessagingContext& context, storage::Transaction& tx,
                                   const messaging::Broadcast& broadcast,
                                   const registry::Person& person) {
    std::vector<BroadcastId> legs{broadcast.broadcast_id};
    for (const BroadcastId fallback : messaging::fallbacks_of(tx, broadcast.broadcast_id)) {
        legs.push_back(fallback);
    }
    const std::vector<messaging::Slot> slots = slots_of(context, tx, legs, person.ordinal);
    if (slots.empty()) {
        return std::nullopt;
    }
    const PersonSlot whole = person_slot(slots);
    const BroadcastTexts texts = texts_of(broadcast);
    HistoryItem item;
    item.kind = HistoryItem::Kind::kBroadcast;
    item.id = broadcast.broadcast_id.value;
    item.at = broadcast.created_at;
    item.channel = broadcast.what.channel;
    if (whole.leg > 0) {
        if (const auto leg = messaging::find_broadcast(tx, system_viewer(), legs[whole.leg])) {
            item.channel = leg->what.channel;
        }
    }
    item.text = language_from_code(person.language) == Language::kEnglish && !texts.text_en.empty()
                    ? texts.text_en
                    : texts.text_hi;
    item.state = messaging::slot_state_name(person_state(whole.slot));
    item.broadcast_id = broadcast.broadcast_id;
    return item;
}

}  // namespace

std::vector<HistoryItem> broadcasts_to(const MessagingContext& context, storage::Transaction& tx,
                                       const registry::Person& person, const HistoryPlace& before,
                                       int limit) {
    std::vector<HistoryItem> items;
    for (const messaging::Broadcast& broadcast :
         messaging::list_broadcasts(tx, system_viewer(), 0, kBroadcasts)) {
        if (std::tuple(broadcast.created_at, broadcast.broadcast_id.value) >=
            std::tuple(before.at, before.id)) {
            continue;
        }
        if (auto item = item_of(context, tx, broadcast, person)) {
            items.push_back(*std::move(item));
        }
        if (items.size() == static_cast<std::size_t>(limit)) {
            break;
        }
    }
    return items;
}

}  // namespace haat::flows
