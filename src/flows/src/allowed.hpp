/// @file Whether somebody may do something, asked first in every flow.
#pragma once

#include "access/roles.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/sites.hpp"

namespace haat::flows {

/// flows.not_allowed unless the role may.
[[nodiscard]] Result<void> allow(const Viewer& viewer, access::Action action);

/// The site, if the viewer works there or over it. A site of others is as if it did not exist:
/// supply.no_site.
[[nodiscard]] Result<supply::Site> workplace(storage::Transaction& tx, const Viewer& viewer,
                                             access::Action action, SiteId site_id);

}  // namespace haat::flows
