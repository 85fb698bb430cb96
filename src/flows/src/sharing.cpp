#include "sharing.hpp"

#include <fmt/format.h>

#include <utility>

#include "flows/settings.hpp"
#include "ledger/accounts.hpp"

namespace haat::flows {
namespace {

__extension__ using Wide = __int128;  // paise x basis points of a large sale

}  // namespace

void Deductions::add(std::string_view code, std::string account, Paise amount, std::string reason) {
    if (amount.value != 0) {
        parts_.push_back({std::string(code), std::move(account), amount, 0, std::move(reason)});
    }
}

void Deductions::add_percent(std::string_view code, std::string account, Paise base,
                             int basis_points, std::string reason) {
    if (base.value > 0 && basis_points != 0) {
        parts_.push_back(
            {std::string(code), std::move(account), base, basis_points, std::move(reason)});
    }
}

std::vector<ledger::Deduction> Deductions::list() const {
    std::vector<ledger::Deduction> deductions;
    for (const Part& part : parts_) {
        deductions.push_back({.code = part.code,
                              .account = part.account,
                              .amount = part.amount,
                              .basis_points = part.basis_points,
                              .reason = part.reason});
    }
    return deductions;
}

Paise deduct_tax_and_margin(storage::Transaction& tx, Deductions& deductions,
                            const supply::Sale& sale) {
    const auto margin =
        static_cast<int>(setting_at(tx, Setting::kOutletMarginBasisPoints, sale.sold_at));
    const Paise net = sale.price - sale.gst;
    deductions.add("gst", std::string(ledger::kGstPayable), sale.gst,
                   fmt::format("{} bp inside the price", sale.gst_basis_points));
    deductions.add_percent("outlet-margin", ledger::payable_to(sale.site_id), net, margin,
                           fmt::format("{} bp of the price without tax", margin));
    return net;
}

Paise percent_of(Paise base, std::int64_t basis_points) {
    return {static_cast<std::int64_t>(Wide{base.value} * basis_points / 10'000)};
}

}  // namespace haat::flows
