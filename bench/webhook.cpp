/// What reading costs: a signed webhook of 1,000 statuses, and the answer to one send.
#include <functional>
#include <string>

#include "load.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "net/hmac.hpp"

namespace {

namespace messaging = haat::messaging;
namespace net = haat::net;

std::string webhook_of(int statuses) {
    std::string out = R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":[)"
                      R"({"value":{"messaging_product":"whatsapp","metadata":{)"
                      R"("display_phone_number":"919000000001","phone_number_id":"1001"},)"
                      R"("statuses":[)";
    for (int i = 0; i < statuses; ++i) {
        const std::string digits = std::to_string(919800000000 + i);
        if (i > 0) out += ",";
        out += R"({"id":"wamid.HBgMOTE5ODAwMDAwMDAwFQIAERgSRjAwMDAwMDEyMzQ1Njc4OUFCAA==)" +
               std::to_string(i) +
               R"(","status":"delivered","timestamp":"1790000000",)"
               R"("recipient_id":")" +
               digits + R"(","biz_opaque_callback_data":"12.)" + std::to_string(i) +
               R"(.0.0123456789abcdef","pricing":{"billable":true,)"
               R"("pricing_model":"PMP","category":"marketing","type":"regular"}})";
    }
    return out + R"(]},"field":"messages"}]}]})";
}

void measure(const char* name, int rounds, int items, const std::function<bool()>& work) {
    const std::int64_t started = haat::bench::cpu_micros();
    bool is_right = true;
    for (int i = 0; i < rounds; ++i) is_right = work() && is_right;
    const auto micros = static_cast<double>(haat::bench::cpu_micros() - started);
    std::printf("{\"what\":\"%s\",\"us_each\":%.3f,\"is_right\":%s}\n", name,
                micros / rounds / items, is_right ? "true" : "false");
}

}  // namespace

int main() {
    const std::string many = webhook_of(1000);
    const std::string one = webhook_of(1);
    net::HmacSha256 mac("secret");
    const std::string many_signature = "sha256=" + net::hex(mac.sign(many));
    const std::string one_signature = "sha256=" + net::hex(mac.sign(one));
    const auto read = [](const std::string& body, std::size_t statuses) {
        const auto webhook = messaging::whatsapp::read_webhook(body, {"1001"});
        return webhook && webhook->statuses.size() == statuses;
    };
    measure("status of 1,000 in a webhook, read", 300, 1000, [&] { return read(many, 1000); });
    measure("status of 1,000 in a webhook, signature", 300, 1000,
            [&] { return messaging::whatsapp::signature_fits("secret", many, many_signature); });
    measure("webhook of one status, read", 100'000, 1, [&] { return read(one, 1); });
    measure("webhook of one status, signature", 100'000, 1,
            [&] { return messaging::whatsapp::signature_fits("secret", one, one_signature); });
    const net::ClientResult answer{
        .outcome = net::Outcome::kAnswered,
        .status = 200,
        .body = R"({"messaging_product":"whatsapp","contacts":[{"input":"+919876543210",)"
                R"("wa_id":"919876543210"}],"messages":[{"id":"wamid.HBgMOTE5ODc2NTQzMjEwFQIA)"
                R"(ERgSQTNGOUE0QzBGNzY5NDk5RTc0AA==","message_status":"accepted"}]})"};
    measure("answer to a send", 300'000, 1, [&] {
        return messaging::whatsapp::outcome_of(answer).state == messaging::SlotState::kAccepted;
    });
}
