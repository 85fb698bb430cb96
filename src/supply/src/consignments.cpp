#include "supply/consignments.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "device_acts.hpp"
#include "goods.hpp"
#include "scope.hpp"
#include "sql/consignments.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

std::string_view wrong_field(const ConsignmentDraft& draft, const DeviceAct& act, UnixSeconds now) {
    if (!act.has_good_id()) return "device_id";
    if (draft.from_site_id == draft.to_site_id) return "to_site_id";
    if (draft.lines.empty() || draft.lines.size() > kMostLines) return "lot_ids";
    std::unordered_set<LotId> lots;
    for (const SendLine& line : draft.lines) {
        if (!line.lot_id || !lots.insert(line.lot_id).second) return "lot_ids";
        if (line.quantity && !is_quantity(*line.quantity)) return "quantity_milli";
    }
    if (!is_time(draft.sent_at, now)) return "sent_at";
    return {};
}

DeviceAct act_of(const ConsignmentDraft& draft) {
    ActBody body;
    body.add(draft.from_site_id).add(draft.to_site_id);
    for (const SendLine& line : draft.lines) {
        body.add(line.lot_id).add(line.quantity.value_or(Milli{0}));
    }
    return {draft.device_id, "consignment", body};
}

template <typename Row>
Consignment consignment_from(storage::Transaction& tx, const Row& row) {
    Consignment consignment{.consignment_id = row.consignment_id,
                            .from_site_id = row.from_site_id,
                            .to_site_id = row.to_site_id,
                            .sent_at = row.sent_at,
                            .received_at = row.received_at,
                            .lines = {}};
    for (const auto& line : sql::consignment_lots(tx, {.consignment_id = row.consignment_id})) {
        consignment.lines.push_back({.lot_id = line.lot_id,
                                     .lot_code = line.lot_code,
                                     .product_id = line.product_id,
                                     .unit = line.unit,
                                     .sent = line.sent_milli,
                                     .received = line.received_milli,
                                     .note = line.note});
    }
    return consignment;
}

Result<void> send_line(storage::Transaction& tx, const Viewer& viewer,
                       const ConsignmentDraft& draft, const SendLine& line,
                       ConsignmentId consignment_id, UnixSeconds now) {
    if (!find_lot(tx, system_viewer(), line.lot_id)) {
        return not_found(errors::kNoLot);
    }
    const Milli quantity = line.quantity.value_or(stock_at(tx, line.lot_id, draft.from_site_id));
    if (quantity == Milli{0}) {
        return not_enough(tx, line.lot_id, quantity);
    }
    const Owner owner =
        HAAT_TRY(take(tx, line.lot_id, Holder::of(draft.from_site_id), quantity, now));
    HAAT_TRY(put(tx, line.lot_id, Holder::of(consignment_id), owner, quantity, now));
    sql::consignment_lot_add(
        tx, {.consignment_id = consignment_id, .lot_id = line.lot_id, .sent_milli = quantity});
    write_event(tx, viewer,
                {.lot_id = line.lot_id,
                 .kind = "consigned",
                 .at = draft.sent_at,
                 .site_id = draft.from_site_id,
                 .to_site_id = draft.to_site_id,
                 .consignment_id = consignment_id,
                 .quantity = quantity},
                now);
    return {};
}

/// What arrived of a line, and why less.
Difference arrived(const ConsignmentLine& line, const std::vector<Difference>& differences) {
    const auto found = std::ranges::find(differences, line.lot_id, &Difference::lot_id);
    return found != differences.end() ? *found : Difference{line.lot_id, line.sent, ""};
}

bool are_differences_good(const Consignment& consignment,
                          const std::vector<Difference>& differences) {
    std::unordered_set<LotId> lots;
    return std::ranges::all_of(differences, [&](const Difference& difference) {
        const auto line =
            std::ranges::find(consignment.lines, difference.lot_id, &ConsignmentLine::lot_id);
        return line != consignment.lines.end() && lots.insert(difference.lot_id).second &&
               difference.received >= Milli{0} && difference.received <= line->sent &&
               is_note(difference.note) &&
               (difference.received == line->sent || !trim(difference.note).empty());
    });
}

