#include "guard.hpp"

#include "access/sessions.hpp"
#include "base/text.hpp"
#include "net/url.hpp"
#include "reader.hpp"
#include "registry/places.hpp"

namespace haat::http {
namespace {

/// "a, b, c" -> "c": the entry that the nearest proxy wrote.
std::string_view last_entry(std::string_view list) {
    const std::size_t comma = list.rfind(',');
    return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

bool is_own_origin(std::string_view origin, const net::Request& request,
                   const WebSettings& settings) {
    const auto url = net::parse_url(origin);
    if (!url) {
        return false;  // also "null", which sandboxed and redirected pages send
    }
    std::string_view host = request.header("host");
    if (settings.behind_proxy && !request.header("x-forwarded-host").empty()) {
        host = last_entry(request.header("x-forwarded-host"));
    }
    if (net::equals_ignoring_case(url->authority, host)) {
        return true;
    }
    const auto own = net::parse_url(settings.public_url);
    return own && own->is_https == url->is_https &&
           net::equals_ignoring_case(own->authority, url->authority);
}

bool is_json(std::string_view content_type) {
    const std::size_t semicolon = content_type.find(';');
    return net::equals_ignoring_case(trim(content_type.substr(0, semicolon)), "application/json");
}

}  // namespace

std::string cookie(const net::Request& request, std::string_view name) {
    std::string found;
    int times = 0;
    for (const net::Header& header : request.headers) {
        if (!net::equals_ignoring_case(header.name, "cookie")) {
            continue;
        }
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const std::size_t semicolon = rest.find(';');
            const std::string_view one = trim(rest.substr(0, semicolon));
            rest = semicolon == std::string_view::npos ? std::string_view()
                                                       : rest.substr(semicolon + 1);
            const std::size_t equals = one.find('=');
            if (equals != std::string_view::npos && one.substr(0, equals) == name) {
                found = one.substr(equals + 1);
                ++times;
            }
        }
    }
    return times == 1 ? found : std::string();
}

std::string client_address(const net::Request& request, const WebSettings& settings) {
    const std::string_view forwarded = request.header("x-forwarded-for");
    if (settings.behind_proxy && !forwarded.empty()) {
        return std::string(last_entry(forwarded));
    }
    return request.remote_address;
}

bool is_secure(const net::Request& request, const WebSettings& settings) {
    return request.is_secure || settings.secure_cookies || settings.behind_proxy;
}

Result<void> check_form(const Call& call) {
    const net::Request& request = call.request;
    if (call.route.takes == Takes::kNothing) {
        if (!request.body.empty()) {
            return refuse(ErrorKind::kInvalid, "http.unexpected_body");
        }
    } else if (!is_json(request.header("content-type"))) {
        return refuse(ErrorKind::kInvalid, "http.wrong_media_type");
    }
    const bool changes = request.method != "GET" && request.method != "HEAD";
    if (changes && call.route.takes != Takes::kRaw) {
        const std::string_view origin = request.header("origin");
        const bool other_site =
            (!origin.empty() && !is_own_origin(origin, request, call.services.settings)) ||
            request.header("sec-fetch-site") == "cross-site";
        if (other_site) {
            return refuse(ErrorKind::kForbidden, "http.foreign_origin");
        }
    }
    return {};
}

Result<void> check_session(Call& call) {
    if (call.route.permit.is_open()) {
        return {};
    }
    const std::string token = cookie(call.request, kSessionCookie);
    if (token.empty()) {
        return refuse(ErrorKind::kForbidden, "http.unauthenticated");
    }
    const auto found = call.services.database.read([&](storage::Transaction& tx) {
        return access::viewer_for(tx, token, registry::place_range, call.now);
    });
    if (!found) {
        return refuse(ErrorKind::kForbidden, "http.unauthenticated");
    }
    call.viewer = found->viewer;
    call.session_token = token;
    call.session_expires_at = found->expires_at;
    if (call.request.method != "GET" &&
        !access::csrf_token_fits(token, call.request.header("x-haat-csrf"))) {
        return refuse(ErrorKind::kForbidden, "http.csrf");
    }
    if (!call.route.permit.allows(call.viewer.role)) {
        return refuse(ErrorKind::kForbidden, "http.role");
    }
    if (found->touch_due) {
        // Nobody waits for that: a page must open while the disk is slow.
        call.services.database.write_async(
            [kept = std::string(token), now = call.now](storage::Transaction& tx) {
                access::touch_session(tx, kept, now);
                return storage::Database::Keep::kYes;
            },
            [](const std::exception_ptr&) {});
    }
    return {};
}

Result<void> read_id(Call& call, const Match& match) {
    if (match.id_name.empty()) {
        return {};
    }
    const auto id = parse_integer(match.id_text);
    const bool canonical = id && *id >= 1 && *id <= kMaxId && std::to_string(*id) == match.id_text;
    if (!canonical) {
        return std::unexpected(bad_field(match.id_name));
    }
    call.id = *id;
    return {};
}

}  // namespace haat::http
