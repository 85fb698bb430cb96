/// @file Who gets what of a sale: what is handed to ledger::share_out. Two kinds of goods, two
/// files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "catalogue/products.hpp"
#include "ledger/share_out.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

/// A sale with what sharing it needs to know.
struct SoldGoods {
    const supply::Sale& sale;
    const supply::Lot& lot;  ///< As it was before this sale.
    const std::vector<supply::Origin>& origins;
    std::int64_t entry_number = 0;
};

/// Goods of groups: tax, margin, packing, fee, and the rest to the producers.
[[nodiscard]] Result<ledger::ShareOutReceipt> share_group_sale(storage::Transaction& tx,
                                                               const SoldGoods& goods,
                                                               UnixSeconds now);

/// Goods of a jail: tax, margin, material, wages, and the surplus by the rule of the day.
[[nodiscard]] Result<ledger::ShareOutReceipt> share_jail_sale(storage::Transaction& tx,
                                                              const SoldGoods& goods,
                                                              UnixSeconds now);

/// Deductions with the texts they borrow.
class Deductions {
 public:
    /// An amount as it is; nothing for 0.
    void add(std::string_view code, std::string account, Paise amount, std::string reason);
    /// A percentage of `base`.
    void add_percent(std::string_view code, std::string account, Paise base, int basis_points,
                     std::string reason);
    [[nodiscard]] std::vector<ledger::Deduction> list() const;

 private:
    struct Part {
        std::string code;
        std::string account;
        Paise amount;
        int basis_points = 0;
        std::string reason;
    };
    std::vector<Part> parts_;
};

/// The tax and the outlet's margin, which all goods bear. Returns the price without tax.
Paise deduct_tax_and_margin(storage::Transaction& tx, Deductions& deductions,
                            const supply::Sale& sale);

/// `base` x basis points, rounded down: close enough for the base of another percentage.
[[nodiscard]] Paise percent_of(Paise base, std::int64_t basis_points);

}  // namespace haat::flows
