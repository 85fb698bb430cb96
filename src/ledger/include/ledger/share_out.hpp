/// @file Share-out: the proceeds of a sale go to the people who earned them, by a rule with a date
/// and an order number, to the paisa. Without an order the surplus waits in suspense and is shown
/// as a debt. What was shared is recorded for good; a refund takes back what was recorded.
/// Source: docs/domain/share-out.md.
///
/// A sale is booked first (kind "sale"), with its proceeds credited to an account
/// `proceeds_of(...)`. The share-out then empties that account: deductions first, in their order,
/// and what is left (the surplus) to the classes. One entry, one record, in one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::ledger {

/// On what a rule stands.
enum class Basis : std::uint8_t {
    kOrder,     ///< A dated order with a number: money is shared by it.
    kDemo,      ///< Figures for a demonstration, marked so everywhere: money is shared by it.
    kProposal,  ///< Nobody has ordered it: the surplus waits in suspense.
};

struct RuleClass {
    std::string code;      ///< "prisoners", "victims", "staff": a-z, 0-9, '-'.
    int basis_points = 0;  ///< All classes of a rule sum to 10,000.
    bool sealed = false;   ///< Its payees are random ids or pools, never a person of the registry.
};

struct Rule {
    RuleId id;
    std::string name;  ///< "mukti": a-z, 0-9, '-'.
    int version = 0;   ///< Counted from 1 for each name.
    Date holds_from;
    Basis basis = Basis::kProposal;
    std::string order_number;        ///< Of the order; "DEMO" style for kDemo; empty: proposal.
    std::optional<Date> order_date;  ///< Needed for kOrder.
    std::string note;
    std::vector<RuleClass> classes;
};

/// Records a new version of a rule; never changes an old one. `rule.id` and `rule.version` are
/// given by this call. The same content as the newest version writes nothing (safe to repeat).
/// @return ledger.bad_rule (param why), ledger.order_missing.
[[nodiscard]] Result<RuleId> add_rule(storage::Transaction& tx, const Rule& rule, UnixSeconds now);

/// The rule that money of that day is shared by: of the versions that stand on an order or are
/// demo figures, the one that holds from the latest day not after `day`; the newer of two. None:
/// suspense.
[[nodiscard]] std::optional<Rule> rule_in_force(storage::Transaction& tx, std::string_view name,
                                                Date day);
[[nodiscard]] std::vector<Rule> all_rules(storage::Transaction& tx);

/// Of what a percentage is taken.
enum class CutOf : std::uint8_t {
    kAmount,  ///< Of Deduction::amount.
    kLeft,    ///< Of what the deductions before it left.
};

/// What is taken before anybody shares: tax, margin, packing at cost, material, wages.
struct Deduction {
    std::string_view code;     ///< "gst", "outlet-margin", "packing", "group-fee", "wages"…
    std::string_view account;  ///< Who is owed it; opened if missing.
    Paise amount;              ///< With basis_points 0, what is taken; >= 0.
    /// 0, or the percentage in 1/10,000. Its rounding is carried per account, code and percentage,
    /// so that a year of margins is right to a paisa.
    int basis_points = 0;
    CutOf of = CutOf::kAmount;
    std::string_view reason;  ///< For the statement: "5% inside the price". No names.
};

struct Payee {
    std::string_view account;  ///< payable_to(...) or pool(...); opened if missing.
    std::int64_t weight = 0;   ///< Grams x price, person-days: any one scale within a class.
};

struct PayeeClass {
    std::string_view code;
    std::span<const Payee> payees;  ///< In a fixed order: it decides between equal remainders.
};

struct ShareOut {
    std::string_view key;         ///< Of its entry, as "share-out:81723"; 1..120 bytes of ASCII.
    std::string_view sale_ref;    ///< As "sale:81723"; 1..64 bytes of ASCII.
    std::int64_t sale_entry = 0;  ///< The entry that credited the proceeds.
    std::string_view source;      ///< The account that holds the proceeds.
    Paise proceeds;               ///< >= 1; not more than the sale credited and nobody shared yet.
    std::span<const Deduction> deductions;
    /// Name of the rule among classes; empty: no rule needed, exactly one class takes the surplus
    /// (a producers' sale: prices were agreed).
    std::string_view rule;
    std::span<const PayeeClass> classes;  ///< With a rule: each of its classes once.
};

struct ShareOutReceipt {
    ShareOutId id;
    std::int64_t entry_number = 0;
    Paise surplus;             ///< What was left after the deductions.
    bool in_suspense = false;  ///< It waits for an order.
};

/// Records one share-out and posts its entry. Safe to repeat: the same key with the same content
/// returns the first receipt.
/// @return As post, and ledger.deductions_exceed, ledger.proceeds_exceed, ledger.class_unknown,
///   ledger.class_missing, ledger.no_payee, ledger.not_sealed, ledger.bad_share_out (param why).
[[nodiscard]] Result<ShareOutReceipt> share_out(storage::Transaction& tx, const ShareOut& request,
                                                UnixSeconds now);

/// Takes back `refund` of a share-out: of what was recorded and is not yet taken back, each line in
/// proportion (largest remainder), never recomputed from a rule. The refund of all that is left
/// brings every line to exactly 0. Safe to repeat. What was released from suspense must be taken
/// back by its own reversal first.
/// @return As post, and ledger.no_share_out, ledger.reversal_exceeds, ledger.not_reversible.
[[nodiscard]] Result<ShareOutReceipt> reverse_share_out(storage::Transaction& tx,
                                                        std::string_view key, ShareOutId id,
                                                        Paise refund, UnixSeconds now);

/// Shares what waits in suspense since `id`, by the rule in force on the day `now`, among those who
/// were recorded then. Safe to repeat.
/// @return As post, and ledger.no_share_out, ledger.nothing_waits, ledger.no_rule.
[[nodiscard]] Result<ShareOutReceipt> release_suspense(storage::Transaction& tx,
                                                       std::string_view key, ShareOutId id,
                                                       UnixSeconds now);

}  // namespace haat::ledger
