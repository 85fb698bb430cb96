#include "simulator_ivr.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "net/hmac.hpp"
#include "net/url.hpp"

namespace haat::sim {
namespace {

constexpr std::size_t kNationalDigits = 10;

net::Response response_of(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

/// "+919812345678", "09812345678" as "9812345678"; empty if it is no number.
std::string national(const std::string& number) {
    std::string digits;
    for (const char c : number) {
        if (c >= '0' && c <= '9') digits += c;
    }
    return digits.size() < kNationalDigits ? std::string()
                                           : digits.substr(digits.size() - kNationalDigits);
}

std::string refusal(int code, const std::string& message) {
    JsonWriter out;
    out.begin_object().key("RestException").begin_object();
    out.field("Status", code).field("Message", message).end_object().end_object();
    return out.take();
}

}  // namespace

IvrSimulator::IvrSimulator(std::string key, std::string token, std::uint64_t seed,
                           Scheduler& scheduler)
    : authorization_("Basic " + net::base64_encode(key + ":" + token)),
      scheduler_(scheduler),
      mishaps_(seed, scheduler),
      poster_(scheduler),
      judge_(seed) {}

bool IvrSimulator::owns(std::string_view path) {
    return path.starts_with("/v1/Accounts/") || path.starts_with("/sim/calls/");
}

void IvrSimulator::handle(const net::Request& request, net::Reply reply) {
    const std::lock_guard lock(mutex_);
    if (request.path.starts_with("/sim/")) {
        reply(control(request));
    } else if (request.header("authorization") != authorization_) {
        reply(response_of(401, refusal(401, "Authentication is required")));
    } else if (!request.path.ends_with("/Calls/connect.json") || request.method != "POST") {
        reply(response_of(404, refusal(404, "Not found")));
    } else {
        mishaps_.answer(std::move(reply), [&] { return connect(request); });
    }
}

net::Response IvrSimulator::connect(const net::Request& request) {
    std::map<std::string, std::string> call;
    for (const auto& [name, value] :
         net::parse_query(request.body)
             .value_or(std::vector<std::pair<std::string, std::string>>())) {
        call[name] = value;
    }
    const std::string number = national(call["From"]);
    const int forced = mishaps_.take_forced();
    const bool is_whole = !number.empty() && !call["CallerId"].empty() && !call["Url"].empty();
    const int error = forced != 0 ? forced : is_whole ? 0 : 400;
    const std::string sid = "call" + std::to_string(++last_id_);
    judge_.record(LogEntry{.at_micros = system_clock().now_micros().value,
                           .to = "+91" + number,
                           .phone_number_id = call["CallerId"],
                           .type = "call",
                           .template_name = {},
                           .callback_data = call["CustomField"],
                           .wamid = error == 0 ? sid : std::string(),
                           .error_code = error});
    if (error != 0) return response_of(error, refusal(error, "refused"));
    ring(sid, number, call);
    JsonWriter out;
    out.begin_object().key("Call").begin_object().field("Sid", sid);
    out.field("Status", "in-progress").field("From", call["From"]).end_object().end_object();
    return response_of(200, out.take());
}

/// What follows once the phone has rung: digits first, then how it ended.
void IvrSimulator::ring(const std::string& sid, const std::string& number,
                        const std::map<std::string, std::string>& call) {
    constexpr std::int64_t kRingMs = 20;
    const auto value = [&](const char* name) {
        const auto found = call.find(name);
        return found == call.end() ? std::string() : found->second;
    };
    const Phone phone = phones_[number];
    if (phone.outcome == "completed" && !phone.digits.empty() && !passthru_url_.empty()) {
        const std::string pressed = "?CallSid=" + sid + "&CallFrom=0" + number +
                                    "&CallTo=" + net::percent_encode(value("CallerId")) +
                                    "&Direction=outbound-dial&CallType=call&digits=" +
                                    net::percent_encode("\"" + phone.digits + "\"") +
                                    "&CustomField=" + net::percent_encode(value("CustomField"));
        scheduler_.after(kRingMs, [this, url = passthru_url_ + pressed] {
            poster_.post({.url = url, .method = "GET", .headers = {}, .body = {}, .tries = 3});
        });
    }
    const std::string address = value("StatusCallback");
    if (address.empty() || mishaps_.strikes(Fault::kWebhookDropped)) return;
    JsonWriter out;
    out.begin_object().field("CallSid", sid).field("EventType", "terminal");
    out.field("Status", phone.outcome).field("To", value("CallerId"));
    out.field("From", "0" + number).end_object();
    const Hook hook{.url = address, .headers = {}, .body = out.take(), .tries = 3};
    const int times = mishaps_.strikes(Fault::kWebhookDuplicated) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
        scheduler_.after(2 * kRingMs, [this, hook] { poster_.post(hook); });
    }
}

/// POST config {"passthru_url"}, phones {"number","outcome","digits"}, missed {"number"}, faults;
/// GET log, summary.
net::Response IvrSimulator::control(const net::Request& request) {
    const std::string what = request.path.substr(std::string_view("/sim/calls/").size());
    JsonWriter out;
    if (request.method == "GET") {
        if (what == "log") {
            const auto after = parse_integer(request.query_value("after").value_or("0"));
            judge_.write_log(out, static_cast<std::uint64_t>(after.value_or(0)), 10'000);
        } else {
            out.begin_object();
            judge_.write_summary(out);
            out.field("webhook_updates_waiting", poster_.waiting()).end_object();
        }
        return response_of(200, out.take());
    }
    const std::optional<json::object> body = parse_object(request.body);
    if (!body) return response_of(400, R"({"error":"not an object"})");
    const std::string number = national(text_in(*body, "number").value_or(""));
    if (what == "config") {
        passthru_url_ = text_in(*body, "passthru_url").value_or("");
    } else if (what == "faults") {
        if (!mishaps_.change(*body).empty())
            return response_of(400, R"({"error":"unknown fault"})");
    } else if (what == "missed") {
        poster_.post({.url = passthru_url_ + "?CallSid=call" + std::to_string(++last_id_) +
                             "&CallFrom=0" + number + "&Direction=incoming&CallType=call-attempt",
                      .method = "GET",
                      .headers = {},
                      .body = {},
                      .tries = 3});
    } else {
        phones_[number] = {text_in(*body, "outcome").value_or("completed"),
                           text_in(*body, "digits").value_or("")};
    }
    return response_of(200, R"({"success":true})");
}

}  // namespace haat::sim
