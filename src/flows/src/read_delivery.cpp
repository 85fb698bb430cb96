#include "flows/read_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "allowed.hpp"
#include "base/phone.hpp"
#include "flows/plan_broadcast.hpp"
#include "messaging/channel.hpp"
#include "messaging/chunk.hpp"
#include "planned.hpp"
#include "sql/delivery.hpp"
#include "storage/audit.hpp"
#include "whole_delivery.hpp"

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
    const SlotState state = person_state(slot);
    const bool failed = state == SlotState::kRejected && slot.failed;
    return failed ? std::string_view("failed") : messaging::slot_state_name(state);
}

/// What is asked for again and again while rows are written.
struct Export {
    const Viewer& viewer;
    const Texts& texts;
    PhonesShown phones;
    std::vector<Leg> legs;
    std::string csv;

    void add_row(const sql::RecipientsBetweenRow& row, const PersonSlot& person) {
        const registry::Channel channel = legs[person.leg].channel;
        const std::string phone = row.phone ? std::string(*row.phone) : std::string();
        const std::string state(state_word(person.slot));
        const int code = messaging::code_of_reason(channel, person.slot.reason);
        csv += csv_cell(row.name) + ',' + csv_cell(row.village) + ',' + csv_cell(row.block) + ',' +
               csv_cell(row.district) + ',' + csv_cell(registry::language_code(row.spoken)) + ',' +
               csv_cell(phones == PhonesShown::kFull ? phone : mask_phone(phone)) + ',' +
               csv_cell(registry::channel_name(channel)) + ',' + csv_cell(state) + ',' +
               csv_cell(texts.text(Language::kHindi, "messages.delivery_" + state)) + ',' +
               csv_cell(code <= 0 ? "" : std::to_string(code)) + "\r\n";
    }

    [[nodiscard]] std::int64_t channel_bits() const {
        std::int64_t bits = 0;
        for (const Leg& leg : legs) {
            bits |= 1LL << (static_cast<int>(leg.channel) - 1);
        }
        return bits;
    }

    /// Rows of one chunk for the slots from `at` up to before `end`.
    void add_slots(storage::Transaction& tx, std::span<const std::uint32_t> ordinals,
                   std::span<const std::vector<messaging::Slot>> slots, std::size_t at,
                   std::size_t end) {
        std::vector<messaging::Slot> hers(slots.size());
        sql::recipients_between(
            tx,
            {.language = "hi",
             .channel_bits = channel_bits(),
             .ordinal_first = ordinals[at],
             .ordinal_last = ordinals[end - 1],
             .places_first = viewer.places.first,
             .places_last = viewer.places.last},
            [&](const sql::RecipientsBetweenRow& row) {
                while (at < end && ordinals[at] < static_cast<std::uint32_t>(row.ordinal)) {
                    ++at;
                }
                if (at < end && ordinals[at] == static_cast<std::uint32_t>(row.ordinal)) {
                    for (std::size_t leg = 0; leg < slots.size(); ++leg) {
                        hers[leg] = slots[leg][at];
                    }
                    add_row(row, person_slot(hers));
                }
            });
    }
};

constexpr std::string_view kHeader =
    "\xEF\xBB\xBF\"name\",\"village\",\"block\",\"district\",\"language\",\"phone\","
    "\"channel\",\"state\",\"state_hi\",\"error\"\r\n";

