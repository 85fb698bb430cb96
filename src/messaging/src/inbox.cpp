#include "messaging/inbox.hpp"

#include <deque>
#include <set>

#include "base/text.hpp"
#include "registry/senders.hpp"
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
            .intent = row.intent,
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
            .changed_at = row.changed_at,
            .wakes_at = row.wakes_at};
}

/// A message cannot have been written later than now, whatever a phone's clock says.
UnixSeconds plausible(UnixSeconds at, UnixSeconds now) {
    return at.value <= 0 || at > now ? now : at;
}

/// PostgreSQL keeps no zero bytes in a text.
std::string_view without_zeros(std::string_view text, std::deque<std::string>& changed) {
    if (text.find('\0') == std::string_view::npos) {
        return text;
    }
    std::string& clean = changed.emplace_back(text);
    std::erase(clean, '\0');
    return clean;
}

/// Of each channel's messages in one go.
std::vector<registry::Sender> senders_of(storage::Transaction& tx,
                                         std::span<const Received> messages) {
    std::vector<registry::Sender> senders(messages.size());
    for (const registry::Channel channel : registry::kChannels) {
        std::vector<std::size_t> places;
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            if (messages[i].channel == channel) {
                places.push_back(i);
                names.push_back(messages[i].message.from);
            }
        }
        const std::vector<registry::Sender> found = registry::ensure_senders(tx, channel, names);
        for (std::size_t i = 0; i < places.size(); ++i) {
            senders[places[i]] = found[i];
        }
    }
    return senders;
}

/// Which of the rows just added are there: the others' messages were known already.
std::set<InboundId> kept_rows(storage::Transaction& tx,
                              std::span<const sql::InboundAddParams> rows) {
    std::set<InboundId> kept;
    if (!rows.empty()) {
        sql::inbound_between(tx,
                             {.first_inbound_id = rows.front().inbound_id,
                              .last_inbound_id = rows.back().inbound_id},
                             [&](const sql::InboundBetweenRow& row) {
                                 kept.insert(kept.end(), row.inbound_id);
                             });
    }
    return kept;
}

}  // namespace

std::vector<StoredMessage> store_messages(storage::Transaction& tx,
                                          std::span<const Received> messages, UnixSeconds now) {
    const std::vector<registry::Sender> senders = senders_of(tx, messages);
    std::deque<std::string> cleaned;
    std::vector<sql::InboundAddParams> rows;
    rows.reserve(messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const Message& message = messages[i].message;
        rows.push_back({.inbound_id = tx.new_id_as<InboundId>(),
                        .channel = static_cast<std::int64_t>(messages[i].channel),
                        .provider_message_id = without_zeros(message.message_id, cleaned),
                        .address_id = senders[i].address_id,
                        .person_id = senders[i].person_id,
                        .kind = without_zeros(message.kind, cleaned),
                        .text = first_code_points(without_zeros(message.text, cleaned), kTextMax),
                        .button_id = without_zeros(message.button_id, cleaned),
                        .raw = message.raw,
                        .intent = messages[i].intent,
                        .sent_at = plausible(message.at, now),
                        .received_at = now});
    }
    if (rows.empty()) {
        return {};
    }
    sql::inbound_add(tx, rows);
    const std::set<InboundId> kept = kept_rows(tx, rows);
    std::vector<StoredMessage> stored;
    std::vector<sql::ConversationTouchParams> touched;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!kept.contains(rows[i].inbound_id)) {
            continue;
        }
        stored.push_back({i, rows[i].inbound_id, rows[i].address_id});
        touched.push_back({.address_id = rows[i].address_id,
                           .person_id = rows[i].person_id,
                           .place_id = senders[i].place_id,
                           .last_text = first_code_points(rows[i].text, kLastTextMax),
                           .sent_at = rows[i].sent_at,
                           .changed_at = now});
    }
    if (!touched.empty()) {
        sql::conversation_touch(tx, touched);
    }
    return stored;
}

