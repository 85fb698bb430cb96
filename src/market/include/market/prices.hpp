/// @file What a product costs: official market series, and what producers agreed to here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::market {

/// The average of one day, as its source tells it.
struct MandiPrice {
    ProductId product_id;
    UnixSeconds priced_at;  ///< The beginning of the day in India.
    std::string source;     ///< "Agmarknet".
    Paise price_per_unit;
    std::string unit;  ///< "quintal".
};

/// Adds those whose day is not there yet; returns how many that were. Append-only.
std::int64_t add_mandi_prices(storage::Transaction& tx, std::span<const MandiPrice> prices,
                              UnixSeconds now);

/// One indexed read.
[[nodiscard]] std::optional<MandiPrice> latest_mandi_price(storage::Transaction& tx,
                                                           ProductId product_id);

/// The newest days, newest first, all of the source and the unit of the newest. Empty if there are
/// none; one indexed read.
[[nodiscard]] std::vector<MandiPrice> mandi_series(storage::Transaction& tx, ProductId product_id,
                                                   int limit);

/// What a producer said yes to.
struct Deal {
    Milli quantity;
    Paise price;  ///< Per unit.
    UnixSeconds agreed_at;
};
struct Deals {
    std::int64_t count = 0;  ///< At most 200, the newest.
    Paise median;            ///< Per unit.
    std::string unit;        ///< Of the newest; deals in other units are left out.
    std::vector<Deal> last;  ///< One or two, newest first.
};

/// Of the last 90 days, for producers of these places. None if there were none.
[[nodiscard]] std::optional<Deals> recent_deals(storage::Transaction& tx, ProductId product_id,
                                                PlaceRange places, UnixSeconds now);

/// What is asked for it now.
struct AskedPrices {
    std::int64_t count = 0;  ///< At most `limit`, the newest.
    Paise low;               ///< Per unit of the product; 0 if there are none.
    Paise high;
};
/// Of open offers, wherever they are. One read.
[[nodiscard]] AskedPrices asked_prices(storage::Transaction& tx, ProductId product_id, int limit,
                                       UnixSeconds now);

}  // namespace haat::market
