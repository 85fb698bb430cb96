/// @file The two kinds of sale that haat shares, as orders of deductions: what a sale of producers'
/// goods and a sale of jail goods give to whom before the rest is shared. Pure; `share_out` books.
/// Source: docs/domain/share-out.md, sections 2 and 4.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "ledger/share_out.hpp"

namespace haat::ledger {

/// What one producer's goods in a sale were: her weight in the sharing.
struct Delivered {
    PersonId person;
    Milli quantity;        ///< Of her lots in what was sold.
    Paise price_per_unit;  ///< Agreed when she said yes.
};

/// A sale of producers' goods. Basis points are of 10,000; an account left empty takes nothing.
struct ProducersSale {
    Paise gross;  ///< What the buyer paid, tax included.
    int gst_basis_points = 0;
    std::string outlet;  ///< Account; gets its margin on the price without tax.
    int margin_basis_points = 0;
    std::string packing_house;  ///< Account; gets its cost.
    Paise packing_cost;
    std::string group;  ///< Account; gets its fee on what comes back to the village.
    int group_fee_basis_points = 0;
    std::span<const Delivered> delivered;
};

/// One maker of jail goods: a random id and days of work.
struct Worked {
    SealedId maker;
    std::int64_t person_days_milli = 0;  ///< Thousandths of a day: half days are normal.
};

/// A sale of jail goods. Wages by day and grade come before any surplus.
struct JailSale {
    Paise gross;
    int gst_basis_points = 0;
    std::string outlet;
    int margin_basis_points = 0;
    std::string material_account;  ///< Account; gets the material at cost.
    Paise material_cost;
    std::string wages_account;  ///< Account; what the makers are owed as wages.
    Paise wages;
    std::string rule = "mukti";
    std::string staff_pool = "liabilities:pool:staff";
    std::string victims_pool = "liabilities:pool:victims";
    std::span<const Worked> worked;
};

/// Deductions and classes that own their texts; hands out the request that `share_out` takes.
class Sheet {
 public:
    [[nodiscard]] static Sheet of(const ProducersSale& sale);
    [[nodiscard]] static Sheet of(const JailSale& sale);

    /// The request borrows from this sheet and from the arguments: use it before they go.
    [[nodiscard]] ShareOut request(std::string_view key, std::string_view sale_ref,
                                   std::int64_t sale_entry, std::string_view source);

 private:
    struct Cut {
        std::string code;
        std::string account;
        Paise amount;
        int basis_points = 0;
        CutOf of = CutOf::kAmount;
        std::string reason;
    };
    struct Taker {
        std::string account;
        std::int64_t weight = 0;
    };
    struct TakerClass {
        std::string code;
        std::vector<Taker> takers;
    };

    void cut_tax_and_margin(Paise gross, int gst, const std::string& outlet, int margin);
    void cut_cost(std::string code, const std::string& account, Paise cost);

    Paise proceeds_;
    std::string rule_;
    std::vector<Cut> cuts_;
    std::vector<TakerClass> classes_;
    std::vector<Deduction> deductions_;
    std::vector<std::vector<Payee>> payees_;
    std::vector<PayeeClass> payee_classes_;
};

}  // namespace haat::ledger
