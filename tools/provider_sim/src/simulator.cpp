#include "simulator.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
namespace haat::sim {

namespace {

bool is_loopback(const std::string& address) {
    return address == "::1" || address.starts_with("127.") || address == "::ffff:127.0.0.1";
}

/// "/v24.0/x" -> "/x"; empty if there is no version.
std::string_view without_version(std::string_view path) {
    const std::size_t slash = path.find('/', 1);
    if (!path.starts_with("/v") || slash == std::string_view::npos) return {};
    const std::string_view version = path.substr(2, slash - 2);
    const std::size_t dot = version.find('.');
    if (dot == std::string_view::npos || !parse_integer(version.substr(0, dot)) ||
        !parse_integer(version.substr(dot + 1))) {
        return {};
    }
    return path.substr(slash);
}

}  // namespace

Simulator::Simulator(Options options)
    : options_(std::move(options)),
      authorization_("Bearer " + options_.access_token),
      random_(options_.seed),
      judge_(options_.seed),
      webhooks_(options_, scheduler_),
      answer_delay_(options_.round_trip_ms) {
    for (std::size_t i = 0; i < options_.phone_number_ids.size(); ++i) {
        const std::string& id = options_.phone_number_ids[i];
        numbers_.push_back({id, std::to_string(919000000001 + i), 0, judge_.intern(id)});
    }
    for (Number& number : numbers_) numbers_by_id_.emplace(number.id, &number);
}

Simulator::~Simulator() { scheduler_.stop(); }

void Simulator::handle(net::Request request, net::Reply reply) {
    if (request.path.starts_with("/sim/")) {
        if (!is_loopback(request.remote_address)) {
            reply(json_response(403, R"({"error":"loopback only"})"));
            return;
        }
        control(request, std::move(reply));
        return;
    }
    const std::string_view path = without_version(request.path);
    if (request.header("authorization") != authorization_) {
        reply(problem_response({401, 190, "Invalid OAuth access token."}));
        return;
    }
    const bool is_send = path.ends_with("/messages") && request.method == "POST";
    Number* const number = is_send ? number_by_id(path.substr(1, path.size() - 10)) : nullptr;
    if (!number) {
        reply(path.empty() ? problem_response({400, 2500, "Unknown path components"})
                           : graph(request, std::string(path)));
        return;
    }
    if (std::optional<net::Response> quick = send_bulk(request, *number)) {
        answer_delay_.answer(std::move(reply), std::move(*quick));
        return;
    }
    Answer answer = send(request, *number);
    if (answer.is_withheld) {
        const std::lock_guard lock(mutex_);
        withheld_.push_back(std::move(reply));
    } else if (answer.delay_ms > 0) {
        scheduler_.after(answer.delay_ms, [reply = std::move(reply),
                                           response = std::move(answer.response)]() mutable {
            reply(std::move(response));
        });
    } else {
        answer_delay_.answer(std::move(reply), std::move(answer.response));
    }
}

std::int64_t Simulator::now_micros() const {
    return system_clock().now_micros().value + clock_offset_micros_;
}

bool Simulator::strikes(Fault fault) {
    const std::uint32_t per_mille = options_.faults.per_mille[static_cast<std::size_t>(fault)];
    return per_mille > 0 && random_.chance(per_mille, 1000);
}

std::int64_t Simulator::pick(DelayRange range) {
    return range.low + random_.below(static_cast<std::uint32_t>(range.high - range.low + 1));
}

Simulator::Number* Simulator::number_by_id(std::string_view id) {
    const auto found = numbers_by_id_.find(id);
    return found == numbers_by_id_.end() ? nullptr : found->second;
}

std::string Simulator::make_wamid(const std::string& number, bool is_inbound) {
    const std::size_t length = is_inbound ? 20 : 18;
    std::string unique;
    for (int i = 0; i < 3; ++i) {
        const std::uint32_t part = i == 0 ? static_cast<std::uint32_t>(++last_id_) : random_.next();
        const std::string bytes{static_cast<char>(part >> 24), static_cast<char>(part >> 16),
                                static_cast<char>(part >> 8), static_cast<char>(part)};
        unique += to_hex(bytes);
    }
    for (char& c : unique) {
        if (c >= 'a') c = static_cast<char>(c - 32);
    }
    return wrap_wamid(std::string_view(number).substr(1), unique.substr(0, length), is_inbound);
}

net::Response json_response(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

net::Response problem_response(const Problem& problem) {
    JsonWriter out;
    const std::string code = std::to_string(problem.code);
    out.begin_object().key("error").begin_object();
    out.field("message", "(#" + code + ") " + problem.details);
    out.field("type", "OAuthException").field("code", problem.code);
    out.key("error_data").begin_object().field("messaging_product", "whatsapp");
    out.field("details", problem.details).end_object();
    out.field("fbtrace_id", "AsimulatedTraceOfHaat").end_object().end_object();
    return json_response(problem.http_status, out.take());
}

}  // namespace haat::sim
