/// @file Asio behind a small face: coroutines on one concrete executor, a byte stream that is
/// plain or TLS, and a wake-up. Only stream.cpp pays for compiling sockets and TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace haat::net {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
template <typename T>
using Task = asio::awaitable<T, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Microseconds of base's monotonic clock; what every deadline here is counted in.
[[nodiscard]] std::int64_t monotonic_now();
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kNever = INT64_MAX;

struct IoResult {
    bool is_ok = false;
    std::size_t bytes = 0;  ///< Moved, also when it failed after some.
};

/// A connection. One read and one write may be under way at once; close() ends both.
class Stream {
 public:
    virtual ~Stream() = default;
    /// The TLS handshake; true at once for a plain stream.
    virtual Task<bool> handshake() = 0;
    virtual Task<IoResult> read(std::span<char> into) = 0;
    virtual Task<IoResult> write_some(std::string_view bytes) = 0;
    Task<IoResult> write_all(std::string_view bytes);
    virtual void shutdown_send() noexcept = 0;
    virtual void close() noexcept = 0;
    [[nodiscard]] virtual bool is_secure() const = 0;
    /// ALPN agreed on "h2".
    [[nodiscard]] virtual bool has_http2() const = 0;
    /// True if the peer has not closed and, unless it is TLS, sent nothing: fit to be used again.
    [[nodiscard]] virtual bool is_quiet() = 0;
};

/// Wakes the one coroutine that waits; a wake-up before the wait is remembered.
class Waker {
 public:
    explicit Waker(Executor executor) : timer_(executor) {}
    /// Until wake(), or that moment of monotonic_now().
    Task<void> wait(std::int64_t until = kNever);
    void wake();

 private:
    Timer timer_;
    bool is_woken_ = false;
    bool is_waiting_ = false;
};

struct TlsContext;  ///< OpenSSL's context; made once, shared by connections.

/// @throws Failure if a file cannot be read.
[[nodiscard]] std::shared_ptr<TlsContext> make_server_tls(const std::string& certificate_file,
                                                          const std::string& key_file, bool http2);
struct ClientTlsOptions {
    bool verify_peer = true;
    std::string ca_file;
    bool offer_http1 = true;
    bool offer_http2 = true;
};
[[nodiscard]] std::shared_ptr<TlsContext> make_client_tls(const ClientTlsOptions& options);

/// A new connection; the handshake is the caller's.
struct Accepted {
    std::shared_ptr<Stream> stream;  ///< None if accepting failed.
    std::string remote_address;
    bool is_loopback = false;
};

class Listener {
 public:
    virtual ~Listener() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    virtual Task<Accepted> accept() = 0;
    virtual void close() noexcept = 0;
};

/// @throws Failure if the address cannot be had. `tls` may be none.
[[nodiscard]] std::unique_ptr<Listener> listen(asio::io_context& io, const std::string& host,
                                               std::uint16_t port, std::shared_ptr<TlsContext> tls);

/// An outgoing connection being made: cancel() makes connect() fail soon.
class Connector {
 public:
    virtual ~Connector() = default;
    /// Resolves, connects and shakes hands; none if any of it failed.
    virtual Task<std::shared_ptr<Stream>> connect(const std::string& host, std::uint16_t port) = 0;
    virtual void cancel() noexcept = 0;
};
[[nodiscard]] std::shared_ptr<Connector> make_connector(asio::io_context& io,
                                                        std::shared_ptr<TlsContext> tls);

/// Runs a coroutine by itself; an exception that leaves it is logged.
void spawn(asio::io_context& io, Task<void> task);

}  // namespace haat::net
