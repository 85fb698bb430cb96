#include "flows/receive_consignment.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "storage/audit.hpp"

namespace haat::flows {

Result<Made<supply::Consignment>> receive_consignment(
    FlowContext& context, const Viewer& viewer, ConsignmentId consignment_id,
    const std::vector<supply::Difference>& differences) {
    return context.database.write(
        [&](storage::Transaction& tx) -> Result<Made<supply::Consignment>> {
            const UnixSeconds now = context.clock.now();
            HAAT_TRY(allow(viewer, access::Action::kConsign));
            const auto sent = supply::find_consignment(tx, viewer, consignment_id);
            if (!sent) {
                return refuse(ErrorKind::kNotFound, "supply.no_consignment");
            }
            HAAT_TRY(workplace(tx, viewer, access::Action::kConsign, sent->to_site_id));
            Made<supply::Consignment> made =
                HAAT_TRY(supply::receive(tx, viewer, consignment_id, differences, now));
            if (made.repeat == Repeat::kRepeated) {
                return made;
            }
            storage::audit(tx, now, viewer.account_id, "consignment.receive",
                           fmt::format("consignment:{}", consignment_id.value),
                           fmt::format(R"({{"differences":{}}})", differences.size()));
            announce(tx, context, "consignment", consignment_id.value, "received", now);
            for (const supply::ConsignmentLine& line : made.thing.lines) {
                announce(tx, context, "lot", line.lot_id.value, "received", now);
            }
            return made;
        });
}

}  // namespace haat::flows
