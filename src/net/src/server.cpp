#include "net/server.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <thread>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "head.hpp"
#include "server_core.hpp"

namespace haat::net {

namespace {

constexpr std::int64_t kSweepMicros = 200'000;

/// The promise behind a Reply: delivers once on the network thread, or a 500 when dropped.
class ReplyOnce {
 public:
    ReplyOnce(std::shared_ptr<ServerCore> core, Deliver deliver)
        : core_(std::move(core)), deliver_(std::move(deliver)) {}
    ReplyOnce(ReplyOnce&& other) noexcept
        : core_(std::move(other.core_)), deliver_(std::exchange(other.deliver_, nullptr)) {}
    ReplyOnce& operator=(ReplyOnce&&) = delete;
    ~ReplyOnce() {
        if (deliver_) {
            send(core_->refusal(500));
        }
    }

    void operator()(Response response) {
        if (deliver_) {
            send(std::move(response));
        }
    }

 private:
    void send(Response response) {
        core_->deliver(std::exchange(deliver_, nullptr), std::move(response));
    }

    std::shared_ptr<ServerCore> core_;
    Deliver deliver_;
};

Task<void> serve_peer(std::shared_ptr<Peer> peer) {
    peer->expire_in(peer->core.options.header_seconds);
    const bool is_ready = co_await peer->stream->handshake();
    if (!is_ready) {
        co_return;
    }
    if (peer->stream->has_http2()) {
        co_await serve_http2(peer, {});
    } else {
        co_await serve_http1(peer);
    }
}

}  // namespace

Peer::Peer(ServerCore& owner, std::shared_ptr<Stream> connection, std::string remote)
    : core(owner), stream(std::move(connection)), address(std::move(remote)) {
    core.peers.insert(this);
    ++core.peers_by_address[address];
    ++core.open;
}

Peer::~Peer() {
    stream->close();
    core.peers.erase(this);
    if (--core.peers_by_address[address] == 0) {
        core.peers_by_address.erase(address);
    }
    --core.open;
}

void Peer::close() {
    stream->close();
    if (on_close) {
        on_close();
    }
}

void ServerCore::dispatch(Request request, Deliver deliver) {
    ++requests;
    ReplyOnce once(shared_from_this(), std::move(deliver));
    try {
        handler(std::move(request), Reply(std::move(once)));
    } catch (const std::exception& error) {
        log_error("net.handler_failed", {{"what", error.what()}});
    }
}

RouteLimits ServerCore::limits_of(std::string_view method, std::string_view path) const {
    return options.limits ? options.limits(method, path) : RouteLimits{};
}

const std::string& ServerCore::date() {
    const std::int64_t now = system_clock().now().value;
    if (now != date_second_) {
        date_second_ = now;
        constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const std::string iso = iso_utc({now});  // 2026-11-21T15:04:05Z
        const std::int64_t day = now / 86'400;
        const std::size_t month = static_cast<std::size_t>(std::stoi(iso.substr(5, 2)) - 1);
        date_ = std::string(kDays[(day + 4) % 7]) + ", " + iso.substr(8, 2) + " " + kMonths[month] +
                " " + iso.substr(0, 4) + " " + iso.substr(11, 8) + " GMT";
    }
    return date_;
}

void ServerCore::post(std::move_only_function<void()> work) { asio::post(io, std::move(work)); }

void ServerCore::deliver(Deliver to, Response response) {
    if (io.get_executor().running_in_this_thread()) {
        to(std::move(response));
        return;
    }
    const std::lock_guard lock(answers_mutex_);
    answers_.push_back({std::move(to), std::move(response)});
    if (answers_.size() == 1) asio::post(io, [this] { deliver_all(); });
}

void ServerCore::deliver_all() {
    std::vector<Answer> answers;
    {
        const std::lock_guard lock(answers_mutex_);
        answers.swap(answers_);
    }
    for (Answer& answer : answers) {
        answer.to(std::move(answer.response));
    }
}

Response ServerCore::refusal(int status) const {
    if (options.refusal) {
        return options.refusal(status);
    }
    Response response;
    response.status = status;
    response.body = R"({"code":"http.)" + std::to_string(status) + "\"}";
    return response;
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "-";
    }
}

bool is_writable(const Response& response) {
    if (response.status < 200 || response.status > 599 || !is_field_value(response.content_type)) {
        return false;
    }
    for (const Header& header : response.headers) {
        if (!is_token(header.name) || !is_field_value(header.value)) {
            return false;
        }
    }
    return true;
}

