#include "books.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "ledger/accounts.hpp"
#include "ledger/journal.hpp"

namespace haat::flows {

std::string proceeds_account(const supply::Sale& sale) {
    return ledger::proceeds_of(sale.lot_kind == supply::LotKind::kBatch ? kJailProceeds
                                                                        : kGroupProceeds);
}

std::string sale_ref(SaleId sale_id) { return fmt::format("sale:{}", sale_id.value); }

std::string share_out_key(SaleId sale_id) { return fmt::format("share-out:{}", sale_id.value); }

std::string batch_wages(LotId lot_id) { return fmt::format("assets:batch:{}:wages", lot_id.value); }

std::string batch_material(LotId lot_id) {
    return fmt::format("assets:batch:{}:material", lot_id.value);
}

std::optional<Date> booking_day(storage::Transaction& tx, UnixSeconds at) {
    const Date day = date_in_india(at);
    const std::optional<Date> closed = ledger::closed_through(tx);
    return closed && day <= *closed ? std::nullopt : std::optional(day);
}

Result<std::int64_t> book_sale(storage::Transaction& tx, const supply::Sale& sale,
                               UnixSeconds now) {
    const std::string cash = ledger::cash_at(sale.site_id);
    const std::string proceeds = proceeds_account(sale);
    const std::string key = sale_ref(sale.sale_id);
    HAAT_TRY(ledger::open_account(tx, cash, fmt::format("site:{}", sale.site_id.value),
                                  ledger::Guard::kNeverNegative, now));
    HAAT_TRY(ledger::open_account(tx, proceeds, "", ledger::Guard::kNeverNegative, now));
    const std::array postings{ledger::Posting{cash, sale.price},
                              ledger::Posting{proceeds, -sale.price}};
    return ledger::post(tx,
                        {.key = key,
                         .kind = "sale",
                         .note = sale.lot_code,
                         .booked_on = booking_day(tx, sale.sold_at)},
                        postings, now);
}

std::optional<PersonId> person_behind(std::string_view account) {
    constexpr std::string_view kPrefix = "liabilities:payable:person:";
    if (!account.starts_with(kPrefix)) {
        return std::nullopt;
    }
    const auto number = parse_integer(account.substr(kPrefix.size()));
    return number ? std::optional(PersonId{*number}) : std::nullopt;
}

}  // namespace haat::flows
