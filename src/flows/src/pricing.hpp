/// @file Retail prices that leave everybody what is due: the share-out read backwards. Pure.
#pragma once

#include "base/money.hpp"

namespace haat::flows {

struct PriceParts {
    Paise payable;                ///< What must be left after all deductions.
    Paise at_cost;                ///< Packing: taken as an amount.
    int fee_basis_points = 0;     ///< Of what is left after margin and packing.
    int margin_basis_points = 0;  ///< Of the price without tax.
    int gst_basis_points = 0;     ///< On top of the price without tax.
};

/// The least whole-rupee price, tax included, from which `payable` is left. Basis points of fee and
/// margin are at most 9,000.
[[nodiscard]] Paise price_to_ask(const PriceParts& parts);

}  // namespace haat::flows
