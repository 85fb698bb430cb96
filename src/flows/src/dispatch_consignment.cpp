#include "flows/dispatch_consignment.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

supply::ConsignmentDraft draft_of(const ConsignmentRequest& request, UnixSeconds now) {
    supply::ConsignmentDraft draft{.device_id = request.device_id,
                                   .from_site_id = request.from_site_id,
                                   .to_site_id = request.to_site_id,
                                   .sent_at = request.sent_at.value_or(now)};
    for (const LotId lot_id : request.lot_ids) {
        draft.lines.push_back({.lot_id = lot_id});
    }
    return draft;
}

void put_on_record(storage::Transaction& tx, FlowContext& context, const Viewer& viewer,
                   std::string_view action, std::string_view change,
                   const supply::Consignment& consignment, UnixSeconds now) {
    storage::audit(tx, now, viewer.account_id, action,
                   fmt::format("consignment:{}", consignment.consignment_id.value),
                   fmt::format(R"({{"lots":{}}})", consignment.lines.size()));
    announce(tx, context, "consignment", consignment.consignment_id.value, change, now);
    for (const supply::ConsignmentLine& line : consignment.lines) {
        announce(tx, context, "lot", line.lot_id.value, change, now);
    }
}

}  // namespace

Result<Made<supply::Consignment>> dispatch_consignment(FlowContext& context, const Viewer& viewer,
                                                       const ConsignmentRequest& request) {
    return context.database.write(
        [&](storage::Transaction& tx) -> Result<Made<supply::Consignment>> {
            const UnixSeconds now = context.clock.now();
            HAAT_TRY(workplace(tx, viewer, access::Action::kConsign, request.from_site_id));
            Made<supply::Consignment> made =
                HAAT_TRY(supply::send(tx, viewer, draft_of(request, now), now));
            if (made.repeat == Repeat::kFirst) {
                put_on_record(tx, context, viewer, "consignment.send", "sent", made.thing, now);
            }
            return made;
        });
}

Result<Made<supply::Consignment>> carry_to_packaging_house(FlowContext& context,
                                                           const Viewer& viewer,
                                                           const ConsignmentRequest& request) {
    return context.database.write(
        [&](storage::Transaction& tx) -> Result<Made<supply::Consignment>> {
            const UnixSeconds now = context.clock.now();
            const SiteId hands = supply::may_work_at(tx, viewer, request.from_site_id)
                                     ? request.from_site_id
                                     : request.to_site_id;
            HAAT_TRY(workplace(tx, viewer, access::Action::kConsign, hands));
            const auto house = supply::find_site(tx, request.to_site_id);
            if (!house) {
                return refuse(ErrorKind::kNotFound, "supply.no_site");
            }
            if (house->kind != supply::SiteKind::kPackagingHouse) {
                return refuse(ErrorKind::kInvalid, "supply.wrong_site_kind");
            }
            const Made<supply::Consignment> sent =
                HAAT_TRY(supply::send(tx, viewer, draft_of(request, now), now));
            const Made<supply::Consignment> received =
                HAAT_TRY(supply::receive(tx, viewer, sent.thing.consignment_id, {}, now));
            if (sent.repeat == Repeat::kFirst) {
                put_on_record(tx, context, viewer, "consignment.carry", "carried", received.thing,
                              now);
            }
            return Made<supply::Consignment>{received.thing, sent.repeat};
        });
}

}  // namespace haat::flows