std::int64_t store_messages(storage::Transaction& tx, registry::Channel channel,
                            std::span<const Message> messages, UnixSeconds now) {
    std::vector<Received> received;
    for (const Message& message : messages) {
        received.push_back({channel, message, ""});
    }
    return static_cast<std::int64_t>(store_messages(tx, received, now).size());
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

std::set<InboundId> waiting_between(storage::Transaction& tx, InboundId first, InboundId last) {
    std::set<InboundId> waiting;
    sql::inbound_waiting_between(
        tx, {.first_inbound_id = first, .last_inbound_id = last},
        [&](const sql::InboundWaitingBetweenRow& row) { waiting.insert(row.inbound_id); });
    return waiting;
}

void mark_answered(storage::Transaction& tx, std::span<const AnsweredInbound> answered) {
    std::vector<sql::InboundAnsweredParams> rows;
    rows.reserve(answered.size());
    for (const AnsweredInbound& one : answered) {
        rows.push_back({.intent = one.intent, .inbound_id = one.inbound_id});
    }
    if (!rows.empty()) {
        sql::inbound_answered(tx, rows);
    }
}

void mark_failed(storage::Transaction& tx, InboundId inbound_id) {
    sql::inbound_failed(tx, {.inbound_id = inbound_id});
}

std::optional<Conversation> find_conversation(storage::Transaction& tx, AddressId address_id) {
    const auto row = sql::conversation_find(tx, {.address_id = address_id});
    if (!row) {
        return std::nullopt;
    }
    Conversation conversation = conversation_of(*row);
    conversation.is_spoken = row->is_spoken != 0;
    return conversation;
}

void save_conversation(storage::Transaction& tx, const Conversation& conversation) {
    sql::conversation_put(tx, {.address_id = conversation.address_id,
                               .person_id = conversation.person_id,
                               .place_id = conversation.place_id,
                               .state = conversation.state_json,
                               .queue = conversation.wants_person ? "person" : "machine",
                               .last_text = conversation.last_text,
                               .last_inbound_at = conversation.last_inbound_at,
                               .changed_at = conversation.changed_at,
                               .wakes_at = conversation.wakes_at});
}

std::vector<Conversation> conversations_to_wake(storage::Transaction& tx, UnixSeconds now,
                                                int limit) {
    std::vector<Conversation> list;
    for (const sql::ConversationWakesRow& row :
         sql::conversation_wakes(tx, {.now_at = now, .row_limit = limit})) {
        list.push_back(conversation_of(row));
    }
    return list;
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

namespace {

template <typename Rows>
std::vector<InboundRow> inbound_rows(const Rows& rows) {
    std::vector<InboundRow> list;
    for (const auto& row : rows) {
        list.push_back({.inbound_id = row.inbound_id,
                        .kind = row.kind,
                        .text = row.text,
                        .intent = row.intent,
                        .received_at = row.received_at});
    }
    return list;
}

}  // namespace

std::vector<InboundRow> messages_from(storage::Transaction& tx, AddressId address_id, int limit) {
    return inbound_rows(sql::inbound_from(tx, {.address_id = address_id, .row_limit = limit}));
}

std::vector<InboundRow> messages_before(storage::Transaction& tx, AddressId address_id,
                                        UnixSeconds before_at, std::int64_t before_id,
                                        int limit) {
    return inbound_rows(sql::inbound_before(tx, {.address_id = address_id,
                                                 .before_at = before_at,
                                                 .before_id = before_id,
                                                 .row_limit = limit}));
}

std::int64_t count_messages_since(storage::Transaction& tx, UnixSeconds since) {
    return sql::inbound_count_since(tx, {.since_at = since}).messages;
}

std::int64_t count_unanswered(storage::Transaction& tx) {
    return sql::inbound_unanswered(tx).messages;
}

void each_message_id(storage::Transaction& tx,
                     const std::function<void(std::string_view)>& each) {
    sql::inbound_ids(tx, [&](const sql::InboundIdsRow& row) { each(row.provider_message_id); });
}

}  // namespace haat::messaging
