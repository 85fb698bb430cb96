/// @file A jail workshop records what was made and who worked on it for how many days.
/// Source: docs/domain/flows.md, section 4.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/batches.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct MakerDays {
    std::string maker_code;  ///< A random code of the workshop, never a name: 3..32 of A-Z, 0-9, -.
    Milli days;              ///< Thousandths; 1..10^6.
    std::string grade;       ///< "unskilled", "semiskilled", "skilled".
};

struct BatchRequest {
    std::string device_id;
    SiteId site_id;  ///< A workshop.
    std::string product_key;
    Milli quantity;
    std::string unit;  ///< The product's default unit.
    Paise material;
    std::vector<MakerDays> makers;  ///< 1..500, each code once.
    /// Retail price of one unit, tax included. None: cost with the markup of the settings, margin
    /// and tax, rounded up to a rupee.
    std::optional<Paise> price_per_unit;
    std::optional<UnixSeconds> made_at;  ///< None: now.
};

/// Promise: each day of work is paid by its grade, whether the goods sell or not: the wages are
/// owed from this moment, to random ids. The workshop's code of a maker is kept by the vault alone;
/// no lot, entry, label or message bears it. Safe to repeat by device id.
/// @return flows.not_allowed, flows.no_vault_key, flows.unit_differs, flows.batch_invalid (params:
///   field), flows.no_tax_rate, catalogue.no_product, supply.no_site and what supply::make_batch
///   refuses.
[[nodiscard]] Result<Made<supply::Lot>> record_batch(FlowContext& context, const Viewer& viewer,
                                                     const BatchRequest& request);

}  // namespace haat::flows
