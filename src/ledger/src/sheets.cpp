#include "ledger/sheets.hpp"

#include <fmt/format.h>

#include <utility>

#include "ledger/accounts.hpp"
#include "ledger/allocation.hpp"

namespace haat::ledger {
namespace {

/// "5%" or "2.5%".
std::string percent(int basis_points) {
    return quantity_plain(Milli{std::int64_t{basis_points} * 10}) + "%";
}

}  // namespace

void Sheet::cut_tax_and_margin(Paise gross, int gst, const std::string& outlet, int margin) {
    proceeds_ = gross;
    if (gst > 0) {
        cuts_.push_back({.code = "gst",
                         .account = std::string(kGstPayable),
                         .amount = tax_inside(gross, gst),
                         .basis_points = 0,
                         .of = CutOf::kAmount,
                         .reason = percent(gst) + " inside the price"});
    }
    if (!outlet.empty() && margin > 0) {
        cuts_.push_back({.code = "outlet-margin",
                         .account = outlet,
                         .amount = {},
                         .basis_points = margin,
                         .of = CutOf::kLeft,
                         .reason = percent(margin) + " of the price without tax"});
    }
}

void Sheet::cut_cost(std::string code, const std::string& account, Paise cost) {
    if (!account.empty() && cost.value > 0) {
        cuts_.push_back({.code = std::move(code),
                         .account = account,
                         .amount = cost,
                         .basis_points = 0,
                         .of = CutOf::kAmount,
                         .reason = "at cost"});
    }
}

Sheet Sheet::of(const ProducersSale& sale) {
    Sheet sheet;
    sheet.cut_tax_and_margin(sale.gross, sale.gst_basis_points, sale.outlet,
                             sale.margin_basis_points);
    sheet.cut_cost("packing", sale.packing_house, sale.packing_cost);
    if (!sale.group.empty() && sale.group_fee_basis_points > 0) {
        sheet.cuts_.push_back(
            {.code = "group-fee",
             .account = sale.group,
             .amount = {},
             .basis_points = sale.group_fee_basis_points,
             .of = CutOf::kLeft,
             .reason = percent(sale.group_fee_basis_points) + " of what comes back"});
    }
    TakerClass producers{.code = "producers", .takers = {}};
    for (const Delivered& part : sale.delivered) {
        producers.takers.push_back({.account = payable_to(part.person),
                                    .weight = weight_of(part.quantity, part.price_per_unit)});
    }
    sheet.classes_.push_back(std::move(producers));
    return sheet;
}

Sheet Sheet::of(const JailSale& sale) {
    Sheet sheet;
    sheet.cut_tax_and_margin(sale.gross, sale.gst_basis_points, sale.outlet,
                             sale.margin_basis_points);
    sheet.cut_cost("material", sale.material_account, sale.material_cost);
    sheet.cut_cost("wages", sale.wages_account, sale.wages);
    sheet.rule_ = sale.rule;
    TakerClass prisoners{.code = "prisoners", .takers = {}};
    for (const Worked& part : sale.worked) {
        prisoners.takers.push_back(
            {.account = payable_to(part.maker), .weight = part.person_days_milli});
    }
    sheet.classes_.push_back(std::move(prisoners));
    sheet.classes_.push_back({.code = "victims", .takers = {{sale.victims_pool, 1}}});
    sheet.classes_.push_back({.code = "staff", .takers = {{sale.staff_pool, 1}}});
    return sheet;
}

ShareOut Sheet::request(std::string_view key, std::string_view sale_ref, std::int64_t sale_entry,
                        std::string_view source) {
    deductions_.clear();
    payees_.clear();
    payee_classes_.clear();
    for (const Cut& cut : cuts_) {
        deductions_.push_back({.code = cut.code,
                               .account = cut.account,
                               .amount = cut.amount,
                               .basis_points = cut.basis_points,
                               .of = cut.of,
                               .reason = cut.reason});
    }
    for (const TakerClass& part : classes_) {
        std::vector<Payee>& payees = payees_.emplace_back();
        for (const Taker& taker : part.takers) {
            payees.push_back({.account = taker.account, .weight = taker.weight});
        }
    }
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        payee_classes_.push_back({.code = classes_[i].code, .payees = payees_[i]});
    }
    return {.key = key,
            .sale_ref = sale_ref,
            .sale_entry = sale_entry,
            .source = source,
            .proceeds = proceeds_,
            .deductions = deductions_,
            .rule = rule_,
            .classes = payee_classes_};
}

}  // namespace haat::ledger
