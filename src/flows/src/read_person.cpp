#include "flows/read_person.hpp"

#include <algorithm>
#include <utility>

#include "allowed.hpp"
#include "ledger/accounts.hpp"
#include "sql/people.hpp"
#include "ticket_rows.hpp"

namespace haat::flows {
namespace {

constexpr int kRows = 20;
constexpr std::int64_t kStatementSeconds = 366 * std::int64_t{86'400};

/// The newest of rows that come oldest first, the newest first.
template <typename Row>
std::vector<Row> newest(std::vector<Row> rows) {
    std::ranges::reverse(rows);
    if (rows.size() > kRows) {
        rows.erase(rows.begin() + kRows, rows.end());
    }
    return rows;
}

std::vector<PersonLine> lines_of(storage::Transaction& tx, const Viewer& viewer,
                                 PersonId person_id) {
    std::vector<PersonLine> lines;
    for (market::OrderLine& line :
         market::lines_of_person(tx, viewer, person_id, std::nullopt, kRows)) {
        if (const auto order = market::find_order(tx, viewer, line.order_id)) {
            lines.push_back({std::move(line), order->reference, order->product_id, order->unit,
                             order->placed_at});
        }
    }
    return lines;
}

std::vector<PersonLot> lots_of(storage::Transaction& tx, PersonId person_id) {
    std::vector<PersonLot> lots;
    for (const auto& row :
         sql::lots_of_producer(tx, {.person_id = person_id, .row_limit = kRows})) {
        lots.push_back({row.lot_id, row.lot_code, row.product_id, row.weight_milli, row.unit,
                        row.grade, row.price_paise, row.made_at});
    }
    return lots;
}

void read_money(storage::Transaction& tx, PersonPage& page, UnixSeconds now) {
    const std::string account = ledger::payable_to(page.person.person_id);
    auto lines = ledger::account_statement(
        tx, account, date_in_india({now.value - kStatementSeconds}), date_in_india(now));
    if (!lines) {
        return;  // nothing was ever shared to her
    }
    if (!lines->empty()) {
        page.owed = -lines->back().balance;
    }
    page.shares = newest(*std::move(lines));
}

}  // namespace

Result<PersonPage> read_person(FlowContext& context, const Viewer& viewer, PersonId person_id) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    const UnixSeconds now = context.clock.now();
    return context.database.read([&](storage::Transaction& tx) -> Result<PersonPage> {
        PersonPage page;
        page.person = HAAT_TRY(registry::find_person(tx, viewer, person_id));
        page.path = registry::place_path(tx, page.person.place_id);
        if (page.person.group_id) {
            page.groups = registry::group_path(tx, page.person.group_id);
        }
        page.products = HAAT_TRY(registry::products_of(tx, viewer, person_id));
        page.consents = newest(HAAT_TRY(registry::consents_of(tx, viewer, person_id)));
        page.addresses = HAAT_TRY(registry::addresses_of(tx, viewer, person_id));
        market::OfferFilter filter;
        filter.person_id = person_id;
        market::Page first;
        first.limit = kRows;
        page.offers = market::list_offers(tx, viewer, filter, first, now);
        page.lines = lines_of(tx, viewer, person_id);
        page.lots = lots_of(tx, person_id);
        read_money(tx, page, now);
        for (messaging::Ticket& ticket : messaging::tickets_of(tx, viewer, person_id, kRows)) {
            page.tickets.push_back(ticket_row(tx, std::move(ticket)));
        }
        return page;
    });
}

}  // namespace haat::flows
