/// @file Shapes of the contract about people and who answers them.
#pragma once

#include <map>
#include <optional>

#include "call.hpp"
#include "flows/read_history.hpp"
#include "flows/settle_tickets.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {

/// Writes officers, tickets and history; looks each officer up once. Lives for one transaction.
class PeopleViews {
 public:
    PeopleViews(storage::Transaction& tx, const Viewer& viewer)
        : tx_(tx), viewer_(viewer), views_(tx, viewer) {}

    [[nodiscard]] Views& views() { return views_; }
    void officer(JsonWriter& json, const flows::Officer& officer);
    void officer(JsonWriter& json, AccountId account_id);  ///< Or null if there is none.
    void ticket(JsonWriter& json, const flows::TicketRow& row, UnixSeconds now);
    void history_item(JsonWriter& json, const flows::HistoryItem& item);

 private:
    storage::Transaction& tx_;
    const Viewer& viewer_;
    Views views_;
    std::map<AccountId, std::optional<flows::Officer>> officers_;
};

[[nodiscard]] std::optional<flows::HistoryPlace> history_place(const std::optional<Cursor>& cursor);
/// ThreadPage of the contract.
[[nodiscard]] Result<Answer> history_answer(Call& call, const flows::History& history);

}  // namespace haat::http
