/// What Kannel reports, and what people write by SMS. Everything comes from outside: what is not
/// right is refused, nothing here throws for what it reads.
#include "base/json_writer.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "messaging/channel_sms.hpp"
#include "net/hmac.hpp"

namespace haat::messaging::sms {
namespace {

constexpr int kSmppCodes = 1000;
constexpr int kReceiptCodes = 2000;

std::string_view query_of(const net::Request& request, std::string_view name) {
    return request.query_value(name).value_or(std::string_view());
}

UnixSeconds time_of(const net::Request& request) {
    return {parse_integer(query_of(request, "ts")).value_or(0)};
}

/// "stat:UNDELIV err:006 text:" with key "stat:": "UNDELIV".
std::string_view word_after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(at + key.size());
    return text.substr(0, text.find_first_of(" /"));
}

/// "NACK/0x0000000b/Invalid Destination Address": 1011.
int code_of_nack(std::string_view answer) {
    constexpr std::string_view kPrefix = "NACK/";
    if (!answer.starts_with(kPrefix)) {
        return kRejectedWithoutReason;
    }
    answer.remove_prefix(kPrefix.size());
    if (answer.starts_with("Retries Exceeded")) {
        constexpr int kThrottled = 0x58;
        return kSmppCodes + kThrottled;
    }
    if (!answer.starts_with("0x")) {
        return kRejectedWithoutReason;
    }
    int status = 0;
    for (const char c : answer.substr(2, answer.find('/') - 2)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0 || status > 0xFFF) {
            return kRejectedWithoutReason;
        }
        status = status * 16 + digit;
    }
    return status == 0 ? kRejectedWithoutReason : kSmppCodes + status % kSmppCodes;
}

/// The operator's "err" says more than the state, if it is there.
int code_of_receipt(std::string_view answer) {
    const std::optional<long long> error = parse_integer(word_after(answer, "err:"));
    if (error && *error > 0 && *error < kSmppCodes) {
        return kReceiptCodes + static_cast<int>(*error);
    }
    const std::string_view state = word_after(answer, "stat:");
    return state == "EXPIRED"   ? kExpired
           : state == "DELETED" ? kDeleted
           : state == "REJECTD" ? kRejectedByNetwork
                                : kUndelivered;
}

std::string probable_id(const Message& message) {
    constexpr int kMinute = 60;
    return "probable:" + net::hex(net::sha256(message.from + "\n" + message.text + "\n" +
                                              std::to_string(message.at.value / kMinute)));
}

std::string raw_of(const net::Request& request, const Message& message) {
    JsonWriter json;
    json.begin_object();
    for (const std::string_view name : {"from", "to", "smsc", "ts", "id"}) {
        json.field(name, query_of(request, name));
    }
    json.field("text", message.text).end_object();
    return json.take();
}

}  // namespace

bool secret_fits(const Settings& settings, const net::Request& request) {
    return !settings.report_secret.empty() &&
           net::equal_in_constant_time(query_of(request, "k"), settings.report_secret);
}

Result<Status> read_delivery_report(const net::Request& request) {
    Status status{.at = time_of(request), .channel = registry::Channel::kSms};
    status.callback_data = query_of(request, "m");
    status.message_id = query_of(request, "fid");
    const std::string_view answer = query_of(request, "ans");
    if (status.callback_data.empty()) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    switch (parse_integer(query_of(request, "d")).value_or(0)) {
        case 1:
            status.state = SlotState::kDelivered;
            return status;
        case 2:
            status.state = SlotState::kSent;  // it reached the SMS centre, and failed there
            status.failed = true;
            status.error_code = code_of_receipt(answer);
            return status;
        case 4:
        case 8:
            return status;
        case 16:
            status.state = SlotState::kAccepted;  // Kannel took it; the SMS centre did not
            status.failed = true;
            status.error_code = code_of_nack(answer);
            return status;
        default:
            return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
}

Result<Message> read_inbound(const net::Request& request) {
    Message message{.kind = "text", .at = time_of(request)};
    const std::string_view sender = query_of(request, "from");
    // A shop's or an operator's alphanumeric sender has no number to answer to; it is kept as it
    // is.
    message.from = normalise_phone(sender).value_or(std::string(trim(sender)));
    if (message.from.empty() || !is_utf8(request.body)) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    message.text = request.body;
    message.message_id = query_of(request, "id");
    if (message.message_id.empty()) {
        message.message_id = probable_id(message);
    }
    message.raw = raw_of(request, message);
    return message;
}

}  // namespace haat::messaging::sms