Result<void> receive_line(storage::Transaction& tx, const Viewer& viewer,
                          const Consignment& consignment, const ConsignmentLine& line,
                          const Difference& difference, UnixSeconds now) {
    const Owner owner =
        HAAT_TRY(take(tx, line.lot_id, Holder::of(consignment.consignment_id), line.sent, now));
    HAAT_TRY(
        put(tx, line.lot_id, Holder::of(consignment.to_site_id), owner, difference.received, now));
    sql::consignment_lot_receive(tx, {.received_milli = difference.received,
                                      .note = difference.note,
                                      .consignment_id = consignment.consignment_id,
                                      .lot_id = line.lot_id});
    write_event(tx, viewer,
                {.lot_id = line.lot_id,
                 .kind = "received_at",
                 .at = now,
                 .site_id = consignment.to_site_id,
                 .consignment_id = consignment.consignment_id,
                 .quantity = difference.received,
                 .change_milli = difference.received.value - line.sent.value,
                 .note = difference.note},
                now);
    return {};
}

}  // namespace

Result<Made<Consignment>> send(storage::Transaction& tx, const Viewer& viewer,
                               const ConsignmentDraft& draft, UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return Made<Consignment>{*find_consignment(tx, system_viewer(), {*first}),
                                 Repeat::kRepeated};
    }
    if (const std::string_view field = wrong_field(draft, act, now); !field.empty()) {
        return wrong(errors::kConsignmentInvalid, field);
    }
    if (!find_site(tx, draft.from_site_id) || !find_site(tx, draft.to_site_id)) {
        return not_found(errors::kNoSite);
    }
    const ConsignmentId consignment_id = tx.new_id_as<ConsignmentId>();
    sql::consignment_add(tx, {.consignment_id = consignment_id,
                              .from_site_id = draft.from_site_id,
                              .to_site_id = draft.to_site_id,
                              .sent_at = draft.sent_at});
    for (const SendLine& line : draft.lines) {
        HAAT_TRY(send_line(tx, viewer, draft, line, consignment_id, now));
    }
    act.record(tx, consignment_id.value, now);
    return Made<Consignment>{*find_consignment(tx, system_viewer(), consignment_id),
                             Repeat::kFirst};
}

Result<Made<Consignment>> receive(storage::Transaction& tx, const Viewer& viewer,
                                  ConsignmentId consignment_id,
                                  const std::vector<Difference>& differences, UnixSeconds now) {
    const std::optional<Consignment> sent = find_consignment(tx, viewer, consignment_id);
    if (!sent) {
        return not_found(errors::kNoConsignment);
    }
    if (sent->received_at) {
        return Made<Consignment>{*sent, Repeat::kRepeated};
    }
    if (!are_differences_good(*sent, differences)) {
        return wrong(errors::kConsignmentInvalid, "differences");
    }
    const std::int64_t changed =
        sql::consignment_receive(tx, {.now_at = now, .consignment_id = consignment_id});
    HAAT_ASSERT(changed == 1);
    for (const ConsignmentLine& line : sent->lines) {
        HAAT_TRY(receive_line(tx, viewer, *sent, line, arrived(line, differences), now));
    }
    return Made<Consignment>{*find_consignment(tx, system_viewer(), consignment_id),
                             Repeat::kFirst};
}

std::optional<Consignment> find_consignment(storage::Transaction& tx, const Viewer& viewer,
                                            ConsignmentId consignment_id) {
    const Scope scope = scope_of(viewer);
    const auto row = sql::consignment_get(tx, {.consignment_id = consignment_id,
                                               .viewer_site_id = scope.site_id,
                                               .viewer_organisation_id = scope.organisation_id,
                                               .number_first = scope.places.first,
                                               .number_last = scope.places.last});
    return row ? std::optional(consignment_from(tx, *row)) : std::nullopt;
}

std::vector<Consignment> list_consignments(storage::Transaction& tx, const Viewer& viewer,
                                           const ConsignmentFilter& filter, const Page& page) {
    const Scope scope = scope_of(viewer);
    std::string_view state;
    if (filter.state) {
        state = *filter.state == ConsignmentState::kMoving ? "moving" : "received";
    }
    std::vector<Consignment> consignments;
    for (const auto& row :
         sql::consignment_page(tx, {.before_at = page.before_at,
                                    .before_id = page.before_id,
                                    .site_id = filter.site_id,
                                    .state = state,
                                    .viewer_site_id = scope.site_id,
                                    .viewer_organisation_id = scope.organisation_id,
                                    .number_first = scope.places.first,
                                    .number_last = scope.places.last,
                                    .row_limit = page.limit})) {
        consignments.push_back(consignment_from(tx, row));
    }
    return consignments;
}

}  // namespace haat::supply
