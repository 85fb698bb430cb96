/// @file The one dispatch: match, checks, handler, answer. One of the three edges where failures
/// and bugs are caught.
#include "net/server.hpp"

#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <optional>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "call.hpp"
#include "errors.hpp"
#include "guard.hpp"
#include "handlers.hpp"
#include "http/web_server.hpp"
#include "messaging/inbox.hpp"
#include "messaging/tickets.hpp"
#include "net/event_stream.hpp"
#include "net/hmac.hpp"
#include "net/worker_pool.hpp"
#include "router.hpp"
#include "static_files.hpp"
#include "storage/failure.hpp"

namespace haat::http {
namespace {

constexpr std::size_t kApiBodyBytes = 1 << 20;
constexpr std::size_t kHookBodyBytes = 4 << 20;
constexpr std::size_t kQueue = 256;
/// A webhook up to this size is read on the network thread: handing it to another costs more.
constexpr std::size_t kSmallHookBytes = 16 << 10;

/// The pages run under this policy: nothing inline, nothing from elsewhere; a sound may be one that
/// the page asked for by POST ("blob:").
constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

/// What waits for haat, and what for people.
void add_people_waiting(MetricsWriter& out, const Services& services) {
    std::int64_t unanswered = 0;
    messaging::TicketCounts tickets;
    services.database.read([&](storage::Transaction& tx) {
        unanswered = messaging::count_unanswered(tx);
        tickets = messaging::count_tickets(tx, system_viewer(), services.clock.now());
    });
    out.gauge("haat_messages_unanswered", "Messages that haat has not looked at yet.", unanswered);
    out.gauge("haat_tickets_open", "Tickets that are not settled.", tickets.open);
    out.gauge("haat_tickets_overdue", "Open tickets whose deadline has passed.", tickets.late);
    out.gauge("haat_inbox_waiting", "Open tickets that nobody has taken.", tickets.nobodys);
}

void add_common_headers(net::Response& response) {
    response.headers.push_back({"Content-Security-Policy", std::string(kPolicy)});
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    response.headers.push_back({"Referrer-Policy", "no-referrer"});
    response.headers.push_back({"X-Frame-Options", "DENY"});
    response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
    response.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
    response.headers.push_back(
        {"Permissions-Policy", "camera=(self), microphone=(), geolocation=()"});
    for (const net::Header& header : response.headers) {
        if (net::equals_ignoring_case(header.name, "cache-control")) {
            return;
        }
    }
    response.headers.push_back({"Cache-Control", "no-store"});
}

/// What the network refuses by itself, before there is a request.
Error malformed(int status) {
    switch (status) {
        case 408:
            return {ErrorKind::kUnavailable, "http.too_slow", {}};
        case 413:
            return {ErrorKind::kInvalid, "http.too_large", {}};
        case 500:
        case 503:
            return {ErrorKind::kUnavailable, "http.busy", {}};
        default:
            return {ErrorKind::kInvalid, "http.malformed", {}};
    }
}

/// The trace id of a W3C traceparent ("00-<32 hex>-<16 hex>-<2 hex>"), or empty.
std::string_view trace_id_of(std::string_view traceparent) {
    constexpr std::size_t kLength = 55;
    if (traceparent.size() != kLength || traceparent[2] != '-' || traceparent[35] != '-' ||
        traceparent[52] != '-') {
        return {};
    }
    const std::string_view id = traceparent.substr(3, 32);
    return id.find_first_not_of("0123456789abcdef") == std::string_view::npos ? id
                                                                              : std::string_view();
}

}  // namespace

struct WebServer::Impl {
    Impl(const ListenOptions& listen, const Services& handed_in)
        : services(handed_in),
          files(web_files()),
          hooks_limit(listen.hooks_waiting),
          hook_bytes_limit(listen.hook_bytes_waiting),
          work(static_cast<std::size_t>(listen.threads), kQueue),
          writes(static_cast<std::size_t>(listen.threads), kQueue),
          passwords(2, 32) {
        net::ServerOptions options;
        options.host = listen.host;
        options.port = listen.port;
        options.certificate_file = listen.certificate_file;
        options.key_file = listen.key_file;
        options.limits = [](std::string_view, std::string_view path) {
            net::RouteLimits limits;
            limits.max_body_bytes = path.starts_with("/hooks/") ? kHookBodyBytes : kApiBodyBytes;
            return limits;
        };
        options.refusal = [this](int status) {
            net::Response response = error_response(services.texts, malformed(status));
            response.status = status;
            add_common_headers(response);
            return response;
        };
        server.emplace(std::move(options), [this](net::Request request, net::Reply reply) {
            receive(std::move(request), std::move(reply));
        });
    }

