#include "ledger/statements.hpp"

#include <utility>

#include "ledger/accounts.hpp"
#include "sql/entries.hpp"
#include "sql/share_outs.hpp"
#include "text_rules.hpp"

namespace haat::ledger {

std::vector<ShareLine> shares_of_sale(storage::Transaction& tx, std::string_view sale_ref) {
    std::vector<ShareLine> lines;
    for (auto& row : sql::sale_lines(tx, {.sale_ref = sale_ref})) {
        lines.push_back({.share_out = row.share_out_id,
                         .kind = std::move(row.kind),
                         .role = std::move(row.role),
                         .class_code = std::move(row.class_code),
                         .account = std::move(row.account),
                         .amount = row.amount_paise,
                         .reason = std::move(row.reason),
                         .booked_on = date_of_day(row.booked_on)});
    }
    return lines;
}

std::vector<ClassTotal> class_totals(storage::Transaction& tx, Date from, Date to) {
    std::vector<ClassTotal> totals;
    for (auto& row :
         sql::class_totals(tx, {.from_day = day_number(from), .to_day = day_number(to)})) {
        totals.push_back({.source = std::move(row.source),
                          .role = std::move(row.role),
                          .class_code = std::move(row.class_code),
                          .amount = row.amount_paise,
                          .share_outs = row.share_outs});
    }
    return totals;
}

Result<std::vector<StatementLine>> account_statement(storage::Transaction& tx,
                                                     std::string_view code, Date from, Date to) {
    const Account account = HAAT_TRY(find_account(tx, code));
    Paise balance =
        sql::account_before(tx, {.account_number = account.number, .day = day_number(from)})
            .amount_paise;
    std::vector<StatementLine> lines;
    for (auto& row : sql::account_lines(tx, {.account_number = account.number,
                                             .from_day = day_number(from),
                                             .to_day = day_number(to)})) {
        balance += row.amount_paise;
        lines.push_back({.entry_number = row.entry_number,
                         .kind = std::move(row.kind),
                         .note = std::move(row.note),
                         .booked_on = date_of_day(row.booked_on),
                         .amount = row.amount_paise,
                         .balance = balance});
    }
    return lines;
}

std::vector<Waiting> waiting_in_suspense(storage::Transaction& tx) {
    std::vector<Waiting> waiting;
    for (auto& row : sql::waiting(tx)) {
        waiting.push_back({.share_out = row.share_out_id,
                           .sale_ref = std::move(row.sale_ref),
                           .rule = std::move(row.rule_name),
                           .amount = row.amount_paise,
                           .since = date_of_day(row.booked_on)});
    }
    return waiting;
}

}  // namespace haat::ledger
