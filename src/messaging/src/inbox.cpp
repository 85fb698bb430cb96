#include "messaging/inbox.hpp"

#include "base/text.hpp"
#include "registry/people.hpp"
#include "sql/inbox.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kLastTextMax = 200;

template <typename Row>
Inbound inbound_of(const Row& row) {
    return {.inbound_id = row.inbound_id,
            .address_id = row.address_id,
            .person_id = row.person_id,
            .kind = row.kind,
            .text = row.text,
            .button_id = row.button_id,
            .tries = row.tries,
            .received_at = row.received_at};
}

template <typename Row>
Conversation conversation_of(const Row& row) {
    return {.address_id = row.address_id,
            .person_id = row.person_id,
            .place_id = row.place_id,
            .state_json = row.state,
            .wants_person = row.queue == "person",
            .last_text = row.last_text,
            .last_inbound_at = row.last_inbound_at,
            .changed_at = row.changed_at};
}

/// A message cannot have been written later than now, whatever a phone's clock says.
UnixSeconds plausible(UnixSeconds at, UnixSeconds now) {
    return at.value <= 0 || at > now ? now : at;
}

bool store_message(storage::Transaction& tx, registry::Channel channel,
                   const Message& message, UnixSeconds now) {
    const registry::Address address =
        registry::ensure_address(tx, channel, message.from, now);
    const std::vector<registry::Person> people =
        registry::people_on_address(tx, system_viewer(), address.address_id);
    const PersonId person_id = people.empty() ? PersonId{} : people.front().person_id;
    const UnixSeconds sent_at = plausible(message.at, now);
    const std::string_view text = first_code_points(message.text, kTextMax);
    const bool is_new = sql::inbound_add(tx, {.inbound_id = tx.new_id_as<InboundId>(),
                                              .channel = static_cast<std::int64_t>(channel),
                                              .provider_message_id = message.message_id,
                                              .address_id = address.address_id,
                                              .person_id = person_id,
                                              .kind = message.kind,
                                              .text = text,
                                              .button_id = message.button_id,
                                              .raw = message.raw,
                                              .sent_at = sent_at,
                                              .received_at = now}) == 1;
    if (is_new) {
        sql::conversation_touch(
            tx, {.address_id = address.address_id,
                 .person_id = person_id,
                 .place_id = people.empty() ? PlaceId{} : people.front().place_id,
                 .last_text = first_code_points(text, kLastTextMax),
                 .sent_at = sent_at,
                 .changed_at = now});
    }
    return is_new;
}

}  // namespace

std::int64_t store_messages(storage::Transaction& tx, registry::Channel channel,
                            std::span<const Message> messages, UnixSeconds now) {
    std::int64_t stored = 0;
    for (const Message& message : messages) {
        stored += store_message(tx, channel, message, now) ? 1 : 0;
    }
    return stored;
}

void store_unreadable(storage::Transaction& tx, registry::Channel channel, std::string_view body,
                      UnixSeconds now) {
    sql::unreadable_add(tx, {.unreadable_id = tx.new_id(),
                             .channel = static_cast<std::int64_t>(channel),
                             .body = body,
                             .received_at = now});
}

std::vector<Inbound> waiting_messages(storage::Transaction& tx, int limit) {
    std::vector<Inbound> waiting;
    for (const sql::InboundWaitingRow& row : sql::inbound_waiting(tx, {.row_limit = limit})) {
        waiting.push_back(inbound_of(row));
    }
    return waiting;
}

std::optional<Inbound> find_inbound(storage::Transaction& tx, InboundId inbound_id) {
    const auto row = sql::inbound_find(tx, {.inbound_id = inbound_id});
    return row ? std::optional(inbound_of(*row)) : std::nullopt;
}

void mark_answered(storage::Transaction& tx, InboundId inbound_id, std::string_view intent) {
    sql::inbound_answered(tx, {.intent = intent, .inbound_id = inbound_id});
}

void mark_failed(storage::Transaction& tx, InboundId inbound_id) {
    sql::inbound_failed(tx, {.inbound_id = inbound_id});
}

std::optional<Conversation> find_conversation(storage::Transaction& tx, AddressId address_id) {
    const auto row = sql::conversation_find(tx, {.address_id = address_id});
    return row ? std::optional(conversation_of(*row)) : std::nullopt;
}

void save_conversation(storage::Transaction& tx, const Conversation& conversation) {
    sql::conversation_put(tx, {.address_id = conversation.address_id,
                               .person_id = conversation.person_id,
                               .place_id = conversation.place_id,
                               .state = conversation.state_json,
                               .queue = conversation.wants_person ? "person" : "machine",
                               .last_text = conversation.last_text,
                               .last_inbound_at = conversation.last_inbound_at,
                               .changed_at = conversation.changed_at});
}

std::vector<Conversation> list_conversations(storage::Transaction& tx, const Viewer& viewer,
                                             bool only_waiting, std::int64_t before, int limit) {
    const bool sees_strangers = viewer.is_system() || viewer.role == Role::kStateOfficer;
    std::vector<Conversation> list;
    for (const sql::ConversationListRow& row :
         sql::conversation_list(tx, {.queue = only_waiting ? "person" : "",
                                     .before_at = {before},
                                     .places_first = viewer.places.first,
                                     .places_last = viewer.places.last,
                                     .with_strangers = sees_strangers ? 1 : 0,
                                     .row_limit = limit})) {
        list.push_back(conversation_of(row));
    }
    return list;
}

std::vector<InboundRow> messages_from(storage::Transaction& tx, AddressId address_id, int limit) {
    std::vector<InboundRow> list;
    for (const sql::InboundFromRow& row :
         sql::inbound_from(tx, {.address_id = address_id, .row_limit = limit})) {
        list.push_back({.inbound_id = row.inbound_id,
                        .kind = row.kind,
                        .text = row.text,
                        .intent = row.intent,
                        .received_at = row.received_at});
    }
    return list;
}

std::int64_t count_messages_since(storage::Transaction& tx, UnixSeconds since) {
    return sql::inbound_count_since(tx, {.since_at = since}).messages;
}

void each_message_id(storage::Transaction& tx,
                     const std::function<void(std::string_view)>& each) {
    sql::inbound_ids(tx, [&](const sql::InboundIdsRow& row) { each(row.provider_message_id); });
}

}  // namespace haat::messaging
