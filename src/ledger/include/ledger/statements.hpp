/// @file What was shared, read back: for a sale, for a class, for a payee. Queries only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::ledger {

struct ShareLine {
    ShareOutId share_out;
    std::string kind;  ///< "share", "reversal", "release" of the share-out it belongs to.
    std::string role;  ///< "deduction", "share", "suspense".
    std::string class_code;
    std::string account;
    Paise amount;  ///< Positive: given; negative: taken back.
    std::string reason;
    Date booked_on;
};

/// Every line of every share-out of a sale, in the order in which they were recorded.
[[nodiscard]] std::vector<ShareLine> shares_of_sale(storage::Transaction& tx,
                                                    std::string_view sale_ref);

struct ClassTotal {
    std::string source;  ///< Account that held the proceeds, as "liabilities:proceeds:mukti".
    std::string role;
    std::string class_code;
    Paise amount;
    std::int64_t share_outs = 0;
};

/// What each class got, net of refunds, in the days `from`..`to` (both included).
[[nodiscard]] std::vector<ClassTotal> class_totals(storage::Transaction& tx, Date from, Date to);

struct StatementLine {
    std::int64_t entry_number = 0;
    std::string kind;
    std::string note;
    Date booked_on;
    Paise amount;   ///< Debit positive: a credit to the payee is negative.
    Paise balance;  ///< After it.
};

/// The movements of one account in the days `from`..`to`, oldest first, with the balance after
/// each. For a producer's own account this is personal: callers check the viewer first.
/// @return ledger.no_account.
[[nodiscard]] Result<std::vector<StatementLine>> account_statement(storage::Transaction& tx,
                                                                   std::string_view code, Date from,
                                                                   Date to);

/// What waits in suspense: the age of unpaid money is a figure of its own.
struct Waiting {
    ShareOutId share_out;
    std::string sale_ref;
    std::string rule;
    Paise amount;
    Date since;
};
[[nodiscard]] std::vector<Waiting> waiting_in_suspense(storage::Transaction& tx);

}  // namespace haat::ledger
