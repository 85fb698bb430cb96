#include "messaging/channel_voice.hpp"

#include "base/json_writer.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "json_in.hpp"
#include "net/hmac.hpp"
#include "net/url.hpp"

namespace haat::messaging::voice {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string field_of(const Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

/// Query and body as one list; none if the body is neither a form nor JSON.
std::optional<Fields> fields_of(const net::Request& request) {
    Fields fields = request.query;
    if (request.body.empty()) {
        return fields;
    }
    if (request.header("content-type").starts_with("application/json")) {
        const std::optional<boost::json::object> body = parse_object(request.body);
        if (!body) {
            return std::nullopt;
        }
        for (const auto& member : *body) {
            if (member.value().is_string()) {
                fields.emplace_back(std::string(member.key()),
                                    std::string(member.value().get_string()));
            }
        }
        return fields;
    }
    const auto form = net::parse_query(request.body);
    if (!form) {
        return std::nullopt;
    }
    fields.insert(fields.end(), form->begin(), form->end());
    return fields;
}

/// "\"12\"" as "12"; empty if anything but digits, '*' and '#' is in it.
std::string digits_of(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    constexpr std::size_t kMost = 32;
    return text.size() <= kMost && text.find_first_not_of("0123456789*#") == text.npos
               ? std::string(text)
               : std::string();
}

/// Who is at the other end: of a call of ours the provider also calls her "from".
std::optional<std::string> her_number(const Settings& settings, const Fields& fields) {
    const std::optional<std::string> ours = normalise_phone(settings.caller_id);
    const std::optional<std::string> from = normalise_phone(field_of(fields, "CallFrom"));
    return from && from == ours ? normalise_phone(field_of(fields, "CallTo")) : from;
}

std::string raw_of(const Fields& fields) {
    JsonWriter json;
    json.begin_object();
    for (const std::string_view name :
         {"CallSid", "CallFrom", "CallTo", "CallType", "Direction", "Status", "digits",
          "CurrentTime", "StartTime", "RecordingUrl"}) {
        if (const std::string value = field_of(fields, name); !value.empty()) {
            json.field(name, value);
        }
    }
    json.end_object();
    return json.take();
}

void read_status(const Fields& fields, const std::string& sid, const std::string& attempt,
                 Webhook& webhook) {
    const std::string name = field_of(fields, "Status");
    const int code = name == "busy"        ? kBusy
                     : name == "no-answer" ? kNoAnswer
                     : name == "canceled"  ? kCanceled
                     : name == "failed"    ? kFailed
                                           : 0;
    if (attempt.empty() || (code == 0 && name != "completed")) {
        ++webhook.ignored;
        return;
    }
    webhook.statuses.push_back(
        {.message_id = sid,
         .callback_data = attempt,
         .recipient = normalise_phone(field_of(fields, "To")).value_or(std::string()),
         .state = code == 0 ? SlotState::kDelivered : SlotState::kAccepted,
         .failed = code != 0,
         .error_code = code,
         .at = {},
         .channel = registry::Channel::kVoice});
}

/// The stage tells two questions of one call apart; the flow's addresses name it.
std::string stage_of(const Fields& fields, std::string_view otherwise) {
    const std::string stage = field_of(fields, "stage");
    return stage.empty() ? std::string(otherwise) : stage;
}

bool is_missed(const Fields& fields) {
    const std::string type = field_of(fields, "CallType");
    return field_of(fields, "Direction") == "incoming" &&
           (type == "call-attempt" || type == "client-hangup" || type == "incomplete");
}

}  // namespace

net::ClientRequest send_request(const Settings& settings, std::string_view to,
                                std::string_view attempt_id) {
    const auto add = [](std::string& form, std::string_view name, std::string_view value) {
        form += (form.empty() ? "" : "&") + std::string(name) + "=" + net::percent_encode(value);
    };
    net::ClientRequest request;
    request.path = "/v1/Accounts/" + net::percent_encode(settings.account) + "/Calls/connect.json";
    request.content_type = "application/x-www-form-urlencoded";
    request.headers = {
        {"Authorization", "Basic " + net::base64_encode(settings.key + ":" + settings.token)}};
    add(request.body, "From", to);
    add(request.body, "CallerId", settings.caller_id);
    add(request.body, "Url", settings.flow_url);
    add(request.body, "CustomField", attempt_id);
    add(request.body, "StatusCallback",
        settings.callback_url + "?m=" + net::percent_encode(attempt_id));
    add(request.body, "StatusCallbackEvents[0]", "terminal");
    add(request.body, "StatusCallbackContentType", "application/json");
    return request;
}

SendOutcome outcome_of(const net::ClientResult& result) {
    if (result.outcome == net::Outcome::kNotSent) {
        return {.state = SlotState::kRetry, .remedy = Remedy::kRetryLater};
    }
    if (result.outcome == net::Outcome::kUnknown || result.status >= 500) {
        return {};
    }
    if (result.status == 200) {
        const std::optional<boost::json::object> body = parse_object(result.body);
        std::string sid = body ? text_in(object_in(*body, "Call"), "Sid") : std::string();
        return sid.empty()
                   ? SendOutcome{}
                   : SendOutcome{.state = SlotState::kAccepted, .message_id = std::move(sid)};
    }
    switch (result.status) {
        case 401:
        case 402:
        case 403:
            return {.state = SlotState::kRetry,
                    .remedy = Remedy::kStopChannel,
                    .error_code = result.status};
        case 429:
            return {.state = SlotState::kRetry,
                    .remedy = Remedy::kRetryLater,
                    .error_code = result.status,
                    .retry_after_seconds = 1};
        default:
            break;
    }
    if (result.status < 400) {
        return {};
    }
    return {
        .state = SlotState::kRejected, .remedy = Remedy::kRejectOne, .error_code = result.status};
}

bool secret_fits(const Settings& settings, std::string_view secret) {
    return !settings.secret.empty() && net::equal_in_constant_time(secret, settings.secret);
}

Result<Webhook> read_callback(const Settings& settings, const net::Request& request) {
    const std::optional<Fields> fields = fields_of(request);
    const std::string sid = fields ? field_of(*fields, "CallSid") : std::string();
    if (sid.empty()) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    const std::string attempt =
        field_of(*fields, "m").empty() ? field_of(*fields, "CustomField") : field_of(*fields, "m");
    Webhook webhook;
    if (!field_of(*fields, "Status").empty()) {
        read_status(*fields, sid, attempt, webhook);
        return webhook;
    }
    const std::string digits = digits_of(field_of(*fields, "digits"));
    const std::optional<std::string> caller = her_number(settings, *fields);
    if (!caller || (digits.empty() && !is_missed(*fields))) {
        ++webhook.ignored;
        return webhook;
    }
    const bool has_digits = !digits.empty();
    webhook.messages.push_back(
        {.message_id = sid + ":" + stage_of(*fields, has_digits ? "digits" : "missed"),
         .from = *caller,
         .profile_name = {},
         .kind = has_digits ? "digits" : "missed_call",
         .text = digits,
         .button_id = {},
         .raw = raw_of(*fields),
         .at = {}});
    if (has_digits && !attempt.empty()) {
        webhook.statuses.push_back({.message_id = sid,
                                    .callback_data = attempt,
                                    .recipient = *caller,
                                    .state = SlotState::kPlayed,
                                    .at = {},
                                    .channel = registry::Channel::kVoice});
    }
    return webhook;
}

}  // namespace haat::messaging::voice
