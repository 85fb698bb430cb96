/// Groups of a chat app in which haat itself writes.
#include "flows/group_chats.hpp"

#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TextRule kTitle{.max = 128, .blank_allowed = false};
/// What fits into the template that carries it after a silent day.
constexpr TextRule kText{.max = 900, .blank_allowed = false};

void write_chat(JsonWriter& json, Views& views, const messaging::GroupChat& chat) {
    json.begin_object().field("group_chat_id", chat.group_chat_id.value);
    json.field("channel", registry::channel_name(chat.channel)).field("title", chat.title);
    json.key("place");
    views.place_ref(json, chat.place_id);
    json.field("state", messaging::group_chat_state_name(chat.state));
    nullable(json, "error_code",
             chat.state == messaging::GroupChatState::kRefused ? std::optional(chat.error_code)
                                                               : std::nullopt);
    nullable_text(json, "invite_link", chat.invite_link);
    json.field("members", chat.members).field("created_at", chat.created_at).end_object();
}

void write_message(JsonWriter& json, const flows::GroupMessage& message) {
    json.begin_object().field("mail_id", message.mail_id).field("text", message.text);
    json.field("state", message.state).field("created_at", message.created_at).end_object();
}

Answer chat_answer(Call& call, const messaging::GroupChat& chat, int status) {
    return call.services.database.read([&](storage::Transaction& tx) {
        Views views(tx, call.viewer);
        JsonWriter json;
        write_chat(json, views, chat);
        return json_answer(json.take(), status);
    });
}

}  // namespace

Result<Answer> list_group_chats(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const auto chats = HAAT_TRY(flows::list_group_chats(call.services.messaging, call.viewer));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (const messaging::GroupChat& chat : chats) {
            write_chat(json, views, chat);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

Result<Answer> create_group_chat(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::GroupChatWish wish;
    wish.device_id = in.token("device_id", kDeviceId);
    wish.place_id = in.id<PlaceId>("place_id");
    wish.title = in.text("title", kTitle);
    HAAT_TRY(in.done());
    const messaging::GroupChat chat =
        HAAT_TRY(flows::make_group_chat(call.services.messaging, call.viewer, wish));
    return chat_answer(call, chat, chat.is_new ? 201 : 200);
}

Result<Answer> put_group_chat(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const auto place_id = in.id<PlaceId>("place_id");
    HAAT_TRY(in.done());
    const messaging::GroupChat chat =
        HAAT_TRY(flows::put_group_chat(call.services.messaging, call.viewer, {call.id}, place_id));
    return chat_answer(call, chat, 200);
}

Result<Answer> list_group_messages(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const auto messages =
        HAAT_TRY(flows::read_group_messages(call.services.messaging, call.viewer, {call.id}));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const flows::GroupMessage& message : messages) {
        write_message(json, message);
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> write_to_group(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::string text = in.text("text", kText);
    HAAT_TRY(in.done());
    const flows::GroupMessage message = HAAT_TRY(flows::write_to_group(
        call.services.messaging, call.services.mail, call.viewer, {call.id}, device_id, text));
    JsonWriter json;
    write_message(json, message);
    return json_answer(json.take(), 201);
}

}  // namespace haat::http
