#include "allowed.hpp"

#include <string>

namespace haat::flows {

Result<void> allow(const Viewer& viewer, access::Action action) {
    if (!access::may(viewer.role, action)) {
        return refuse(ErrorKind::kForbidden, "flows.not_allowed",
                      {{"action", std::string(access::action_name(action))}});
    }
    return {};
}

Result<supply::Site> workplace(storage::Transaction& tx, const Viewer& viewer,
                               access::Action action, SiteId site_id) {
    HAAT_TRY(allow(viewer, action));
    std::optional<supply::Site> site = supply::find_site(tx, site_id);
    if (!site || !supply::may_work_at(tx, viewer, site_id)) {
        return refuse(ErrorKind::kNotFound, "supply.no_site");
    }
    return *std::move(site);
}

}  // namespace haat::flows
