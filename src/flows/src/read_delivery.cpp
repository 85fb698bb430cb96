#include "flows/read_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "allowed.hpp"
#include "base/phone.hpp"
#include "flows/plan_broadcast.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "sql/delivery.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::SlotState;

/// How many of `some` are among `members`; both ascending. Linear in what lies in their common
/// range.
std::int64_t count_common(const std::vector<std::uint32_t>& some,
                          const std::vector<std::uint32_t>& members) {
    if (members.empty()) {
        return 0;
    }
    std::int64_t common = 0;
    auto member = members.begin();
    for (auto at = std::ranges::lower_bound(some, members.front());
         at != some.end() && *at <= members.back(); ++at) {
        while (*member < *at) {
            ++member;
        }
        common += *member == *at ? 1 : 0;
    }
    return common;
}

std::string_view state_word(const messaging::Slot& slot) {
    return slot.failed ? std::string_view("failed") : messaging::slot_state_name(slot.state);
}

void add_row(std::string& csv, const sql::RecipientsBetweenRow& row, const messaging::Slot& slot,
             const Texts& texts, PhonesShown phones) {
    const std::string phone = row.phone ? std::string(*row.phone) : std::string();
    const std::string state(state_word(slot));
    const int code = messaging::whatsapp::code_of_reason(slot.reason);
    csv += csv_cell(row.name) + ',' + csv_cell(row.village) + ',' + csv_cell(row.block) + ',' +
           csv_cell(row.district) + ',' + csv_cell(registry::language_code(row.spoken)) + ',' +
           csv_cell(phones == PhonesShown::kFull ? phone : mask_phone(phone)) + ',' +
           csv_cell(state) + ',' +
           csv_cell(texts.text(Language::kHindi, "messages.delivery_" + state)) + ',' +
           csv_cell(code == 0 ? "" : std::to_string(code)) + "\r\n";
}

constexpr std::string_view kHeader =
    "\xEF\xBB\xBF\"name\",\"village\",\"block\",\"district\",\"language\",\"phone\",\"state\","
    "\"state_hi\",\"error\"\r\n";

/// Rows of one chunk from a slot on; returns how many slots it went through.
std::int64_t add_chunk(storage::Transaction& tx, const Viewer& viewer,
                       const messaging::Broadcast& broadcast, const messaging::Chunk& chunk,
                       std::int64_t from, std::int64_t limit, const Texts& texts,
                       PhonesShown phones, std::string& csv) {
    const auto size = static_cast<std::int64_t>(chunk.ordinals.size());
    const std::int64_t to = std::min(from + limit, size);
    if (from >= to) {
        return 0;
    }
    auto at = static_cast<std::size_t>(from);
    const auto end = static_cast<std::size_t>(to);
    sql::recipients_between(
        tx,
        {.language = "hi",
         .channel_bit = 1LL << (static_cast<int>(broadcast.what.channel) - 1),
         .ordinal_first = chunk.ordinals[at],
         .ordinal_last = chunk.ordinals[end - 1],
         .places_first = viewer.places.first,
         .places_last = viewer.places.last},
        [&](const sql::RecipientsBetweenRow& row) {
            while (at < end && chunk.ordinals[at] < static_cast<std::uint32_t>(row.ordinal)) {
                ++at;
            }
            if (at < end && chunk.ordinals[at] == static_cast<std::uint32_t>(row.ordinal)) {
                add_row(csv, row, chunk.slots[at], texts, phones);
            }
        });
    return to - from;
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string cell = "\"";
    if (!text.empty() &&
        std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
        cell += '\'';
    }
    for (const char c : text) {
        cell += c;
        if (c == '"') {
            cell += '"';
        }
    }
    return cell + '"';
}

Result<LiveDelivery> read_live_delivery(MessagingContext& context, const Viewer& viewer,
                                        BroadcastId broadcast_id) {
    LiveDelivery live;
    const UnixSeconds now = context.flows.clock.now();
    const auto found = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        live.broadcast = HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        live.part = messaging::part_of_broadcast(tx, broadcast_id);
        live.holds = messaging::list_holds(tx, broadcast_id);
        live.mode = messaging::delivery_mode_name(live.broadcast.what.mode);
        live.progress = context.delivery.progress(broadcast_id);
        const std::int64_t price =
            message_centipaise(tx, live.broadcast.what.channel, live.broadcast.what.purpose, now);
        live.cost = {(live.progress.accepted() * price + 50) / 100};
        if (live.part) {
            const auto plan = messaging::find_plan(tx, system_viewer(), live.part->plan_id);
            const PlanBody body = plan ? plan_body_from_json(plan->body_json) : PlanBody{};
            live.budget = body.budget;
        }
        return {};
    });
    HAAT_TRY(Result<void>(found));
    const auto rates = context.rates->note(broadcast_id, live.progress.accepted(),
                                           live.progress.at_least(SlotState::kDelivered),
                                           context.flows.clock.monotonic_micros());
    live.accepted_per_second = rates.accepted_per_second;
    live.delivered_per_second = rates.delivered_per_second;
    live.as_of_at = now;
    return live;
}

