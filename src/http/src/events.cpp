#include "handlers.hpp"
#include "http/event_hub.hpp"
#include "net/event_stream.hpp"
#include "reader.hpp"

namespace haat::http {

Result<Answer> stream_events(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    Answer answer;
    answer.content_type = "text/event-stream";
    answer.stream = call.services.events.subscribe(call.viewer);
    if (!answer.stream) {
        return refuse(ErrorKind::kUnavailable, "http.too_many_streams");
    }
    // Bytes at once, so that proxies and browsers see the stream open.
    answer.stream->push(
        "today", "{\"id\":0,\"change\":\"opened\",\"at\":" + std::to_string(call.now.value) + "}");
    return answer;
}

}  // namespace haat::http
