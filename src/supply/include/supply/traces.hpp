/// @file Where a lot came from and where it went, both ways, and in what proportion each producer
/// has a part in it, exactly. Also what the public may see behind a QR code, and the law that
/// nothing appears or vanishes.
/// Source: docs/domain/trace.md, sections 4 and 5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::supply {

/// A step on a lot's way. `step` as in the contract: worked, weighed, packed, sent, received, sold;
/// and graded, carried, returned, owned, corrected.
struct TraceStep {
    std::string step;
    UnixSeconds at;
    std::optional<SiteId> site_id;
    LotId lot_id;
    std::string lot_code;
    std::optional<PersonId> producer_person_id;  ///< Of a weighed lot; none for cashiers.
    std::optional<ConsignmentId> consignment_id;
    std::optional<SaleId> sale_id;
    Milli quantity;
    std::string unit;
};

/// Everything that made this lot, through any number of packings, oldest first; at most `limit`.
/// Empty if the viewer may not see the lot.
[[nodiscard]] std::vector<TraceStep> trace_back(storage::Transaction& tx, const Viewer& viewer,
                                                LotId lot_id, std::int64_t limit);

/// Everything that became of this lot, oldest first: what to call back. At most `limit`.
[[nodiscard]] std::vector<TraceStep> trace_forward(storage::Transaction& tx, const Viewer& viewer,
                                                   LotId lot_id, std::int64_t limit);

/// One source of a lot: a weighed lot or a batch.
struct Origin {
    LotId lot_id;
    std::optional<PersonId> producer_person_id;  ///< None for a batch.
    std::optional<OrderLineId> order_line_id;
    std::int64_t weight = 0;  ///< Its part is weight / sum of weights, exactly; > 0.
    Milli quantity;           ///< What of it went in; through several packings rounded down.
    Paise price_per_unit;     ///< As agreed at weighing in.
};

/// The sources of a lot, by lot id. A weighed lot or a batch is its own single source. Of a packed
/// lot the parts are by what went in; what was lost in packing is lost by all alike.
/// @return supply.no_lot; supply.trace_too_deep (more than 8 packings one after another, or parts
/// too fine for 62 bits).
[[nodiscard]] Result<std::vector<Origin>> origins_of(storage::Transaction& tx, LotId lot_id);

/// What anybody may see who scans a packet: no person, ever.
struct PublicTrace {
    ProductId product_id;
    std::string lot_code;
    std::string kind;                    ///< "packed" or "batch".
    SiteId made_site_id;                 ///< Packaging house or workshop.
    std::vector<PlaceId> villages;       ///< Where the goods were weighed in; at most 50.
    std::optional<std::int64_t> people;  ///< Producers or makers; none below 5.
    UnixSeconds made_at;
    std::optional<UnixSeconds> best_before_at;
    std::optional<Milli> pack_size;
    std::string unit;
};

/// None if no lot has that token.
[[nodiscard]] std::optional<PublicTrace> public_trace(storage::Transaction& tx,
                                                      std::string_view token);

/// The law of mass balance, for tests and `haat doctor`.
struct Imbalance {
    LotId lot_id;
    Milli events;  ///< Sum of changes in the lot's events.
    Milli stock;   ///< Sum of what its holders have.
};

/// Lots whose events and stock disagree, and packings whose inputs do not add up; empty if all is
/// right. Reads every event.
[[nodiscard]] std::vector<Imbalance> check_mass_balance(storage::Transaction& tx);

}  // namespace haat::supply
