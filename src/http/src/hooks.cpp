#include "handlers.hpp"
#include "net/hmac.hpp"
#include "reader.hpp"

namespace haat::http {

/// The provider asks whether this address is ours. Posts to it are taken in server.cpp: they are
/// answered from the database's commit and hold no thread.
Result<Answer> verify_whatsapp(Call& call) {
    QueryReader query(call.request);
    const std::string mode = query.text("hub.mode", {.max = 40});
    const std::string challenge = query.text("hub.challenge", {.max = 200});
    const std::string token = query.text("hub.verify_token", {.max = 200});
    if (mode != "subscribe") {
        query.refuse_field("hub.mode");
    }
    HAAT_TRY(query.done());
    const std::string& expected = call.services.settings.whatsapp_verify_token;
    if (expected.empty() || !net::equal_in_constant_time(token, expected)) {
        return refuse(ErrorKind::kForbidden, "http.verify_token");
    }
    Answer answer;
    answer.content_type = "text/plain; charset=utf-8";
    answer.body = challenge;
    return answer;
}

}  // namespace haat::http
