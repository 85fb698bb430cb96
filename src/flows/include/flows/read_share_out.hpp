/// @file Where the price of a sale went: read from what was recorded, never computed again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

struct DeductionView {
    std::string key;  ///< gst, outlet_margin, group_fee, packing, material, wages.
    Paise amount;
    Paise taken_back;  ///< By returns; >= 0.
};

struct ClassView {
    std::string code;  ///< producers; prisoners, victims, staff; suspense.
    Paise amount;
    Paise taken_back;
};

struct ShareView {
    std::string class_code;
    std::string payee_code;  ///< "P000017", "sealed:812", "pool:victims"; else the class.
    std::optional<PersonId> person_id;  ///< Of a producer, if the viewer may see her.
    std::optional<std::string> name;    ///< As above; never of a sealed payee.
    bool sealed = false;
    Paise amount;
    Paise taken_back;
    int carry = 0;  ///< -1, 0, 1: what rounding of earlier sales gave or took.
};

struct RuleView {
    std::optional<RuleId> rule_id;  ///< None: agreed prices need no rule.
    std::string name_key;           ///< "messages.rule_mukti": its text is in i18n.
    std::optional<std::string> order_no;
    UnixSeconds valid_from_at;
    bool suspense = false;  ///< No order with a number says how to share; the money waits.
    bool demo = false;      ///< Figures for a demonstration.
};

/// amount of the sale = deductions + shares + unaccounted, and unaccounted is always 0.
struct ShareOutView {
    supply::Sale sale;
    RuleView rule;
    std::vector<DeductionView> deductions;
    std::vector<ClassView> classes;
    std::vector<ShareView> shares;
    Paise shared;
    Paise taken_back;  ///< Refunded in all.
    std::vector<std::int64_t>
        entries;  ///< Numbers of the ledger's entries: the sale, the share-out.
    Paise unaccounted;
};

/// Who may see the ledger sees each payee by pseudonym; others see sealed payees added up by class.
/// Producers bear their names only for who may see them.
/// @return flows.not_allowed, supply.no_sale (also outside her scope).
[[nodiscard]] Result<ShareOutView> read_share_out(storage::Transaction& tx, const Viewer& viewer,
                                                  SaleId sale_id);

}  // namespace haat::flows
