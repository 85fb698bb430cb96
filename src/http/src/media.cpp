/// Voice notes and pictures that she sent, for who may see her conversation.
#include "flows/fetch_media.hpp"
#include "handlers.hpp"
#include "reader.hpp"

namespace haat::http {

Result<Answer> get_message_media(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    flows::MediaFile file =
        HAAT_TRY(flows::read_media(call.services.flows, call.viewer, InboundId{call.id},
                                   call.services.settings.data_directory));
    Answer answer;
    answer.content_type = file.kind == messaging::MediaKind::kAudio ? "audio/ogg" : "image/jpeg";
    answer.headers.push_back({"Content-Disposition", "inline"});
    answer.body = std::move(file.bytes);
    return answer;
}

}  // namespace haat::http
