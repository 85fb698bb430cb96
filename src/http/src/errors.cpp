#include "errors.hpp"

#include <algorithm>
#include <array>

#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace haat::http {
namespace {

struct CodeStatus {
    std::string_view code;
    int status;
};

/// Where the kind alone does not say enough.
constexpr std::array kByCode{
    CodeStatus{"http.unauthenticated", 401},   CodeStatus{"access.no_session", 401},
    CodeStatus{"access.wrong_sign_in", 401},   CodeStatus{"http.bad_signature", 401},
    CodeStatus{"http.wrong_method", 405},      CodeStatus{"http.too_large", 413},
    CodeStatus{"http.wrong_media_type", 415},  CodeStatus{"access.too_many_sign_ins", 429},
    CodeStatus{"http.too_many_requests", 429}, CodeStatus{"http.phone_refused", 422},
};

std::string_view kind_name(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kInvalid:
            return "invalid";
        case ErrorKind::kNotFound:
            return "not_found";
        case ErrorKind::kConflict:
            return "conflict";
        case ErrorKind::kForbidden:
            return "forbidden";
        case ErrorKind::kUnavailable:
            return "unavailable";
    }
    return "invalid";
}

/// A reason that is a code of its own ("why": "no_step" of messaging.bad_dialogue) as words.
TextParams in_words(const Texts& texts, Language language, std::string_view code,
                    TextParams params) {
    const std::string module(code.substr(0, code.find('.')));
    for (auto& [name, value] : params) {
        const std::string key = module + ".why_" + value;
        if (name == "why" && texts.has(key)) {
            value = texts.text(language, key);
        }
    }
    return params;
}

std::string body_of(const Texts& texts, std::string_view kind, std::string_view code,
                    const TextParams& params) {
    constexpr std::size_t kParamMax = 500;
    constexpr std::size_t kTextMax = 1000;
    JsonWriter json;
    json.begin_object().key("error").begin_object().field("kind", kind).field("code", code);
    json.key("params").begin_object();
    for (const auto& [name, value] : params) {
        json.field(name, first_code_points(value, kParamMax));
    }
    json.end_object();
    const std::string hindi =
        texts.text(Language::kHindi, code, in_words(texts, Language::kHindi, code, params));
    const std::string english =
        texts.text(Language::kEnglish, code, in_words(texts, Language::kEnglish, code, params));
    json.field("text_hi", first_code_points(hindi, kTextMax));
    json.field("text_en", first_code_points(english, kTextMax));
    json.end_object().end_object();
    return json.take();
}

}  // namespace

int status_of(const Error& error) {
    for (const CodeStatus& row : kByCode) {
        if (row.code == error.code) {
            return row.status;
        }
    }
    switch (error.kind) {
        // Malformed is 400; well formed but refused by a rule of a module is 422.
        case ErrorKind::kInvalid:
            return error.code.starts_with("http.") ? 400 : 422;
        case ErrorKind::kNotFound:
            return 404;
        case ErrorKind::kConflict:
            return 409;
        case ErrorKind::kForbidden:
            return 403;
        case ErrorKind::kUnavailable:
            return 503;
    }
    return 400;
}

net::Response error_response(const Texts& texts, const Error& error) {
    net::Response response;
    response.status = status_of(error);
    response.body = body_of(texts, kind_name(error.kind), error.code, error.params);
    if (response.status == 429 || response.status == 503) {
        const auto seconds =
            std::ranges::find(error.params, "seconds", &std::pair<std::string, std::string>::first);
        response.headers.push_back(
            {"Retry-After", seconds == error.params.end() ? "1" : seconds->second});
    }
    return response;
}

net::Response failure_response(const Texts& texts, const std::string& incident) {
    net::Response response;
    response.status = 500;
    response.body = body_of(texts, "failure", "http.failure", {{"incident", incident}});
    return response;
}

}  // namespace haat::http