/// Fills a page; slots are taken as they are at that moment, nobody is held up.
void fill_page(MessagingContext& context, storage::Transaction& tx, Export& out, ExportCursor from,
               std::int64_t limit, ExportPage& page) {
    const auto first = static_cast<std::uint32_t>(from.chunk_no);
    const auto chunks = static_cast<std::uint32_t>(limit / messaging::kSlotsPerChunk + 2);
    std::int64_t left = limit;
    ExportCursor at = from;
    const std::uint32_t count = context.delivery.each_person(
        tx, ids_of(out.legs), first, first + chunks,
        [&](std::uint32_t chunk_no, std::span<const std::uint32_t> ordinals,
            std::span<const std::vector<messaging::Slot>> slots) {
            const auto size = static_cast<std::int64_t>(ordinals.size());
            const std::int64_t end = std::min(at.slot + left, size);
            if (left == 0 || chunk_no != at.chunk_no) {
                return;
            }
            if (at.slot < end) {
                out.add_slots(tx, ordinals, slots, static_cast<std::size_t>(at.slot),
                              static_cast<std::size_t>(end));
            }
            left -= std::max<std::int64_t>(0, end - at.slot);
            at.slot = end;
            if (at.slot >= size) {
                at = {.chunk_no = at.chunk_no + 1, .slot = 0};
            }
        });
    if (at.chunk_no < count) {
        page.next = at;
    }
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

namespace {

/// Providers report for seven days; the eighth is for clocks.
constexpr std::int64_t kReportsComeFor = 8 * 86'400;

/// After the last channel has ended nothing is sent, so what is unknown then has so long.
std::optional<UnixSeconds> closes_at(storage::Transaction& tx, const WholeDelivery& whole) {
    if (whole.people.of(SlotState::kUnknown) == 0) {
        return std::nullopt;
    }
    UnixSeconds last{};
    for (const LegDelivery& leg : whole.legs) {
        const auto broadcast = messaging::find_broadcast(tx, system_viewer(), leg.broadcast_id);
        if (!broadcast || !broadcast->finished_at) {
            return std::nullopt;
        }
        last = std::max(last, *broadcast->finished_at);
    }
    return UnixSeconds{last.value + kReportsComeFor};
}

}  // namespace

Result<LiveDelivery> read_live_delivery(MessagingContext& context, const Viewer& viewer,
                                        BroadcastId broadcast_id) {
    LiveDelivery live;
    const UnixSeconds now = context.flows.clock.now();
    const auto found = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        live.broadcast = HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        live.part = messaging::part_of_broadcast(tx, broadcast_id);
        live.holds = messaging::list_holds(tx, broadcast_id);
        live.relayed = messaging::relays_of(tx, broadcast_id, {});
        live.mode = messaging::delivery_mode_name(live.broadcast.what.mode);
        live.whole = read_whole_delivery(context, tx, live.broadcast);
        live.unknown_closes_at = closes_at(tx, live.whole);
        if (live.part) {
            const auto plan = messaging::find_plan(tx, system_viewer(), live.part->plan_id);
            const PlanBody body = plan ? plan_body_from_json(plan->body_json) : PlanBody{};
            live.budget = body.budget;
        }
        return {};
    });
    HAAT_TRY(Result<void>(found));
    messaging::Progress sent;
    for (const LegDelivery& leg : live.whole.legs) {
        sent.add(leg.progress);
    }
    // Under a name of their own: the watch on budgets notes each channel under its number.
    const auto rates = context.rates->note(BroadcastId{-broadcast_id.value}, sent.accepted(),
                                           sent.at_least(SlotState::kDelivered),
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
    ReachedOrdinals reached;
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
        reached = read_reached(context, tx, broadcast_id);
        for (const registry::Place& child : children) {
            answer.items.push_back({.place = child,
                                    .children = static_cast<std::int64_t>(
                                        registry::child_places(tx, child.place_id).size())});
        }
        return {};
    });
    HAAT_TRY(Result<void>(found));
    std::vector<std::uint32_t> answered;
    std::ranges::set_intersection(reached.all, replied, std::back_inserter(answered));
    for (PlaceDelivery& item : answer.items) {
        registry::AudienceQuery query;
        query.places = {item.place.place_id};
        const std::vector<std::uint32_t> members = context.audience.select(viewer, query);
        item.recipients = count_common(reached.all, members);
        item.accepted = count_common(reached.accepted, members);
        item.delivered = count_common(reached.delivered, members);
        item.read = count_common(reached.read, members);
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
        HAAT_TRY(messaging::find_broadcast(tx, viewer, broadcast_id));
        Export out{.viewer = viewer,
                   .texts = context.texts,
                   .phones = phones,
                   .legs = legs_of(context, tx, broadcast_id),
                   .csv = std::string(from.chunk_no == 0 && from.slot == 0 ? kHeader : "")};
        page = {};
        fill_page(context, tx, out, from, limit, page);
        page.csv = std::move(out.csv);
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
