#include "messaging/corrections.hpp"

#include "sql/corrections.hpp"

namespace haat::messaging {
namespace {

bool sees_strangers(const Viewer& viewer) {
    return viewer.is_system() || viewer.role == Role::kStateOfficer;
}

}  // namespace

void note_not_understood(storage::Transaction& tx, const NotUnderstood& message) {
    sql::not_understood_add(tx, {.inbound_id = message.inbound_id,
                                 .folded = message.folded,
                                 .place_id = message.place_id,
                                 .intent = language::intent_name(message.intent),
                                 .sure_permille = message.sure_permille,
                                 .received_at = message.received_at});
}

std::vector<NotUnderstoodGroup> not_understood_groups(storage::Transaction& tx,
                                                      const Viewer& viewer, UnixSeconds since,
                                                      int limit) {
    std::vector<NotUnderstoodGroup> groups;
    for (const sql::NotUnderstoodGroupsRow& row :
         sql::not_understood_groups(tx, {.since_at = since,
                                         .places_first = viewer.places.first,
                                         .places_last = viewer.places.last,
                                         .with_strangers = sees_strangers(viewer) ? 1 : 0,
                                         .row_limit = limit})) {
        groups.push_back({.folded = row.folded,
                          .messages = row.messages,
                          .addresses = row.people,
                          .last_inbound_id = row.last_inbound_id,
                          .last_at = row.last_at});
    }
    return groups;
}

std::vector<NotUnderstoodText> not_understood_texts(storage::Transaction& tx, UnixSeconds since,
                                                    int limit) {
    std::vector<NotUnderstoodText> texts;
    for (const sql::NotUnderstoodTextsRow& row :
         sql::not_understood_texts(tx, {.since_at = since, .row_limit = limit})) {
        texts.push_back(
            {.inbound_id = row.inbound_id, .address_id = row.address_id, .text = row.text});
    }
    return texts;
}

Result<MessageText> message_to_correct(storage::Transaction& tx, const Viewer& viewer,
                                       InboundId inbound_id) {
    const auto row =
        sql::message_for_correction(tx, {.inbound_id = inbound_id,
                                         .places_first = viewer.places.first,
                                         .places_last = viewer.places.last,
                                         .with_strangers = sees_strangers(viewer) ? 1 : 0});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_message");
    }
    return MessageText{
        .inbound_id = row->inbound_id, .text = row->text, .received_at = row->received_at};
}

std::int64_t add_correction(storage::Transaction& tx, const Correction& correction) {
    const std::int64_t correction_no = sql::correction_last(tx).correction_no + 1;
    sql::correction_add(tx, {.correction_no = correction_no,
                             .inbound_id = correction.inbound_id,
                             .understood = correction.understood_json,
                             .corrected = correction.corrected_json,
                             .account_id = correction.account_id,
                             .corrected_at = correction.corrected_at});
    return correction_no;
}

std::vector<Correction> corrections(storage::Transaction& tx, int limit) {
    std::vector<Correction> list;
    for (const sql::CorrectionListRow& row : sql::correction_list(tx, {.row_limit = limit})) {
        list.push_back({.correction_no = row.correction_no,
                        .inbound_id = row.inbound_id,
                        .text = row.text,
                        .understood_json = row.understood,
                        .corrected_json = row.corrected,
                        .account_id = row.account_id,
                        .corrected_at = row.corrected_at});
    }
    return list;
}

}  // namespace haat::messaging