Result<DeliveryByPlace> read_delivery_by_place(MessagingContext& context, const Viewer& viewer,
                                               BroadcastId broadcast_id, PlaceId place_id) {
    DeliveryByPlace answer;
    std::vector<registry::Place> children;
    std::vector<std::uint32_t> replied;
    const PlaceId root = place_id ? place_id : viewer.place_id;
    const auto found = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        const registry::Place place = HAAT_TRY(registry::find_place(tx, root));
        if (place.numbers.first < viewer.places.first || place.numbers.last > viewer.places.last) {
            return refuse(ErrorKind::kNotFound, "registry.no_place");
        }
        answer.path = registry::place_path(tx, root);
        std::ranges::reverse(answer.path);
        children = place.kind == registry::PlaceKind::kState
                       ? registry::places_below(tx, root, registry::PlaceKind::kDistrict)
                       : registry::child_places(tx, root);
        replied = messaging::people_who_wrote_after(tx, broadcast);
        for (const registry::Place& child : children) {
            answer.items.push_back({.place = child,
                                    .children = static_cast<std::int64_t>(
                                        registry::child_places(tx, child.place_id).size())});
        }
        return {};
    });
    HAAT_TRY(Result<void>(found));
    const auto all = context.delivery.ordinals_at_least(broadcast_id, SlotState::kQueued);
    const auto accepted = context.delivery.ordinals_at_least(broadcast_id, SlotState::kAccepted);
    const auto delivered = context.delivery.ordinals_at_least(broadcast_id, SlotState::kDelivered);
    const auto read = context.delivery.ordinals_at_least(broadcast_id, SlotState::kRead);
    std::vector<std::uint32_t> answered;
    std::ranges::set_intersection(all, replied, std::back_inserter(answered));
    for (PlaceDelivery& item : answer.items) {
        registry::AudienceQuery query;
        query.places = {item.place.place_id};
        const std::vector<std::uint32_t> members = context.audience.select(viewer, query);
        item.recipients = count_common(all, members);
        item.accepted = count_common(accepted, members);
        item.delivered = count_common(delivered, members);
        item.read = count_common(read, members);
        item.replies = count_common(answered, members);
    }
    std::erase_if(answer.items, [](const PlaceDelivery& item) { return item.recipients == 0; });
    return answer;
}

Result<ExportPage> export_recipients(MessagingContext& context, const Viewer& viewer,
                                     BroadcastId broadcast_id, ExportCursor from,
                                     std::int64_t limit, PhonesShown phones) {
    HAAT_TRY(allow(viewer, access::Action::kSeePeople));
    if (phones == PhonesShown::kFull) {
        HAAT_TRY(allow(viewer, access::Action::kRevealPhone));
    }
    ExportPage page;
    const auto read = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        const messaging::Broadcast broadcast =
            HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        if (from.chunk_no == 0 && from.slot == 0) {
            page.csv = kHeader;
        }
        std::int64_t left = limit;
        ExportCursor at = from;
        while (left > 0) {
            const auto chunk = messaging::stored_chunk(tx, broadcast_id, at.chunk_no);
            if (!chunk) {
                return {};
            }
            const std::int64_t done = add_chunk(tx, viewer, broadcast, *chunk, at.slot, left,
                                                context.texts, phones, page.csv);
            left -= done;
            at.slot += done;
            if (at.slot >= static_cast<std::int64_t>(chunk->ordinals.size())) {
                at = {.chunk_no = at.chunk_no + 1, .slot = 0};
            }
        }
        if (messaging::stored_chunk(tx, broadcast_id, at.chunk_no)) {
            page.next = at;
        }
        return {};
    });
    HAAT_TRY(Result<void>(read));
    if (phones == PhonesShown::kFull) {
        context.flows.database.write([&](storage::Transaction& tx) {
            storage::audit(tx, context.flows.clock.now(), viewer.account_id, "broadcast.export",
                           fmt::format("broadcast:{}", broadcast_id.value),
                           fmt::format(R"({{"chunk":{},"phones":"full"}})", from.chunk_no));
        });
    }
    return page;
}

}  // namespace haat::flows