    void receive(net::Request request, net::Reply reply);
    [[nodiscard]] net::WorkerPool& pool_for(const Route& route, std::string_view method);
    [[nodiscard]] bool admit_hook(std::size_t bytes);
    net::Response run(const Match& match, const net::Request& request);
    void take_webhook(const Route& route, net::Request request, net::Reply reply,
                      std::int64_t started);
    net::Response without_route(const Match& match, const net::Request& request);
    void finish(const Route* route, const net::Request& request, net::Response response,
                std::int64_t started, net::Reply& reply);
    net::Response failed(std::string_view what, const Route& route);

    const Services& services;
    StaticFiles files;
    const std::size_t hooks_limit;
    const std::size_t hook_bytes_limit;
    std::atomic<std::size_t> hooks_waiting = 0;
    std::atomic<std::size_t> hook_bytes_waiting = 0;
    std::atomic<std::int64_t> hooks_turned_away = 0;
    net::WorkerPool work;
    net::WorkerPool writes;
    net::WorkerPool passwords;
    // Last, so that it is gone before what its handler uses.
    std::optional<net::Server> server;
};

/// On the network thread: files at once, all else on a pool.
void WebServer::Impl::receive(net::Request request, net::Reply reply) {
    const std::int64_t started = services.clock.monotonic_micros();
    const std::string_view method =
        request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
    const Match match = match_route(method, request.path);
    if (match.route == nullptr) {
        finish(nullptr, request, without_route(match, request), started, reply);
        return;
    }
    const Route* route = match.route;
    if (route->takes == Takes::kRaw && request.body.size() <= kSmallHookBytes) {
        take_webhook(*route, std::move(request), std::move(reply), started);
        return;
    }
    net::WorkerPool& pool = pool_for(*route, method);
    // Shared, because a task that the pool refuses is gone with all that it holds.
    struct Pending {
        net::Request request;
        net::Reply reply;
    };
    const auto pending = std::make_shared<Pending>(Pending{std::move(request), std::move(reply)});
    const bool taken = pool.submit([this, pending, route, started] {
        if (route->takes == Takes::kRaw) {
            take_webhook(*route, std::move(pending->request), std::move(pending->reply), started);
            return;
        }
        const std::string_view asked = pending->request.method == "HEAD"
                                           ? std::string_view("GET")
                                           : std::string_view(pending->request.method);
        const Match again = match_route(asked, pending->request.path);
        finish(route, pending->request, run(again, pending->request), started, pending->reply);
    });
    if (!taken) {
        const Error busy{ErrorKind::kUnavailable, "http.busy", {}};
        finish(route, pending->request, error_response(services.texts, busy), started,
               pending->reply);
    }
}

/// Who writes may wait for the disk; who only reads does not wait behind her.
net::WorkerPool& WebServer::Impl::pool_for(const Route& route, std::string_view method) {
    if (route.lane == Lane::kPasswords) {
        return passwords;
    }
    const bool reads = method == "GET" || route.takes == Takes::kRaw;
    return reads ? work : writes;
}

net::Response WebServer::Impl::without_route(const Match& match, const net::Request& request) {
    if (!match.allow.empty()) {
        net::Response response = error_response(
            services.texts, {ErrorKind::kInvalid, "http.wrong_method", {{"allow", match.allow}}});
        response.headers.push_back({"Allow", match.allow});
        return response;
    }
    if (request.method == "GET" || request.method == "HEAD") {
        if (const StaticFile* file = files.find(request.path, request.header("accept"))) {
            return StaticFiles::answer(*file, request);
        }
    } else if (files.find(request.path, "") != nullptr) {
        net::Response response = error_response(
            services.texts, {ErrorKind::kInvalid, "http.wrong_method", {{"allow", "GET, HEAD"}}});
        response.headers.push_back({"Allow", "GET, HEAD"});
        return response;
    }
    return error_response(services.texts, {ErrorKind::kNotFound, "http.no_route", {}});
}

net::Response WebServer::Impl::failed(std::string_view what, const Route& route) {
    const std::string incident = to_hex(net::random_bytes(6));
    log_error("http.failure", {{"incident", incident},
                               {"method", std::string(route.method)},
                               {"route", std::string(route.path)},
                               {"what", std::string(what)}});
    return failure_response(services.texts, incident);
}

/// On a worker thread.
net::Response WebServer::Impl::run(const Match& match, const net::Request& request) {
    const Route& route = *match.route;
    try {
        Call call{.services = services,
                  .request = request,
                  .route = route,
                  .id = 0,
                  .now = services.clock.now(),
                  .viewer = {},
                  .session_token = {},
                  .session_expires_at = {}};
        call.viewer.role = Role::kAuditor;  // until a session says otherwise; never haat itself
        Result<Answer> answer = [&]() -> Result<Answer> {
            HAAT_TRY(check_session(call));
            HAAT_TRY(check_form(call));
            HAAT_TRY(read_id(call, match));
            return route.handler(call);
        }();
        if (!answer) {
            return error_response(services.texts, answer.error());
        }
        net::Response response;
        response.status = answer->status;
        response.content_type = answer->status == 204 ? "" : std::move(answer->content_type);
        response.headers = std::move(answer->headers);
        response.body = std::move(answer->body);
        response.stream = std::move(answer->stream);
        return response;
    } catch (const storage::DiskFull& failure) {
        log_error("http.disk_full", {{"route", std::string(route.path)}});
        return error_response(services.texts, {ErrorKind::kUnavailable, "http.disk_full", {}});
    } catch (const storage::Unavailable& failure) {
        log_error("http.database_away",
                  {{"route", std::string(route.path)}, {"what", failure.what()}});
        return error_response(services.texts, {ErrorKind::kUnavailable, "http.busy", {}});
    } catch (const storage::CommitUnknown& failure) {
        log_error("http.commit_unknown",
                  {{"route", std::string(route.path)}, {"what", failure.what()}});
        return error_response(services.texts, {ErrorKind::kUnavailable, "http.not_known", {}});
    } catch (const Bug& bug) {
        return failed(bug.what(), route);
    } catch (const std::exception& failure) {
        return failed(failure.what(), route);
    }
}

/// False if too much waits for the database already.
bool WebServer::Impl::admit_hook(std::size_t bytes) {
    const std::size_t waiting = hooks_waiting.fetch_add(1) + 1;
    const std::size_t bytes_waiting = hook_bytes_waiting.fetch_add(bytes) + bytes;
    if (waiting <= hooks_limit && bytes_waiting <= hook_bytes_limit) {
        return true;
    }
    --hooks_waiting;
    hook_bytes_waiting -= bytes;
    ++hooks_turned_away;
    return false;
}

/// Answered by the commit that keeps it, on the database's thread; no thread waits for that.
void WebServer::Impl::take_webhook(const Route& route, net::Request request, net::Reply reply,
                                   std::int64_t started) {
    const std::size_t bytes = request.body.size();
    if (!admit_hook(bytes)) {
        const Error busy{ErrorKind::kUnavailable, "http.busy", {}};
        finish(&route, request, error_response(services.texts, busy), started, reply);
        return;
    }
    struct Pending {
        net::Request request;
        net::Reply reply;
        std::atomic<bool> answered{false};
    };
    const auto pending = std::make_shared<Pending>();
    pending->request = std::move(request);
    pending->reply = std::move(reply);
    const auto answer = [this, pending, &route, started, bytes](net::Response response) {
        if (!pending->answered.exchange(true)) {
            --hooks_waiting;
            hook_bytes_waiting -= bytes;
            finish(&route, pending->request, std::move(response), started, pending->reply);
        }
    };
    try {
        take_hook(services, route, pending->request, [this, answer](int status) {
            if (status == 200) {
                net::Response kept;
                kept.content_type.clear();
                answer(std::move(kept));
                return;
            }
            const bool unsigned_one = status == 401;
            const Error error{unsigned_one ? ErrorKind::kForbidden : ErrorKind::kUnavailable,
                              unsigned_one ? "http.bad_signature" : "http.busy",
                              {}};
            answer(error_response(services.texts, error));
        });
    } catch (const std::exception& failure) {
        answer(failed(failure.what(), route));
    }
}

void WebServer::Impl::finish(const Route* route, const net::Request& request,
                             net::Response response, std::int64_t started, net::Reply& reply) {
    const bool is_bare = route != nullptr && route->takes == Takes::kRaw && response.body.empty();
    if (!is_bare) {  // what tells browsers how to treat a page tells a provider nothing
        add_common_headers(response);
    }
    const std::int64_t micros = services.clock.monotonic_micros() - started;
    const std::size_t index =
        route == nullptr ? Metrics::kOther : static_cast<std::size_t>(route - all_routes().data());
    services.metrics.count(index, response.status, micros);
    const std::string_view trace_id = trace_id_of(request.header("traceparent"));
    if (response.status >= 500 || !trace_id.empty()) {
        // The route's pattern, never the path: that may name a person.
        log_info("http.request",
                 {{"method", route == nullptr ? std::string("other") : std::string(route->method)},
                  {"route", route == nullptr ? std::string("other") : std::string(route->path)},
                  {"status", response.status},
                  {"micros", micros},
                  {"trace_id", std::string(trace_id)}});
    }
    reply(std::move(response));
}

WebServer::WebServer(const ListenOptions& listen, const Services& services)
    : impl_(std::make_unique<Impl>(listen, services)) {
    services.metrics.add_source([this](MetricsWriter& out) {
        const net::ServerCounts counts = impl_->server->counts();
        out.gauge("haat_http_connections", "Open connections.",
                  static_cast<std::int64_t>(counts.connections));
        out.counter("haat_http_refused_requests_total", "Malformed requests refused unread.",
                    static_cast<std::int64_t>(counts.refused_requests));
        out.counter("haat_http_cut_total", "Connections closed by a deadline.",
                    static_cast<std::int64_t>(counts.cut));
        out.gauge("haat_http_waiting", "Requests that wait for a thread.",
                  static_cast<std::int64_t>(impl_->work.waiting() + impl_->writes.waiting()));
        out.gauge("haat_hooks_waiting", "Webhooks that wait for the database.",
                  static_cast<std::int64_t>(impl_->hooks_waiting.load()));
        out.counter("haat_hooks_turned_away_total",
                    "Webhooks answered 503 because too many waited; the provider repeats them.",
                    impl_->hooks_turned_away.load());
        add_people_waiting(out, impl_->services);
    });
}

WebServer::~WebServer() { stop(0); }

std::uint16_t WebServer::port() const { return impl_->server->port(); }

void WebServer::stop(int deadline_milliseconds) {
    impl_->services.events.close();
    impl_->server->stop(deadline_milliseconds);
}

}  // namespace haat::http
