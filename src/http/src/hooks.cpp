#include "flows/receive_sms.hpp"
#include "flows/receive_telegram.hpp"
#include "flows/receive_voice.hpp"
#include "flows/receive_webhook.hpp"
#include "handlers.hpp"
#include "net/hmac.hpp"
#include "reader.hpp"
#include "router.hpp"

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

void take_hook(const Services& services, const Route& route, net::Request& request,
               std::function<void(int)> done) {
    flows::MessagingContext& context = services.messaging;
    if (route.path == "/hooks/whatsapp") {
        const std::string signature(request.header("x-hub-signature-256"));
        flows::receive_whatsapp_webhook(context, std::move(request.body), signature,
                                        std::move(done));
    } else if (route.path == "/hooks/sms/dlr") {
        flows::receive_sms_report(context, request, std::move(done));
    } else if (route.path == "/hooks/sms/mo") {
        flows::receive_sms(context, request, std::move(done));
    } else if (route.path == "/hooks/telegram") {
        flows::receive_telegram_update(context, request, std::move(done));
    } else {
        const Match match = match_route(request.method, request.path);
        flows::receive_call_event(context, request, match.id_text, std::move(done));
    }
}

}  // namespace haat::http
