#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <type_traits>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "io.hpp"
#include "net/http.hpp"

namespace haat::net {

namespace {

using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using TlsSocket = asio::ssl::stream<Socket>;
constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr auto kAwaitTuple = asio::as_tuple(kAwait);

}  // namespace

struct TlsContext {
    asio::ssl::context context;
    bool verify_peer = false;
    bool offers_http2 = false;
    std::string alpn;  ///< As on the wire: each name after its length.
};

namespace {

/// `Inner` is Socket or TlsSocket.
template <typename Inner>
class SocketStream final : public Stream {
 public:
    static constexpr bool kTls = std::is_same_v<Inner, TlsSocket>;

    SocketStream(Inner inner, std::shared_ptr<TlsContext> tls, bool is_server)
        : tls_(std::move(tls)), inner_(std::move(inner)), is_server_(is_server) {}

    Inner& inner() { return inner_; }

    Task<bool> handshake() override {
        if constexpr (kTls) {
            const auto [error] = co_await inner_.async_handshake(
                is_server_ ? asio::ssl::stream_base::server : asio::ssl::stream_base::client,
                kAwaitTuple);
            co_return !error;
        } else {
            co_return true;
        }
    }

    Task<IoResult> read(std::span<char> into) override {
        const auto [error, count] =
            co_await inner_.async_read_some(asio::buffer(into.data(), into.size()), kAwaitTuple);
        co_return IoResult{!error, count};
    }

    Task<IoResult> write_some(std::string_view bytes) override {
        const auto [error, count] =
            co_await inner_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kAwaitTuple);
        // A TLS record may have left, whole, before the error was seen; count it as gone.
        const std::size_t gone = error && kTls ? bytes.size() : count;
        co_return IoResult{!error, gone};
    }

    void shutdown_send() noexcept override {
        boost::system::error_code ignored;
        socket().shutdown(Socket::shutdown_send, ignored);
    }

    void close() noexcept override {
        boost::system::error_code ignored;
        socket().close(ignored);
    }

    [[nodiscard]] bool is_secure() const override { return kTls; }

    [[nodiscard]] bool has_http2() const override {
        if constexpr (kTls) {
            const unsigned char* name = nullptr;
            unsigned length = 0;
            SSL_get0_alpn_selected(const_cast<TlsSocket&>(inner_).native_handle(), &name, &length);
            return length == 2 && name[0] == 'h' && name[1] == '2';
        } else {
            return false;
        }
    }

    [[nodiscard]] bool is_quiet() override {
        char byte = 0;
        const ssize_t count = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        if (kTls && count > 0) return true;  // TLS talks by itself: session tickets
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

 private:
    Socket& socket() {
        if constexpr (kTls) {
            return inner_.next_layer();
        } else {
            return inner_;
        }
    }

    std::shared_ptr<TlsContext> tls_;  // outlives the connection made from it
    Inner inner_;
    bool is_server_;
};

std::shared_ptr<Stream> wrap(Socket socket, const std::shared_ptr<TlsContext>& tls, bool server) {
    boost::system::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    if (tls) {
        TlsSocket inner(std::move(socket), tls->context);
        return std::make_shared<SocketStream<TlsSocket>>(std::move(inner), tls, server);
    }
    return std::make_shared<SocketStream<Socket>>(std::move(socket), tls, server);
}

class TcpListener final : public Listener {
 public:
    TcpListener(asio::io_context& io, const std::string& host, std::uint16_t port,
                std::shared_ptr<TlsContext> tls)
        : acceptor_(io.get_executor()), tls_(std::move(tls)) {
        try {
            const Tcp::endpoint endpoint(asio::ip::make_address(host), port);
            acceptor_.open(endpoint.protocol());
            acceptor_.set_option(Tcp::acceptor::reuse_address(true));
            acceptor_.bind(endpoint);
            acceptor_.listen(1024);
        } catch (const boost::system::system_error& error) {
            throw Failure("cannot listen on " + host + ":" + std::to_string(port) + ": " +
                          error.code().message());
        }
    }

    [[nodiscard]] std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

    Task<Accepted> accept() override {
        auto [error, socket] = co_await acceptor_.async_accept(kAwaitTuple);
        Accepted accepted;
        if (error) {
            co_return accepted;
        }
        boost::system::error_code gone;
        const Tcp::endpoint remote = socket.remote_endpoint(gone);
        if (gone) {
            co_return accepted;
        }
        accepted.remote_address = remote.address().to_string();
        accepted.is_loopback = remote.address().is_loopback();
        accepted.stream = wrap(std::move(socket), tls_, true);
        co_return accepted;
    }

    void close() noexcept override {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
    }

 private:
    Acceptor acceptor_;
    std::shared_ptr<TlsContext> tls_;
};

class TcpConnector final : public Connector {
 public:
    TcpConnector(asio::io_context& io, std::shared_ptr<TlsContext> tls)
        : io_(io), resolver_(io.get_executor()), socket_(io.get_executor()), tls_(std::move(tls)) {}

    Task<std::shared_ptr<Stream>> connect(const std::string& host, std::uint16_t port) override {
        const std::string service = std::to_string(port);
        auto [resolve_error, endpoints] =
            co_await resolver_.async_resolve(host, service, kAwaitTuple);
        if (resolve_error || is_cancelled_) {
            co_return nullptr;
        }
        for (const auto& entry : endpoints) {
            boost::system::error_code ignored;
            socket_.close(ignored);
            const Tcp::endpoint endpoint = entry.endpoint();
            const auto [error] = co_await socket_.async_connect(endpoint, kAwaitTuple);
            if (is_cancelled_) {
                co_return nullptr;
            }
            if (!error) {
                co_return co_await shake_hands(host);
            }
        }
        co_return nullptr;
    }

