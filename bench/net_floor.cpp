/// The least that sending over HTTP/2 can cost: nghttp2's own loop over a socket, no queue, no
/// outcomes, no deadlines. What haat's CPU for a message is compared with (bench/README.md).
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <charconv>
#include <exception>
#include <memory>
#include <vector>

#include "load.hpp"
#include "net/url.hpp"

namespace {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Task = asio::awaitable<void, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr auto kAwaitTuple = asio::as_tuple(kAwait);
using haat::bench::Load;

/// One message on its way.
struct Stream {
    std::string body;
    std::size_t sent = 0;
    std::string answer;
    int status = 0;
};

/// What all connections share.
struct Run {
    const Load& load;
    haat::net::Url url;
    haat::bench::Messages messages;
    haat::bench::Stopwatch watch;
    std::int64_t begun = 0;
    std::int64_t ended = 0;
    std::int64_t not_ok = 0;

    [[nodiscard]] std::int64_t all() const { return load.count + load.warm_up(); }
};

class Connection {
 public:
    explicit Connection(Run& run) : run_(run), authorization_(run.load.authorization()) {
        nghttp2_session_callbacks* callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
        nghttp2_session_client_new(&session_, callbacks, this);
        nghttp2_session_callbacks_del(callbacks);
        const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20},
                                                   {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
        nghttp2_submit_settings(session_, 0, settings, std::size(settings));
        nghttp2_session_set_local_window_size(session_, 0, 0, 1 << 24);
    }
    ~Connection() { nghttp2_session_del(session_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    template <typename Transport>
    Task drive(Transport& transport) {
        std::string out;
        std::vector<std::uint8_t> in(64 * 1024);
        while (run_.ended < run_.all()) {
            fill();
            out.clear();
            const std::uint8_t* bytes = nullptr;
            for (ssize_t n = 0; (n = nghttp2_session_mem_send(session_, &bytes)) > 0;) {
                out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
            }
            if (!out.empty()) {
                const auto [error, count] =
                    co_await asio::async_write(transport, asio::buffer(out), kAwaitTuple);
                if (error) co_return;
            }
            const auto [error, count] =
                co_await transport.async_read_some(asio::buffer(in), kAwaitTuple);
            if (error || nghttp2_session_mem_recv(session_, in.data(), count) < 0) co_return;
            may_fill_ = true;
        }
    }

 private:
    static nghttp2_nv field(std::string_view name, std::string_view value) {
        const auto bytes = [](std::string_view text) {
            return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        };
        return {bytes(name), bytes(value), name.size(), value.size(),
                NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
    }

    /// Before the peer's settings are known only one stream may be open.
    void fill() {
        const std::size_t most = may_fill_ ? run_.load.streams : 1;
        while (open_ < most && run_.begun < run_.all()) {
            auto stream = std::make_unique<Stream>();
            stream->body = run_.messages.make(run_.begun);
            length_ = std::to_string(stream->body.size());
            const nghttp2_nv fields[] = {field(":method", "POST"),
                                         field(":scheme", run_.url.is_https ? "https" : "http"),
                                         field(":authority", run_.url.authority),
                                         field(":path", run_.load.path),
                                         field("authorization", authorization_),
                                         field("content-type", "application/json"),
                                         field("content-length", length_)};
            nghttp2_data_provider provider{};
            provider.source.ptr = stream.get();
            provider.read_callback = body;
            if (nghttp2_submit_request(session_, nullptr, fields, std::size(fields), &provider,
                                       stream.get()) < 0) {
                return;
            }
            static_cast<void>(stream.release());  // closed() takes it back
            ++open_;
            ++run_.begun;
        }
    }

    static ssize_t body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t length,
                        std::uint32_t* flags, nghttp2_data_source* source, void*) {
        Stream& stream = *static_cast<Stream*>(source->ptr);
        const std::size_t count =
            stream.body.copy(reinterpret_cast<char*>(into), length, stream.sent);
        stream.sent += count;
        if (stream.sent == stream.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(count);
    }

    static Stream* of(nghttp2_session* session, std::int32_t id) {
        return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
    }

    static int header(nghttp2_session* session, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_length, const std::uint8_t* value,
                      std::size_t value_length, std::uint8_t, void*) {
        Stream* const stream = of(session, frame->hd.stream_id);
        const std::string_view key(reinterpret_cast<const char*>(name), name_length);
        if (stream != nullptr && key == ":status") {
            const char* const text = reinterpret_cast<const char*>(value);
            std::from_chars(text, text + value_length, stream->status);
        }
        return 0;
    }

    static int data(nghttp2_session* session, std::uint8_t, std::int32_t id,
                    const std::uint8_t* bytes, std::size_t length, void*) {
        if (Stream* const stream = of(session, id)) {
            stream->answer.append(reinterpret_cast<const char*>(bytes), length);
        }
        return 0;
    }

    static int closed(nghttp2_session* session, std::int32_t id, std::uint32_t, void* user) {
        const std::unique_ptr<Stream> stream(of(session, id));
        Connection& self = *static_cast<Connection*>(user);
        Run& run = self.run_;
        --self.open_;
        if (++run.ended == run.load.warm_up()) {
            run.watch.start();
            run.not_ok = 0;
        }
        if (!stream || stream->status != 200) ++run.not_ok;
        return 0;
    }

    Run& run_;
    nghttp2_session* session_ = nullptr;
    std::string authorization_;
    std::string length_;
    std::size_t open_ = 0;
    bool may_fill_ = false;
};

Task run_connection(asio::io_context& io, asio::ssl::context& tls, Run& run) {
    Socket socket(io.get_executor());
    const asio::ip::tcp::endpoint peer(asio::ip::make_address(run.url.host), run.url.port);
    const auto [refused] = co_await socket.async_connect(peer, kAwaitTuple);
    if (refused) co_return;
    socket.set_option(asio::ip::tcp::no_delay(true));
    Connection connection(run);
    if (run.url.is_https) {
        asio::ssl::stream<Socket> secure(std::move(socket), tls);
        constexpr unsigned char kProtocol[] = {2, 'h', '2'};
        SSL_set_alpn_protos(secure.native_handle(), kProtocol, sizeof kProtocol);
        const auto [unsafe] =
            co_await secure.async_handshake(asio::ssl::stream_base::client, kAwaitTuple);
        if (unsafe) co_return;
        co_await connection.drive(secure);
    } else {
        co_await connection.drive(socket);
    }
    io.stop();  // the others still wait for an answer that nothing will ask for
}

}  // namespace

int main(int count, char** words) {
    Load load;
    if (!haat::bench::read_load(count, words, load)) {
        std::fprintf(stderr, "usage: %s URL COUNT PATH BODY_BYTES [CONNECTIONS STREAMS TOKEN]\n",
                     words[0]);
        return 2;
    }
    const std::optional<haat::net::Url> url = haat::net::parse_url(load.url);
    if (!url) return 2;
    try {
        Run run{load, *url, haat::bench::Messages(load.body_bytes), {}};
        asio::io_context io(1);
        asio::ssl::context tls(asio::ssl::context::tls_client);
        tls.set_verify_mode(asio::ssl::verify_none);
        for (std::size_t i = 0; i < load.connections; ++i) {
            asio::co_spawn(io.get_executor(), run_connection(io, tls, run), asio::detached);
        }
        io.run();
        if (run.ended < run.all()) {
            std::fprintf(stderr, "%s: the connections ended early\n", words[0]);
            return 1;
        }
        run.watch.print(load, run.not_ok);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", words[0], error.what());
        return 1;
    }
}
