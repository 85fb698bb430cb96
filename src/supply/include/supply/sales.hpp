/// @file Sales and returns at an outlet. Stock goes down by one conditional update, so the last
/// packet is sold once, whoever asks at the same moment. A return refers to its sale and gives back
/// a part of the recorded price; after the last return the parts add up to the price exactly.
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
#include "supply/lots.hpp"
#include "supply/traces.hpp"

namespace haat::supply {

struct SaleDraft {
    std::string device_id;
    SiteId site_id;  ///< An outlet that holds the lot.
    LotId lot_id;    ///< A packed lot or a batch.
    Milli quantity;  ///< Whole packets of a packed lot.
    Paise price;     ///< What the customer paid altogether, tax included; 1..10^13.
    std::int64_t gst_basis_points = 0;  ///< The rate on that day (catalogue).
    Paise gst;                          ///< The tax inside the price (ledger::tax_inside).
    UnixSeconds sold_at;                ///< By the device's clock; not after now + 1 day.
};

struct Sale {
    SaleId sale_id;
    SiteId site_id;
    LotId lot_id;
    std::string lot_code;
    LotKind lot_kind = LotKind::kPacked;  ///< kBatch: jail goods.
    ProductId product_id;
    std::string unit;
    Milli quantity;
    Milli returned;
    Paise price;
    std::int64_t gst_basis_points = 0;
    Paise gst;
    Owner owner;  ///< Who owned it when it was sold; for whom the proceeds are.
    UnixSeconds sold_at;
};

/// A sale and whose goods they were.
struct SaleDone {
    Sale sale;
    std::vector<Origin> origins;  ///< Integer weights, exact; see origins_of.
};

/// Sells. Safe to repeat by device id: the first sale is returned and nothing is sold again.
/// @return supply.sale_invalid (params: field), supply.no_site, supply.wrong_site_kind,
/// supply.no_lot, supply.not_for_sale (a weighed lot), supply.not_whole_packs (params:
/// pack_milli), supply.not_enough (params: lot_id, left_milli), supply.device_id_reused.
[[nodiscard]] Result<Made<SaleDone>> sell(storage::Transaction& tx, const Viewer& viewer,
                                          const SaleDraft& draft, UnixSeconds now);

/// Whether goods that came back can be sold again.
enum class ReturnedGoods : std::uint8_t { kSellable, kSpoilt };

struct ReturnDraft {
    std::string device_id;
    SaleId sale_id;
    Milli quantity;
    ReturnedGoods goods = ReturnedGoods::kSellable;
    std::string reason;  ///< Not empty.
    UnixSeconds returned_at;
};

struct SaleReturn {
    std::int64_t sale_return_id = 0;
    SaleId sale_id;
    Milli quantity;
    Paise refund;
    Paise gst;  ///< The tax inside the refund.
    ReturnedGoods goods = ReturnedGoods::kSellable;
    UnixSeconds returned_at;
};

/// Takes goods back. Refund = price x (all returned so far) / sold, rounded down, less what was
/// refunded before. Safe to repeat by device id.
/// @return supply.no_sale, supply.return_exceeds_sale (params: left_milli), supply.sale_invalid,
/// supply.not_whole_packs, supply.device_id_reused.
[[nodiscard]] Result<Made<SaleReturn>> take_back(storage::Transaction& tx, const Viewer& viewer,
                                                 const ReturnDraft& draft, UnixSeconds now);

/// None if there is none or the viewer does not see its outlet.
[[nodiscard]] std::optional<Sale> find_sale(storage::Transaction& tx, const Viewer& viewer,
                                            SaleId sale_id);

/// Newest first; of one outlet if `site_id` is given.
[[nodiscard]] std::vector<Sale> list_sales(storage::Transaction& tx, const Viewer& viewer,
                                           SiteId site_id, const Page& page);

}  // namespace haat::supply