    void cancel() noexcept override {
        is_cancelled_ = true;
        boost::system::error_code ignored;
        resolver_.cancel();
        socket_.close(ignored);
        if (stream_) {
            stream_->close();
        }
    }

 private:
    Task<std::shared_ptr<Stream>> shake_hands(const std::string& host) {
        stream_ = wrap(std::move(socket_), tls_, false);
        socket_ = Socket(io_.get_executor());
        if (tls_) {
            auto& tls_stream = static_cast<SocketStream<TlsSocket>&>(*stream_);
            SSL* ssl = tls_stream.inner().native_handle();
            boost::system::error_code not_an_address;
            asio::ip::make_address(host, not_an_address);
            if (not_an_address) {
                SSL_set_tlsext_host_name(ssl, host.c_str());
            }
            SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(tls_->alpn.data()),
                                static_cast<unsigned>(tls_->alpn.size()));
            if (tls_->verify_peer) {
                tls_stream.inner().set_verify_callback(asio::ssl::host_name_verification(host));
            }
        }
        const bool is_ok = co_await stream_->handshake();
        std::shared_ptr<Stream> stream = std::move(stream_);
        co_return is_ok && !is_cancelled_ ? std::move(stream) : nullptr;
    }

    asio::io_context& io_;
    Resolver resolver_;
    Socket socket_;
    std::shared_ptr<TlsContext> tls_;
    std::shared_ptr<Stream> stream_;
    bool is_cancelled_ = false;
};

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                unsigned in_length, void* argument) {
    const auto* tls = static_cast<const TlsContext*>(argument);
    const int found =
        SSL_select_next_proto(const_cast<unsigned char**>(out), out_length,
                              reinterpret_cast<const unsigned char*>(tls->alpn.data()),
                              static_cast<unsigned>(tls->alpn.size()), in, in_length);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::string alpn_names(bool http2, bool http1) {
    std::string names;
    if (http2) {
        names += "\x02h2";
    }
    if (http1) {
        names += "\x08http/1.1";
    }
    return names;
}

}  // namespace

std::int64_t monotonic_now() { return system_clock().monotonic_micros(); }

Task<IoResult> Stream::write_all(std::string_view bytes) {
    IoResult total{true, 0};
    while (total.bytes < bytes.size()) {
        const IoResult part = co_await write_some(bytes.substr(total.bytes));
        total.bytes += part.bytes;
        if (!part.is_ok) {
            total.is_ok = false;
            break;
        }
    }
    co_return total;
}

Task<void> Waker::wait(std::int64_t until) {
    if (!is_woken_) {
        if (until == kNever) {
            timer_.expires_at(Timer::time_point::max());
        } else {
            timer_.expires_after(std::chrono::microseconds(until - monotonic_now()));
        }
        is_waiting_ = true;
        co_await timer_.async_wait(kAwaitTuple);
        is_waiting_ = false;
    }
    is_woken_ = false;
}

void Waker::wake() {
    is_woken_ = true;
    if (std::exchange(is_waiting_, false)) timer_.cancel();
}

std::shared_ptr<TlsContext> make_server_tls(const std::string& certificate_file,
                                            const std::string& key_file, bool http2) {
    auto tls = std::make_shared<TlsContext>(asio::ssl::context(asio::ssl::context::tls_server));
    try {
        tls->context.use_certificate_chain_file(certificate_file);
        tls->context.use_private_key_file(key_file, asio::ssl::context::pem);
    } catch (const boost::system::system_error& error) {
        throw Failure("cannot use " + certificate_file + " with " + key_file + ": " +
                      error.code().message());
    }
    SSL_CTX* raw = tls->context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(
        raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
    tls->offers_http2 = http2;
    tls->alpn = alpn_names(http2, true);
    SSL_CTX_set_alpn_select_cb(raw, choose_alpn, tls.get());
    return tls;
}

std::shared_ptr<TlsContext> make_client_tls(const ClientTlsOptions& options) {
    auto tls = std::make_shared<TlsContext>(asio::ssl::context(asio::ssl::context::tls_client));
    SSL_CTX_set_min_proto_version(tls->context.native_handle(), TLS1_2_VERSION);
    tls->verify_peer = options.verify_peer;
    tls->offers_http2 = options.offer_http2;
    tls->alpn = alpn_names(options.offer_http2, options.offer_http1);
    tls->context.set_verify_mode(options.verify_peer ? asio::ssl::verify_peer
                                                     : asio::ssl::verify_none);
    try {
        if (options.ca_file.empty()) {
            tls->context.set_default_verify_paths();
        } else {
            tls->context.load_verify_file(options.ca_file);
        }
    } catch (const boost::system::system_error& error) {
        throw Failure("cannot read " + options.ca_file + ": " + error.code().message());
    }
    return tls;
}

std::unique_ptr<Listener> listen(asio::io_context& io, const std::string& host, std::uint16_t port,
                                 std::shared_ptr<TlsContext> tls) {
    return std::make_unique<TcpListener>(io, host, port, std::move(tls));
}

std::shared_ptr<Connector> make_connector(asio::io_context& io, std::shared_ptr<TlsContext> tls) {
    return std::make_shared<TcpConnector>(io, std::move(tls));
}

void spawn(asio::io_context& io, Task<void> task) {
    asio::co_spawn(io.get_executor(), std::move(task), [](std::exception_ptr thrown) {
        if (!thrown) {
            return;
        }
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            log_error("net.task_failed", {{"what", error.what()}});
        }
    });
}

}  // namespace haat::net
