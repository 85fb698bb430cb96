/// @file A lot with its way: where it came from and where it went, and whose goods are in it as far
/// as the viewer may see people.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "catalogue/products.hpp"
#include "flows/read_people.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"
#include "supply/sites.hpp"
#include "supply/traces.hpp"

namespace haat::flows {

struct TraceStepView {
    supply::TraceStep step;  ///< worked, weighed, packed, sent, received or sold.
    std::optional<supply::Site> site;
    std::optional<ProducerView> producer;
};

struct LotView {
    supply::Lot lot;
    catalogue::Product product;
    supply::Site site;  ///< Where most of it stands, or stood last.
    std::optional<ProducerView>
        producer;  ///< Of a weighed lot, if the viewer may know whose it is.
};

struct LotTrace {
    LotView lot;
    std::vector<TraceStepView> backward;  ///< Oldest first; at most 5,000.
    std::vector<TraceStepView> forward;   ///< Oldest first; at most 5,000.
};

/// @return flows.not_allowed, supply.no_lot (also outside her scope).
[[nodiscard]] Result<LotTrace> read_lot_trace(storage::Transaction& tx, const Viewer& viewer,
                                              LotId lot_id);

/// A lot that was found already, with what belongs to it.
[[nodiscard]] Result<LotView> view_lot(storage::Transaction& tx, ProducerBook& producers,
                                       const supply::Lot& lot);

}  // namespace haat::flows
