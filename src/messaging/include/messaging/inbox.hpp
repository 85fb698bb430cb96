/// @file What came in: raw, once each, and worked on after it is durable; and the conversations that
/// it makes. A message that fails three times is set aside as poison and shown to an operator.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

/// A message on its way into the record.
struct Received {
    registry::Channel channel = registry::Channel::kWhatsapp;
    const Message& message;
    /// Not empty if what it means was acted on already; see Inbound::intent.
    std::string_view intent;
};
struct StoredMessage {
    std::size_t place = 0;  ///< Among those given.
    InboundId inbound_id;
    AddressId address_id;
};
/// Stores received messages that are not there yet and tells which were new, in their order.
/// Addresses are made if they are new; the conversations' windows open. PostgreSQL: about seven
/// round trips for all of them.
std::vector<StoredMessage> store_messages(storage::Transaction& tx,
                                          std::span<const Received> messages, UnixSeconds now);
/// The same on one channel; returns how many were new.
std::int64_t store_messages(storage::Transaction& tx, registry::Channel channel,
                            std::span<const Message> messages, UnixSeconds now);

/// Keeps a webhook that was signed but could not be read.
void store_unreadable(storage::Transaction& tx, registry::Channel channel, std::string_view body,
                      UnixSeconds now);

struct Inbound {
    InboundId inbound_id;
    AddressId address_id;
    PersonId person_id;  ///< The first by ordinal of those on the address; none for a stranger.
    std::string kind;
    std::string text;
    std::string button_id;
    std::string intent;  ///< "opt_out", "opt_in" if that took effect when it was stored.
    std::int64_t tries = 0;
    UnixSeconds received_at;
};

/// Messages not yet answered, oldest first.
[[nodiscard]] std::vector<Inbound> waiting_messages(storage::Transaction& tx, int limit);
/// Those of a range of ids that still wait, for who read them in another transaction.
[[nodiscard]] std::set<InboundId> waiting_between(storage::Transaction& tx, InboundId first,
                                                  InboundId last);
struct AnsweredInbound {
    InboundId inbound_id;
    std::string_view intent;  ///< What it was understood as.
};
void mark_answered(storage::Transaction& tx, std::span<const AnsweredInbound> answered);
/// One more failed try; the third makes it poison.
void mark_failed(storage::Transaction& tx, InboundId inbound_id);

struct Conversation {
    AddressId address_id;
    PersonId person_id;
    PlaceId place_id;
    std::string state_json;   ///< Of the dialogue engine; "{}" at the start.
    bool wants_person = false;
    std::string last_text;
    UnixSeconds last_inbound_at;
    UnixSeconds changed_at;
    /// When a question that waits is looked at again; none: nothing waits.
    std::optional<UnixSeconds> wakes_at{};
    bool is_spoken = false;  ///< `person_id` wants to hear answers (spoken.hpp); by find only.

    /// Free text may be sent until then.
    [[nodiscard]] UnixSeconds window_open_until() const {
        return {last_inbound_at.value + 24 * 3600};
    }
};

/// Conversations whose time to be looked at has come, the longest ago first.
[[nodiscard]] std::vector<Conversation> conversations_to_wake(storage::Transaction& tx,
                                                              UnixSeconds now, int limit);
[[nodiscard]] std::optional<Conversation> find_conversation(storage::Transaction& tx,
                                                            AddressId address_id);
void save_conversation(storage::Transaction& tx, const Conversation& conversation);
/// Those in the viewer's places, most recently changed first, before `before` (0: now).
/// @param only_waiting  Only those that want a person.
[[nodiscard]] std::vector<Conversation> list_conversations(storage::Transaction& tx,
                                                           const Viewer& viewer, bool only_waiting,
                                                           std::int64_t before, int limit);

struct InboundRow {
    InboundId inbound_id;
    std::string kind;
    std::string text;
    std::string intent;
    UnixSeconds received_at;
};
/// Messages from an address, newest first.
[[nodiscard]] std::vector<InboundRow> messages_from(storage::Transaction& tx, AddressId address_id,
                                                    int limit);
/// The same before a moment, and at that moment before an id: for pages of a history.
[[nodiscard]] std::vector<InboundRow> messages_before(storage::Transaction& tx,
                                                      AddressId address_id, UnixSeconds before_at,
                                                      std::int64_t before_id, int limit);
/// Messages received since then.
[[nodiscard]] std::int64_t count_messages_since(storage::Transaction& tx, UnixSeconds since);
/// Messages that haat has not looked at yet; one index read for each.
[[nodiscard]] std::int64_t count_unanswered(storage::Transaction& tx);
/// The provider's id of every stored message, for who holds the record against what was sent.
void each_message_id(storage::Transaction& tx,
                     const std::function<void(std::string_view)>& each);

}  // namespace haat::messaging
