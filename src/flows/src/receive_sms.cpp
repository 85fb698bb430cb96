#include "flows/receive_sms.hpp"

#include <utility>

#include "keep_webhook.hpp"
#include "messaging/channel_sms.hpp"

namespace haat::flows {
namespace {

bool is_kannel(const MessagingContext& context, const net::Request& request) {
    const std::string& address = request.remote_address;
    const bool is_here =
        address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
    // A proxy on this machine passes the world on from here.
    const bool is_passed_on = !request.header("x-forwarded-for").empty();
    return is_here && !is_passed_on && messaging::sms::secret_fits(context.sms, request);
}

/// All but our secret, for an operator.
std::string told(const net::Request& request) {
    std::string text;
    for (const auto& [name, value] : request.query) {
        if (name != "k") {
            text += name + "=" + value + "\n";
        }
    }
    return text + request.body;
}

}  // namespace

void receive_sms_report(MessagingContext& context, const net::Request& request,
                        std::function<void(int)> done) {
    if (!is_kannel(context, request)) {
        done(kHookRefused);
        return;
    }
    Result<messaging::Webhook> webhook = messaging::Webhook{};
    Result<messaging::Status> status = messaging::sms::read_delivery_report(request);
    if (status) {
        webhook->statuses.push_back(std::move(*status));
    } else {
        webhook = std::unexpected(std::move(status).error());
    }
    keep_webhook(context, registry::Channel::kSms, std::move(webhook), told(request), {},
                 std::move(done));
}

void receive_sms(MessagingContext& context, const net::Request& request,
                 std::function<void(int)> done) {
    if (!is_kannel(context, request)) {
        done(kHookRefused);
        return;
    }
    Result<messaging::Webhook> webhook = messaging::Webhook{};
    Result<messaging::Message> message = messaging::sms::read_inbound(request);
    if (message) {
        webhook->messages.push_back(std::move(*message));
    } else {
        webhook = std::unexpected(std::move(message).error());
    }
    keep_webhook(context, registry::Channel::kSms, std::move(webhook),
                 told(request), {}, std::move(done));
}

}  // namespace haat::flows
