/// @file One HTTP/1.1 connection: strict head, body under limits, handler, answer, again.
#include <boost/beast/core/string_type.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "event_stream_core.hpp"
#include "head.hpp"
#include "net/url.hpp"
#include "server_core.hpp"

namespace haat::net {

namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::int64_t kMinBytesPerSecond = 1024;
constexpr std::int64_t kBodyGraceSeconds = 5;

std::string text_of(boost::beast::string_view view) { return {view.data(), view.size()}; }

/// A connection's state between the handler and the session. The handler's answer may come when
/// the session is gone, so answers hold it weakly.
struct Exchange {
    explicit Exchange(Executor executor) : waker(executor) {}
    Waker waker;
    std::optional<Response> response;
    bool is_cut = false;
};

class Session {
 public:
    explicit Session(std::shared_ptr<Peer> peer)
        : peer_(std::move(peer)),
          core_(peer_->core),
          exchange_(std::make_shared<Exchange>(core_.io.get_executor())) {}
    ~Session() { peer_->on_stop = peer_->on_close = nullptr; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Task<void> run();

 private:
    enum class Step : std::uint8_t { kDone, kClose, kHttp2 };

    Task<Step> one_request();
    Task<Step> read_head();
    Task<int> read_body(Parser& parser, const RouteLimits& limits);
    Task<bool> read_more();
    Task<Response> call_handler(Request request);
    Task<Step> write_response(Response response, bool keep_alive, bool is_head);
    Task<void> write_events(Response response);
    Task<void> refuse(int status);
    Task<void> linger();
    void render_head(const Response& response, bool keep_alive);

    std::shared_ptr<Peer> peer_;
    ServerCore& core_;
    std::shared_ptr<Exchange> exchange_;
    std::string buffer_;         ///< Received, not yet used.
    std::size_t head_size_ = 0;  ///< Of the request being read, within buffer_.
    std::int64_t started_ = 0;   ///< The request's first byte.
    bool is_idle_ = false;       ///< Between requests: stop() may close at once.
    std::string out_;
};

Task<void> Session::run() {
    peer_->on_stop = [this] {
        if (is_idle_) {
            peer_->close();
        }
    };
    peer_->on_close = [exchange = exchange_] {
        exchange->is_cut = true;
        exchange->waker.wake();
    };
    Step step = Step::kDone;
    while (step == Step::kDone && !(core_.is_stopping && buffer_.empty())) {
        step = co_await one_request();
    }
    if (step == Step::kHttp2) {
        std::string received = std::move(buffer_);
        co_await serve_http2(peer_, std::move(received));
    }
}

Task<bool> Session::read_more() {
    const std::size_t had = buffer_.size();
    buffer_.resize(had + kReadBytes);
    const IoResult result = co_await peer_->stream->read({buffer_.data() + had, kReadBytes});
    buffer_.resize(had + result.bytes);
    co_return result.is_ok;
}

Task<Session::Step> Session::read_head() {
    started_ = 0;
    std::size_t searched = 0;
    is_idle_ = buffer_.empty();
    peer_->expire_in(core_.options.idle_seconds);
    for (;;) {
        if (!buffer_.empty() && started_ == 0) {
            is_idle_ = false;
            started_ = monotonic_now();
            peer_->deadline = started_ + core_.options.header_seconds * kSecond;
        }
        if (core_.options.http2 && buffer_.starts_with("PRI * HTTP/2.0")) {
            co_return Step::kHttp2;
        }
        const std::size_t end = buffer_.find("\r\n\r\n", searched);
        if (end != std::string::npos) {
            head_size_ = end + 4;
            co_return Step::kDone;
        }
        if (const int status = check_partial_head(buffer_); status != 0) {
            co_await refuse(status);
            co_return Step::kClose;
        }
        searched = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
        if (const bool is_ok = co_await read_more(); !is_ok) {
            co_return Step::kClose;
        }
    }
}

/// Returns 0, or the status of the refusal, or -1 if the connection broke.
Task<int> Session::read_body(Parser& parser, const RouteLimits& limits) {
    const std::int64_t began = monotonic_now();
    const std::int64_t absolute = started_ + limits.deadline_seconds * kSecond;
    std::int64_t received = 0;
    parser.eager(true);
    while (!parser.is_done()) {
        if (!buffer_.empty()) {
            boost::system::error_code error;
            const std::size_t used =
                parser.put(boost::asio::const_buffer(buffer_.data(), buffer_.size()), error);
            buffer_.erase(0, used);
            received += static_cast<std::int64_t>(used);
            if (parser.get().body().size() > limits.max_body_bytes ||
                error == http::error::body_limit) {
                co_return 413;
            }
            if (error && error != http::error::need_more) {
                co_return 400;
            }
            if (used > 0) {
                continue;
            }
            if (buffer_.size() > kMaxHeadBytes) {
                co_return 431;  // a chunk header or trailer without end
            }
        }
        const std::int64_t slowest =
            began + kBodyGraceSeconds * kSecond + received * kSecond / kMinBytesPerSecond;
        peer_->deadline = std::min(absolute, slowest);
        if (const bool is_ok = co_await read_more(); !is_ok) {
            co_return -1;
        }
    }
    co_return 0;
}

Task<Session::Step> Session::one_request() {
    const Step found = co_await read_head();
    if (found != Step::kDone) {
        co_return found;
    }
    const Head head = check_head(std::string_view(buffer_).substr(0, head_size_));
    if (head.refusal != 0) {
        co_await refuse(head.refusal);
        co_return Step::kClose;
    }
    Request request;
    request.method = head.method;
    request.target = head.target;
    const std::size_t mark = head.target.find('?');
    std::optional<std::string> path = decode_path(head.target.substr(0, mark));
    auto query = parse_query(mark == std::string_view::npos ? std::string_view()
                                                            : head.target.substr(mark + 1));
    if (!path || !query) {
        co_await refuse(400);
        co_return Step::kClose;
    }
    request.path = std::move(*path);
    request.query = std::move(*query);
    request.remote_address = peer_->address;
    request.is_secure = peer_->stream->is_secure();
    const RouteLimits limits = core_.limits_of(request.method, request.path);
    if (head.content_length > limits.max_body_bytes) {
        co_await refuse(413);
        co_return Step::kClose;
    }

    Parser parser;
    parser.header_limit(kMaxHeadBytes + 1);
    parser.body_limit(limits.max_body_bytes);
    parser.eager(false);
    boost::system::error_code error;
    parser.put(boost::asio::const_buffer(buffer_.data(), head_size_), error);
    if (error || !parser.is_header_done()) {
        co_await refuse(400);
        co_return Step::kClose;
    }
    // Taken before the body: what a chunked body's trailer adds later must not count as a header.
    for (const auto& field : parser.get()) {
        request.headers.push_back({text_of(field.name_string()), text_of(field.value())});
    }
    const bool keep_alive = head.keep_alive;
    const bool awaits_continue = head.expects_continue && buffer_.size() == head_size_ &&
                                 (head.is_chunked || head.content_length > 0);
    buffer_.erase(0, head_size_);  // `head` points into it: not used from here on
    if (awaits_continue) {
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await peer_->stream->write_all(kContinue);
    }
    const int status = co_await read_body(parser, limits);
    if (status != 0) {
        if (status > 0) {
            co_await refuse(status);
        }
        co_return Step::kClose;
    }
    request.body = std::move(parser.get().body());

    // A fresh exchange for each request: a late answer to an earlier one finds nobody.
    exchange_ = std::make_shared<Exchange>(core_.io.get_executor());
    peer_->on_close = [exchange = exchange_] {
        exchange->is_cut = true;
        exchange->waker.wake();
    };
    peer_->deadline = kNever;
    const std::int64_t answer_by = started_ + limits.deadline_seconds * kSecond;
    const bool is_head = request.method == "HEAD";
    peer_->on_sweep = [core = &core_, exchange = exchange_, answer_by](std::int64_t now) {
        if (now > answer_by && !exchange->response) {
            exchange->response = core->refusal(503);
            exchange->waker.wake();
        }
    };
    Response response = co_await call_handler(std::move(request));
    peer_->on_sweep = nullptr;
    if (exchange_->is_cut) {
        co_return Step::kClose;
    }
    co_return co_await write_response(std::move(response), keep_alive, is_head);
}

Task<Response> Session::call_handler(Request request) {
    std::weak_ptr<Exchange> weak = exchange_;
    core_.dispatch(std::move(request), [weak](Response response) {
        const std::shared_ptr<Exchange> exchange = weak.lock();
        if (exchange && !exchange->response) {
            exchange->response = std::move(response);
            exchange->waker.wake();
        }
    });
    while (!exchange_->response && !exchange_->is_cut) {
        co_await exchange_->waker.wait();
    }
    Response response = exchange_->response ? std::move(*exchange_->response) : core_.refusal(503);
    co_return response;
}

void Session::render_head(const Response& response, bool keep_alive) {
    out_ = "HTTP/1.1 ";
    out_ += std::to_string(response.status);
    out_ += ' ';
    out_ += reason_phrase(response.status);
    out_ += "\r\nDate: ";
    out_ += core_.date();
    if (!response.content_type.empty() && response.status != 204 && response.status != 304) {
        out_ += "\r\nContent-Type: ";
        out_ += response.content_type;
    }
    for (const Header& header : response.headers) {
        out_ += "\r\n";
        out_ += header.name;
        out_ += ": ";
        out_ += header.value;
    }
    if (!response.stream && response.status != 204 && response.status != 304) {
        out_ += "\r\nContent-Length: ";
        out_ += std::to_string(response.body.size());
    }
    out_ += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
}

Task<Session::Step> Session::write_response(Response response, bool keep_alive, bool is_head) {
    if (response.is_cut) {
        co_return Step::kClose;
    }
    if (!is_writable(response)) {
        response = core_.refusal(500);
    }
    if (response.stream && !is_head) {
        co_await write_events(std::move(response));
        co_return Step::kClose;
    }
    keep_alive = keep_alive && !core_.is_stopping;
    render_head(response, keep_alive);
    const bool has_body = !is_head && response.status != 204 && response.status != 304;
    constexpr std::size_t kCopyBytes = 64 * 1024;
    const bool in_one = has_body && response.body.size() <= kCopyBytes;
    if (in_one) {
        out_ += response.body;
    }
    peer_->deadline =
        monotonic_now() + core_.options.idle_seconds * kSecond +
        static_cast<std::int64_t>(response.body.size()) * kSecond / kMinBytesPerSecond;
    IoResult result = co_await peer_->stream->write_all(out_);
    if (result.is_ok && has_body && !in_one) {
        result = co_await peer_->stream->write_all(response.body);
    }
    if (result.is_ok && !keep_alive) {
        co_await linger();
    }
    co_return result.is_ok&& keep_alive ? Step::kDone : Step::kClose;
}

/// Notices the peer's going, which shows only as the end of a read.
Task<void> watch_for_end(std::shared_ptr<Stream> stream, std::shared_ptr<Exchange> exchange) {
    char byte = 0;
    co_await stream->read({&byte, 1});
    exchange->is_cut = true;
    exchange->waker.wake();
}

Task<void> Session::write_events(Response response) {
    const std::shared_ptr<EventStream::Core> events = response.stream->core();
    const std::shared_ptr<Exchange> exchange = exchange_;
    response.content_type = "text/event-stream; charset=utf-8";
    response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back({"X-Accel-Buffering", "no"});
    render_head(response, false);
    std::weak_ptr<Exchange> weak = exchange;
    events->attach([core = core_.shared_from_this(), weak] {
        core->post([weak] {
            if (const std::shared_ptr<Exchange> waiting = weak.lock()) {
                waiting->waker.wake();
            }
        });
    });
    peer_->on_stop = [exchange] {
        exchange->is_cut = true;
        exchange->waker.wake();
    };
    spawn(core_.io, watch_for_end(peer_->stream, exchange));
    bool is_closed = core_.is_stopping;
    while (!exchange->is_cut) {
        out_ += events->take(is_closed);
        if (!out_.empty()) {
            peer_->expire_in(core_.options.idle_seconds);
            const IoResult result = co_await peer_->stream->write_all(out_);
            peer_->deadline = kNever;
            out_.clear();
            if (!result.is_ok) {
                break;
            }
            continue;
        }
        if (is_closed) {
            break;
        }
        const std::int64_t beat = monotonic_now() + core_.options.heartbeat_seconds * kSecond;
        co_await exchange->waker.wait(beat);
        if (monotonic_now() >= beat) {
            out_ = ":\n\n";
        }
    }
    events->end();
    peer_->stream->close();  // ends the watch
}

Task<void> Session::refuse(int status) {
    ++core_.refused_requests;
    const Response response = core_.refusal(status);
    render_head(response, false);
    out_ += response.body;
    peer_->expire_in(core_.options.idle_seconds);
    const IoResult result = co_await peer_->stream->write_all(out_);
    if (result.is_ok) {
        co_await linger();
    }
}

/// Closing with unread bytes would reset the connection and could destroy the answer on its way,
/// so read on for a moment.
Task<void> Session::linger() {
    constexpr std::size_t kMostBytes = 16 << 20;
    constexpr std::int64_t kSeconds = 2;
    peer_->stream->shutdown_send();
    peer_->expire_in(kSeconds);
    std::size_t total = 0;
    is_idle_ = true;
    while (total < kMostBytes) {
        buffer_.resize(kReadBytes);
        const IoResult result = co_await peer_->stream->read({buffer_.data(), kReadBytes});
        if (!result.is_ok) {
            break;
        }
        total += result.bytes;
    }
}

}  // namespace

Task<void> serve_http1(std::shared_ptr<Peer> peer) {
    Session session(std::move(peer));
    co_await session.run();
}

}  // namespace haat::net
