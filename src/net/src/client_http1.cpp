/// @file One HTTP/1.1 connection of the client: one request at a time, never two on the wire.
#include <boost/beast/core/string_type.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "client_core.hpp"

namespace haat::net {

namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kHeadBytes = 32 * 1024;

class Http1Link final : public ClientLink, public std::enable_shared_from_this<Http1Link> {
 public:
    Http1Link(ClientCore& core, std::shared_ptr<Stream> stream)
        : core_(core), stream_(std::move(stream)), waker_(core.io.get_executor()) {}

    [[nodiscard]] std::size_t capacity() const override { return job_ || is_shut_ ? 0 : 1; }
    [[nodiscard]] bool is_full() const override { return capacity() == 0; }
    [[nodiscard]] bool is_closing() const override { return is_shut_; }
    [[nodiscard]] std::size_t in_flight() const override { return job_ ? 1 : 0; }
    void start(Job job) override {
        job_ = std::move(job);
        waker_.wake();
    }
    void sweep(std::int64_t now) override {
        if (job_ && now > job_.deadline()) {
            is_late_ = true;
            shut();
        } else if (!job_ && !is_shut_ && !stream_->is_quiet()) {
            shut();  // the server has closed it: better known before a request is put on it
        }
    }
    void shut() override {
        is_shut_ = true;
        stream_->close();
        waker_.wake();
    }

    static Task<void> run(std::shared_ptr<Http1Link> self);

 private:
    Task<ClientResult> exchange(bool& can_reuse);
    Task<std::optional<ClientResult>> read_answer(bool& can_reuse);
    std::string render() const;

    ClientCore& core_;
    std::shared_ptr<Stream> stream_;
    Waker waker_;
    Job job_;
    bool is_shut_ = false;
    bool is_late_ = false;
};

Task<void> Http1Link::run(std::shared_ptr<Http1Link> self) {
    bool can_reuse = true;
    while (can_reuse && !self->is_shut_) {
        while (!self->job_ && !self->is_shut_) {
            co_await self->waker_.wait();
        }
        if (!self->job_) break;
        ClientResult result = co_await self->exchange(can_reuse);
        if (!can_reuse) self->shut();
        self->idle_since = monotonic_now();
        self->core_.complete(std::exchange(self->job_, {}), std::move(result));
        if (!self->is_shut_) self->core_.pump();
    }
    if (self->job_) {  // handed over, but closed before a byte of it was written
        ClientResult result;
        result.reason = self->is_late_ ? "deadline" : "connection";
        self->core_.complete(std::exchange(self->job_, {}), std::move(result));
    }
    self->shut();
    self->core_.link_ended(self.get());
}

std::string Http1Link::render() const {
    const BatchRequest& request = job_.request();
    const RequestHead& head = *request.head;
    std::string out;
    out.reserve(512 + request.body.size());
    out.append(head.method()).append(" ").append(core_.url.path).append(head.path());
    out.append(" HTTP/1.1\r\nHost: ").append(core_.url.authority);
    out.append("\r\nUser-Agent: ").append(core_.options.user_agent);
    for (const Header& header : head.headers()) {
        out.append("\r\n").append(header.name).append(": ").append(header.value);
    }
    const bool has_body = !request.body.empty();
    if (has_body) {
        out.append("\r\nContent-Type: ").append(head.content_type());
    }
    if (has_body || head.method() == "POST" || head.method() == "PUT" || head.method() == "PATCH") {
        out.append("\r\nContent-Length: ").append(std::to_string(request.body.size()));
    }
    out.append("\r\n\r\n").append(request.body);
    return out;
}

Task<ClientResult> Http1Link::exchange(bool& can_reuse) {
    can_reuse = false;
    ClientResult result;
    if (!stream_->is_quiet()) {
        result.reason = "connection";  // closed by the server while it was unused
        co_return result;
    }
    const std::string out = render();
    const IoResult written = co_await stream_->write_all(out);
    if (written.bytes < out.size()) {
        result.reason = is_late_ ? "deadline" : "write";
        co_return result;
    }
    job_.tell_written();
    std::optional<ClientResult> answer;
    if (written.is_ok) {
        answer = co_await read_answer(can_reuse);
    }
    if (answer) {
        co_return std::move(*answer);
    }
    can_reuse = false;
    result.outcome = Outcome::kUnknown;
    result.reason = is_late_ ? "deadline" : "no whole answer";
    co_return result;
}

Task<std::optional<ClientResult>> Http1Link::read_answer(bool& can_reuse) {
    std::string buffer;
    std::optional<Parser> parser;
    const auto restart = [&] {
        parser.emplace();
        parser->header_limit(kHeadBytes);
        parser->body_limit(core_.options.max_response_bytes);
        parser->eager(true);
        parser->skip(job_.request().head->method() == "HEAD");
    };
    restart();
    for (;;) {
        while (!buffer.empty() && !parser->is_done()) {
            boost::system::error_code error;
            const std::size_t used =
                parser->put(boost::asio::const_buffer(buffer.data(), buffer.size()), error);
            buffer.erase(0, used);
            if (error && error != http::error::need_more) co_return std::nullopt;
            if (used == 0) break;
        }
        if (parser->is_done()) {
            if (parser->get().result_int() / 100 != 1) break;
            restart();  // 1xx: the real answer follows
            continue;
        }
        const std::size_t had = buffer.size();
        buffer.resize(had + kReadBytes);
        const IoResult got = co_await stream_->read({buffer.data() + had, kReadBytes});
        buffer.resize(had + got.bytes);
        if (got.is_ok) continue;
        boost::system::error_code error = http::error::partial_message;
        if (parser->got_some() && !is_shut_) parser->put_eof(error);
        if (error || !parser->is_done()) co_return std::nullopt;
        break;
    }
    ClientResult result;
    result.outcome = Outcome::kAnswered;
    result.status = static_cast<int>(parser->get().result_int());
    const bool wants_headers = job_.rules().wants_headers;
    for (const auto& field : parser->get()) {
        if (!wants_headers) break;
        Header header{{field.name_string().data(), field.name_string().size()},
                      {field.value().data(), field.value().size()}};
        for (char& c : header.name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        result.headers.push_back(std::move(header));
    }
    // Bytes beyond the answer belong to nothing that was asked: do not read them as the next one.
    can_reuse = parser->keep_alive() && buffer.empty();
    result.body = std::move(parser->get().body());
    co_return result;
}

}  // namespace

MadeLink make_http1_link(ClientCore& core, std::shared_ptr<Stream> stream) {
    std::shared_ptr<Http1Link> link = std::make_shared<Http1Link>(core, std::move(stream));
    return {link, Http1Link::run(link)};
}

}  // namespace haat::net
