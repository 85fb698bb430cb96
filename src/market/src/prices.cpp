#include "market/prices.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sql/prices.hpp"

namespace haat::market {
namespace {

constexpr std::int64_t kDealsSeconds = 90 * 86'400;
/// An order stands for some weeks before the last one agrees.
constexpr std::int64_t kOrderSeconds = 180 * 86'400;
constexpr std::size_t kDealsTold = 2;

}  // namespace

std::int64_t add_mandi_prices(storage::Transaction& tx, std::span<const MandiPrice> prices,
                              UnixSeconds now) {
    std::int64_t added = 0;
    for (const MandiPrice& price : prices) {
        added += sql::mandi_price_add(tx, {.product_id = price.product_id,
                                           .priced_at = price.priced_at,
                                           .source = price.source,
                                           .price_paise = price.price_per_unit,
                                           .unit = price.unit,
                                           .recorded_at = now});
    }
    return added;
}

std::optional<MandiPrice> latest_mandi_price(storage::Transaction& tx, ProductId product_id) {
    const auto row = sql::mandi_price_latest(tx, {.product_id = product_id});
    if (!row) {
        return std::nullopt;
    }
    return MandiPrice{.product_id = product_id,
                      .priced_at = row->priced_at,
                      .source = row->source,
                      .price_per_unit = row->price_paise,
                      .unit = row->unit};
}

std::vector<MandiPrice> mandi_series(storage::Transaction& tx, ProductId product_id, int limit) {
    std::vector<MandiPrice> series;
    for (auto& row : sql::mandi_prices_newest(tx, {.product_id = product_id, .row_limit = limit})) {
        if (series.empty() || (row.source == series[0].source && row.unit == series[0].unit)) {
            series.push_back({.product_id = product_id,
                              .priced_at = row.priced_at,
                              .source = std::move(row.source),
                              .price_per_unit = row.price_paise,
                              .unit = std::move(row.unit)});
        }
    }
    return series;
}

std::optional<Deals> recent_deals(storage::Transaction& tx, ProductId product_id, PlaceRange places,
                                  UnixSeconds now) {
    const auto rows = sql::deals_of_product(tx, {.product_id = product_id,
                                                 .placed_since_at = {now.value - kOrderSeconds},
                                                 .since_at = {now.value - kDealsSeconds},
                                                 .number_first = places.first,
                                                 .number_last = places.last});
    if (rows.empty()) {
        return std::nullopt;
    }
    Deals deals{.unit = rows.front().unit};
    std::vector<Paise> prices;
    for (const auto& row : rows) {
        if (row.unit != deals.unit) {
            continue;
        }
        prices.push_back(row.price_paise);
        if (deals.last.size() < kDealsTold) {
            deals.last.push_back({.quantity = row.quantity_milli,
                                  .price = row.price_paise,
                                  .agreed_at = row.answered_at});
        }
    }
    const auto middle = prices.begin() + static_cast<std::ptrdiff_t>(prices.size() / 2);
    std::ranges::nth_element(prices, middle);
    deals.count = static_cast<std::int64_t>(prices.size());
    deals.median = *middle;
    return deals;
}

AskedPrices asked_prices(storage::Transaction& tx, ProductId product_id, int limit,
                         UnixSeconds now) {
    const auto row =
        sql::asked_of_product(tx, {.product_id = product_id, .now_at = now, .row_limit = limit});
    return row ? AskedPrices{.count = row->offers, .low = row->low_paise, .high = row->high_paise}
               : AskedPrices{};
}

}  // namespace haat::market
