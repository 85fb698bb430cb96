/// Voice notes by WhatsApp: the upload and the message.
#include "base/json_writer.hpp"
#include "json_in.hpp"
#include "messaging/audio.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "multipart.hpp"

namespace haat::messaging::whatsapp {

net::ClientRequest upload_voice_request(std::string_view phone_number_id,
                                        std::string_view access_token, std::string_view ogg) {
    Multipart form;
    form.field("messaging_product", "whatsapp").field("type", kVoiceNoteMimeType);
    form.file("file", "voice.ogg", kVoiceNoteMimeType, ogg);
    Multipart::Finished finished = form.finish();
    net::ClientRequest request;
    request.path = "/" + std::string(phone_number_id) + "/media";
    request.headers = {{"Authorization", "Bearer " + std::string(access_token)}};
    request.body = std::move(finished.body);
    request.content_type = std::move(finished.content_type);
    return request;
}

Upload upload_of(const net::ClientResult& result) {
    if (result.outcome == net::Outcome::kAnswered && result.status == 200) {
        if (const auto body = parse_object(result.body)) {
            return {.media_id = text_in(*body, "id"), .outcome = {}};
        }
        return {};
    }
    return {.media_id = {}, .outcome = outcome_of(result)};
}

std::string send_voice_json(std::string_view to, std::string_view callback_data,
                            std::string_view media_id) {
    JsonWriter json;
    json.begin_object()
        .field("messaging_product", "whatsapp")
        .field("recipient_type", "individual")
        .field("to", to)
        .field("biz_opaque_callback_data", callback_data)
        .field("type", "audio");
    json.key("audio").begin_object().field("id", media_id).field("voice", true).end_object();
    json.end_object();
    return json.take();
}

}  // namespace haat::messaging::whatsapp
