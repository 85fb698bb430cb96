/// @file Everything about one producer, for those who answer her: who she is, what she agreed to,
/// what she offers, promised, brought and earned, and what is open with her.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "flows/settle_tickets.hpp"
#include "ledger/statements.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "registry/consents.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"

namespace haat::flows {

/// What she was asked in an order.
struct PersonLine {
    market::OrderLine line;
    std::string reference;
    ProductId product_id;
    std::string unit;
    UnixSeconds placed_at;
};

/// What she brought.
struct PersonLot {
    LotId lot_id;
    std::string code;
    ProductId product_id;
    Milli weight;
    std::string unit;
    std::string grade;
    Paise price_per_unit;
    UnixSeconds made_at;
};

/// The newest of everything, at most 20 of each, newest first.
struct PersonPage {
    registry::Person person;
    std::vector<registry::Place> path;    ///< Her village, and so on up to the state.
    std::vector<registry::Group> groups;  ///< SHG, VO, CLF.
    std::vector<ProductId> products;
    std::vector<registry::ConsentRow> consents;
    std::vector<registry::PersonAddress> addresses;  ///< Masked.
    std::vector<market::Offer> offers;
    std::vector<PersonLine> lines;
    std::vector<PersonLot> lots;
    std::vector<ledger::StatementLine> shares;  ///< Of the last 366 days.
    Paise owed;                                 ///< What she is to be paid now.
    std::vector<TicketRow> tickets;
};

/// @return flows.not_allowed, registry.no_person (also outside the viewer's places).
[[nodiscard]] Result<PersonPage> read_person(FlowContext& context, const Viewer& viewer,
                                             PersonId person_id);

}  // namespace haat::flows
