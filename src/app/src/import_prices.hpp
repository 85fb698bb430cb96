/// @file `haat import mandi-prices`: official prices, day by day.
#pragma once

#include <istream>

#include "base/result.hpp"
#include "command.hpp"
#include "storage/database.hpp"

namespace haat::app {

/// Reads date,product_key,price_rs_quintal,source; with --apply adds days that are not there yet.
/// @return app.bad_prices {line}: the first record that cannot be read; then nothing is added.
[[nodiscard]] Result<int> import_mandi_prices(const Arguments& arguments,
                                              storage::Database& database, std::istream& in);

}  // namespace haat::app
