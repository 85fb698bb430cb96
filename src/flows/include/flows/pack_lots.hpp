/// @file Lots become packets with a label at the block's packaging house.
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
#include "base/texts.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/packing.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct PackingRequest {
    std::string device_id;
    SiteId site_id;
    std::vector<supply::PackingInput> inputs;
    Milli pack_size;
    std::int64_t packs = 0;
    /// Maximum retail price of a packet. None: the price at which its producers get what was agreed
    /// after tax, margin, packing and group fee, rounded up to a rupee.
    std::optional<Paise> pack_price;
    std::optional<UnixSeconds> packed_at;       ///< By the device's clock; none: now.
    std::optional<UnixSeconds> best_before_at;  ///< None: by the product's shelf life.
};

/// Promise: packets never weigh more together than what went in, and each can be traced back to
/// every woman whose goods are in it. Safe to repeat by device id.
/// @return flows.not_allowed, flows.no_tax_rate, supply.no_site and what supply::pack refuses.
[[nodiscard]] Result<Made<supply::Lot>> pack_lots(FlowContext& context, const Viewer& viewer,
                                                  const PackingRequest& request);

/// The label of a packed lot or a batch as an SVG with the QR code of its public page: no person on
/// it. `public_url` is where the public finds haat, as "https://haat.example", without a slash.
/// @return flows.not_allowed, supply.no_lot, flows.no_label (a lot as weighed in has none),
///   supply.label_too_long.
[[nodiscard]] Result<std::string> label_of_lot(FlowContext& context, const Viewer& viewer,
                                               const Texts& texts, LotId lot_id,
                                               std::string_view public_url);

}  // namespace haat::flows
