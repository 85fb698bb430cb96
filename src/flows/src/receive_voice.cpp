#include "flows/receive_voice.hpp"

#include <utility>

#include "keep_webhook.hpp"
#include "messaging/channel_voice.hpp"

namespace haat::flows {

void receive_call_event(MessagingContext& context, const net::Request& request,
                        std::string_view secret, std::function<void(int)> done) {
    if (!messaging::voice::secret_fits(context.voice, secret)) {
        done(kHookRefused);
        return;
    }
    // The query alone, as the path holds the secret.
    const std::size_t query = request.target.find('?');
    const std::string told =
        query == std::string::npos ? std::string() : request.target.substr(query);
    keep_webhook(context, registry::Channel::kVoice,
                 messaging::voice::read_callback(context.voice, request),
                 told + "\n" + request.body, {}, std::move(done));
}

}  // namespace haat::flows
