#include "flows/conversations.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "registry/people.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr std::size_t kTextMax = 4096;

enum class Queue : std::uint8_t { kWaiting, kHaat, kClosed };

std::optional<Queue> queue_from(std::string_view name) {
    return name == "waiting"  ? std::optional(Queue::kWaiting)
           : name == "haat"   ? std::optional(Queue::kHaat)
           : name == "closed" ? std::optional(Queue::kClosed)
                              : std::nullopt;
}

Queue queue_of(const messaging::Conversation& conversation, UnixSeconds now) {
    if (conversation.wants_person) {
        return Queue::kWaiting;
    }
    return conversation.window_open_until() > now ? Queue::kHaat : Queue::kClosed;
}

/// Whom a conversation is shown as: the person on the address, or the first of several that the
/// viewer may see. None for strangers and for others' people.
PersonId person_of(storage::Transaction& tx, const Viewer& viewer,
                   const messaging::Conversation& conversation) {
    if (conversation.person_id) {
        return conversation.person_id;
    }
    const auto people = registry::people_on_address(tx, viewer, conversation.address_id);
    return people.empty() ? PersonId{} : people.front().person_id;
}

void write_conversation(JsonWriter& json, Views& views, const flows::ConversationRow& row,
                        PersonId person_id, UnixSeconds now) {
    static constexpr std::string_view kNames[] = {"waiting", "haat", "closed"};
    const UnixSeconds open_until = row.conversation.window_open_until();
    json.begin_object().field("person_id", person_id).key("person");
    views.producer(json, person_id);
    json.field("queue", kNames[static_cast<std::size_t>(queue_of(row.conversation, now))]);
    json.field("last_text", first_code_points(row.last_text, kTextMax));
    json.field("last_direction", row.last_from_her ? "in" : "out").field("last_at", row.last_at);
    json.field("unanswered", row.unanswered);
    nullable(json, "window_open_until_at",
             open_until > now ? std::optional(open_until) : std::nullopt);
    json.end_object();
}

void write_message(JsonWriter& json, const flows::ThreadMessage& message) {
    std::string key = message.key;  // "in:17": the contract has a hyphen
    std::ranges::replace(key, ':', '-');
    std::string_view state = message.state;
    if (state == "retry") {
        state = "queued";
    } else if (state == "no_address") {
        state = "rejected";
    } else if (state == "played") {
        state = "read";
    }
    json.begin_object().field("message_key", key);
    json.field("direction", message.from_her ? "in" : "out");
    json.field("text", first_code_points(message.text, kTextMax)).field("at", message.at);
    json.field("state", state).key("buttons").begin_array();
    for (const messaging::Button& button : message.buttons) {
        json.begin_object().field("button_id", button.id).field("title", button.title);
        json.end_object();
    }
    json.end_array().key("broadcast_id").null().field("by_person", message.by_person);
    json.end_object();
}

}  // namespace

Result<Answer> list_conversations(Call& call) {
    QueryReader query(call.request);
    const auto queue = query.maybe_choice("queue", queue_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const auto limit = static_cast<std::size_t>(paging.limit);
    const std::vector<flows::ConversationRow> rows =
        HAAT_TRY(flows::list_inbox(call.services.messaging, call.viewer, queue == Queue::kWaiting,
                                   cursor ? cursor->first : 0, static_cast<int>(limit) + 1));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i) {
            const PersonId person_id = person_of(tx, call.viewer, rows[i].conversation);
            if (person_id && (!queue || queue_of(rows[i].conversation, call.now) == *queue)) {
                write_conversation(json, views, rows[i], person_id, call.now);
            }
        }
        json.end_array();
        nullable_text(json, "next",
                      rows.size() > limit
                          ? write_cursor(rows[limit - 1].conversation.changed_at.value, 0)
                          : "");
        return json_answer(json.end_object().take());
    });
}

Result<Answer> get_conversation(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const flows::Thread thread =
        HAAT_TRY(flows::read_thread(call.services.messaging, call.viewer, PersonId{call.id}));
    // Pages count from the newest message backwards.
    const auto all = static_cast<std::int64_t>(thread.messages.size());
    const std::int64_t end = std::max<std::int64_t>(0, all - (cursor ? cursor->first : 0));
    const std::int64_t start = std::max<std::int64_t>(0, end - paging.limit);
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("conversation");
        write_conversation(json, views, thread.row, PersonId{call.id}, call.now);
        json.key("messages").begin_array();
        for (std::int64_t i = start; i < end; ++i) {
            write_message(json, thread.messages[static_cast<std::size_t>(i)]);
        }
        json.end_array();
        nullable_text(json, "next", start > 0 ? write_cursor(all - start, 0) : "");
        return json_answer(json.end_object().take());
    });
}

Result<Answer> send_message(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::string text = in.text("text", kMessageText);
    HAAT_TRY(in.done());
    const flows::ThreadMessage message =
        HAAT_TRY(flows::answer_as_officer(call.services.messaging, call.services.mail, call.viewer,
                                          PersonId{call.id}, device_id, text));
    call.services.events.publish({.topic = Topic::kMessage, .id = call.id, .change = "created"});
    JsonWriter json;
    write_message(json, message);
    return json_answer(json.take(), message.at < call.now ? 200 : 201);
}

Result<Answer> close_conversation(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    HAAT_TRY(flows::close_conversation(call.services.messaging, call.viewer, PersonId{call.id}));
    const flows::Thread thread =
        HAAT_TRY(flows::read_thread(call.services.messaging, call.viewer, PersonId{call.id}));
    call.services.events.publish({.topic = Topic::kMessage, .id = call.id, .change = "state"});
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        write_conversation(json, views, thread.row, PersonId{call.id}, call.now);
        return json_answer(json.take());
    });
}

}  // namespace haat::http
