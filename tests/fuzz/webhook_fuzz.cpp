// Any bytes come to a webhook: each channel's reader refuses them or gives messages that can be
// stored. The first letter chooses: w WhatsApp, t Telegram, s an SMS, d a delivery report, v a
// call; of the last three the first line is the query, the rest the body. Built with HAAT_FUZZ.
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "messaging/channel_sms.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/channel_voice.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "net/url.hpp"

namespace {

using namespace haat;
using namespace haat::messaging;

void look(const Message& message) {
    HAAT_ASSERT(!message.message_id.empty());
    HAAT_ASSERT(is_utf8(message.text) && is_utf8(message.from) && is_utf8(message.button_id));
}

void look(const Webhook& webhook) {
    for (const Message& message : webhook.messages) {
        look(message);
    }
}

net::Request request_of(std::string_view text) {
    net::Request request;
    request.method = "POST";
    const std::size_t end = text.find('\n');
    auto query = net::parse_query(text.substr(0, end));
    if (query) {
        request.query = std::move(*query);
    }
    request.headers.push_back({"Content-Type", text.find("\n{") == end
                                                   ? "application/json"
                                                   : "application/x-www-form-urlencoded"});
    request.body = end == std::string_view::npos ? "" : std::string(text.substr(end + 1));
    return request;
}

void read(char channel, std::string_view text) {
    switch (channel) {
        case 'w':
            (void)whatsapp::signature_fits("secret", text, text.substr(0, 71));
            if (const auto webhook = whatsapp::read_webhook(text, {"1001"})) {
                look(*webhook);
            }
            return;
        case 't':
            if (const auto update = telegram::read_update(text)) {
                look(update->webhook);
                HAAT_ASSERT(is_utf8(update->callback_id));
            }
            return;
        case 's':
            if (const auto message = sms::read_inbound(request_of(text))) {
                look(*message);
            }
            return;
        case 'd':
            (void)sms::read_delivery_report(request_of(text));
            return;
        case 'v': {
            const net::Request request = request_of(text);
            if (const auto webhook = voice::read_callback({.secret = "s"}, request)) {
                look(*webhook);
            }
            return;
        }
        default:
            return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size > 0) {
        read(static_cast<char>(bytes[0]),
             std::string_view(reinterpret_cast<const char*>(bytes) + 1, size - 1));
    }
    return 0;
}