struct Server::Impl {
    std::shared_ptr<ServerCore> core;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Timer> sweeper;
    std::uint16_t port = 0;
    std::int64_t cut_at = kNever;
    std::thread thread;

    Task<void> accept_loop();
    void admit(Accepted accepted);
    void sweep();
    void begin_stop(std::int64_t cut_at_moment);
};

Task<void> Server::Impl::accept_loop() {
    while (!core->is_stopping) {
        Accepted accepted = co_await listener->accept();
        if (accepted.stream) {
            admit(std::move(accepted));
        } else if (!core->is_stopping) {
            // Out of descriptors, or the peer went at once: let others run before trying again.
            Waker pause(core->io.get_executor());
            const std::int64_t until = monotonic_now() + 10'000;
            co_await pause.wait(until);
        }
    }
}

void Server::Impl::admit(Accepted accepted) {
    const ServerOptions& options = core->options;
    ++core->accepted;
    const auto same = core->peers_by_address.find(accepted.remote_address);
    const std::size_t count = same == core->peers_by_address.end() ? 0 : same->second;
    const bool is_exempt = options.exempt_loopback && accepted.is_loopback;
    if (core->peers.size() >= options.max_connections ||
        (count >= options.max_connections_per_ip && !is_exempt) || core->is_stopping) {
        ++core->refused_connections;
        accepted.stream->close();
        return;
    }
    std::shared_ptr<Peer> peer =
        std::make_shared<Peer>(*core, std::move(accepted.stream), accepted.remote_address);
    spawn(core->io, serve_peer(std::move(peer)));
}

void Server::Impl::sweep() {
    const std::int64_t now = monotonic_now();
    const bool is_cutting = now >= cut_at;
    // Closing may end a session and erase it from the set, so walk a copy.
    const std::vector<Peer*> open(core->peers.begin(), core->peers.end());
    for (Peer* peer : open) {
        if (!core->peers.contains(peer)) {
            continue;
        }
        if (is_cutting || now > peer->deadline) {
            ++core->cut;
            peer->deadline = kNever;
            peer->close();
        } else if (peer->on_sweep) {
            peer->on_sweep(now);
        }
    }
    if (core->is_stopping && core->peers.empty()) {
        return;  // the last work of the network thread
    }
    sweeper->expires_after(std::chrono::microseconds(core->is_stopping ? 10'000 : kSweepMicros));
    sweeper->async_wait([this](boost::system::error_code) { sweep(); });
}

void Server::Impl::begin_stop(std::int64_t cut_at_moment) {
    core->is_stopping = true;
    cut_at = cut_at_moment;
    listener->close();
    const std::vector<Peer*> open(core->peers.begin(), core->peers.end());
    for (Peer* peer : open) {
        if (!core->peers.contains(peer)) {
            continue;
        }
        if (peer->on_stop) {
            peer->on_stop();
        } else {
            peer->close();  // still shaking hands
        }
    }
    sweeper->cancel();
}

Server::Server(ServerOptions options, Handler handler) : impl_(std::make_unique<Impl>()) {
    impl_->core = std::make_shared<ServerCore>(std::move(options), std::move(handler));
    ServerCore& core = *impl_->core;
    std::shared_ptr<TlsContext> tls;
    if (!core.options.certificate_file.empty()) {
        tls = make_server_tls(core.options.certificate_file, core.options.key_file,
                              core.options.http2);
    }
    impl_->listener = listen(core.io, core.options.host, core.options.port, std::move(tls));
    impl_->port = impl_->listener->port();
    impl_->sweeper = std::make_unique<Timer>(core.io.get_executor());
    spawn(core.io, impl_->accept_loop());
    impl_->sweep();
    impl_->thread = std::thread([&core] { core.io.run(); });
}

Server::~Server() { stop(0); }

std::uint16_t Server::port() const { return impl_->port; }

ServerCounts Server::counts() const {
    const ServerCore& core = *impl_->core;
    return {core.open,     core.accepted,         core.refused_connections,
            core.requests, core.refused_requests, core.cut};
}

void Server::stop(int deadline_milliseconds) {
    if (!impl_->thread.joinable()) {
        return;
    }
    const std::int64_t cut_at = monotonic_now() + deadline_milliseconds * std::int64_t{1000};
    asio::post(impl_->core->io, [this, cut_at] { impl_->begin_stop(cut_at); });
    impl_->thread.join();
    // Replies may keep the core alive; the handler and what it captures must not live that long.
    impl_->core->handler = nullptr;
}

}  // namespace haat::net
