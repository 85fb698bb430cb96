/// @file Packing: lots go in, a lot of equal packets comes out, and what is lost on the way is
/// stated. Packets never weigh more together than what went in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"

namespace haat::supply {

struct PackingInput {
    LotId lot_id;
    Milli quantity;
};

struct PackingDraft {
    std::string device_id;
    SiteId site_id;                    ///< A packaging house that holds the inputs.
    std::vector<PackingInput> inputs;  ///< 1..500, each lot once, all of one product and unit.
    Milli pack_size;
    std::int64_t packs = 0;      ///< 1..1,000,000.
    Paise pack_price;            ///< Maximum retail price of one packet, taxes included.
    std::optional<Owner> owner;  ///< None: the house's owner holds it for those who made it.
    UnixSeconds packed_at;       ///< By the device's clock; not after now + 1 day.
    UnixSeconds best_before_at;  ///< After packed_at.
};

struct Packing {
    LotId packed_lot_id;
    SiteId site_id;
    Milli input;
    Milli output;
    Milli loss;  ///< input - output.
    Paise pack_price;
    UnixSeconds packed_at;
    UnixSeconds best_before_at;
};

/// Packs. Inputs are taken by conditional updates; nothing is packed twice under any concurrency.
/// Safe to repeat by device id.
/// @return supply.packing_invalid (params: field), supply.no_site, supply.wrong_site_kind,
/// supply.no_lot, supply.not_enough (params: lot_id, left_milli), supply.product_differs,
/// supply.packing_exceeds_inputs (params: input_milli, output_milli), supply.device_id_reused.
[[nodiscard]] Result<Made<Lot>> pack(storage::Transaction& tx, const Viewer& viewer,
                                     const PackingDraft& draft, UnixSeconds now);

/// None if it is not a packed lot.
[[nodiscard]] std::optional<Packing> find_packing(storage::Transaction& tx, LotId packed_lot_id);

/// What went in, by lot id.
[[nodiscard]] std::vector<PackingInput> inputs_of(storage::Transaction& tx, LotId packed_lot_id);

}  // namespace haat::supply
