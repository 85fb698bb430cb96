#include "demo_web.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/json_writer.hpp"

namespace haat::app {
namespace {

constexpr int kPauseMilliseconds = 100;
constexpr int kTries = 1200;  // two minutes of pauses

net::ClientOptions options_for(const std::string& base_url) {
    net::ClientOptions options;
    options.base_url = base_url;
    options.protocol = net::Protocol::kHttp1;
    options.deadline_milliseconds = 30'000;
    return options;
}

}  // namespace

boost::json::value WebAnswer::json() const { return boost::json::parse(body); }

WebUser::WebUser(const std::string& base_url) : client_(options_for(base_url)) {}

void WebUser::sign_in(const std::string& login, const std::string& password) {
    JsonWriter json;
    json.begin_object().field("login", login).field("password", password).end_object();
    const boost::json::value session = must_post("/api/session", json.text());
    csrf_token_ = session.at("csrf_token").as_string();
}

WebAnswer WebUser::send(const std::string& method, const std::string& path,
                        const std::string& body) {
    for (int attempt = 1;; ++attempt) {
        net::ClientRequest request;
        request.method = method;
        request.path = path;
        request.body = body;
        if (!cookie_.empty()) {
            request.headers.push_back({"cookie", cookie_});
        }
        if (!csrf_token_.empty()) {
            request.headers.push_back({"x-haat-csrf", csrf_token_});
        }
        const net::ClientResult result = client_.send_blocking(std::move(request));
        const bool answered = result.outcome == net::Outcome::kAnswered && result.status != 503;
        if (answered) {
            if (const std::string_view set = result.header("set-cookie"); !set.empty()) {
                cookie_ = set.substr(0, set.find(';'));
            }
            return {result.status, result.body};
        }
        if (attempt >= kTries) {
            throw std::runtime_error(fmt::format("{} {}: no answer", method, path));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMilliseconds));
    }
}

WebAnswer WebUser::get(const std::string& path) { return send("GET", path, ""); }

WebAnswer WebUser::post(const std::string& path, const std::string& body) {
    return send("POST", path, body);
}

boost::json::value WebUser::must_get(const std::string& path) {
    const WebAnswer answer = get(path);
    if (!answer.ok()) {
        throw std::runtime_error(fmt::format("GET {}: {} {}", path, answer.status, answer.body));
    }
    return answer.json();
}

boost::json::value WebUser::must_post(const std::string& path, const std::string& body) {
    const WebAnswer answer = post(path, body);
    if (!answer.ok()) {
        throw std::runtime_error(
            fmt::format("POST {} {}: {} {}", path, body, answer.status, answer.body));
    }
    return answer.body.empty() ? boost::json::value() : answer.json();
}

}  // namespace haat::app
