/// @file The keys and accounts by which flows book sales: one place, so that a sale, its return and
/// its statement mean the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

inline constexpr std::string_view kGroupProceeds = "group";  ///< Goods of groups and farmers.
inline constexpr std::string_view kJailProceeds = "mukti";   ///< Goods of jails.
inline constexpr std::string_view kJailRule = "mukti";       ///< How their surplus is shared.

[[nodiscard]] std::string proceeds_account(const supply::Sale& sale);

/// "sale:81723": key of the entry of a sale and reference of its share-outs.
[[nodiscard]] std::string sale_ref(SaleId sale_id);

/// "share-out:81723": key of its share-out.
[[nodiscard]] std::string share_out_key(SaleId sale_id);

/// What a batch still has to earn back: assets:batch:17:wages, assets:batch:17:material.
[[nodiscard]] std::string batch_wages(LotId lot_id);
[[nodiscard]] std::string batch_material(LotId lot_id);

/// The day to book a sale of `at` on: its own, or none (today) if that day is closed already.
[[nodiscard]] std::optional<Date> booking_day(storage::Transaction& tx, UnixSeconds at);

/// Opens what is missing and books the price: cash to proceeds. Returns the entry's number.
[[nodiscard]] Result<std::int64_t> book_sale(storage::Transaction& tx, const supply::Sale& sale,
                                             UnixSeconds now);

/// The person behind an account payable to a person; none for every other account.
[[nodiscard]] std::optional<PersonId> person_behind(std::string_view account);

}  // namespace haat::flows
