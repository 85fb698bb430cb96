/// @file HTTP server: 1.1 and 2 (h2c by prior knowledge, or ALPN with TLS) on one port, one network
/// thread. Malformed requests are refused and the connection closed, never repaired (smuggling);
/// every wait has a deadline (slowloris).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace haat::net {

/// Decided per request, after its headers and before its body.
struct RouteLimits {
    std::size_t max_body_bytes = 1 << 20;  ///< Beyond it 413.
    int deadline_seconds = 30;  ///< From the first byte to the answer; beyond it 503 or a cut.
};

struct ServerOptions {
    std::string host = "127.0.0.1";  ///< An address of this machine; "0.0.0.0" or "::" for all.
    std::uint16_t port = 0;          ///< 0: the kernel chooses, Server::port() tells.
    std::string certificate_file;    ///< PEM chain; with `key_file` set, TLS only.
    std::string key_file;
    bool http2 = true;
    std::uint32_t http2_streams = 128;  ///< At once on one connection.
    std::size_t max_connections = 4096;
    std::size_t max_connections_per_ip = 64;
    bool exempt_loopback = true;  ///< The per-IP limit does not count this machine (a proxy).
    int header_seconds = 10;      ///< From a request's first byte to the end of its headers.
    int idle_seconds = 30;        ///< Between requests, and for a peer that does not read.
    int heartbeat_seconds = 15;   ///< Between comments on a silent event stream.
    /// Called on the network thread with (method, decoded path).
    std::function<RouteLimits(std::string_view, std::string_view)> limits;
    /// Makes what the server answers by itself (400, 408, 413, 431, 500, 503), in the words of who
    /// uses it; without it a bare JSON code. Called on the network thread; must not throw.
    std::function<Response(int status)> refusal;
};

struct ServerCounts {
    std::uint64_t connections = 0;          ///< Open now.
    std::uint64_t accepted = 0;             ///< Since the start.
    std::uint64_t refused_connections = 0;  ///< Beyond a connection limit.
    std::uint64_t requests = 0;             ///< Handed to the handler.
    std::uint64_t refused_requests = 0;     ///< Answered 4xx by the server itself.
    std::uint64_t cut = 0;                  ///< Connections closed by a deadline.
};

/// Listens from the constructor to stop(). The handler is called on the server's own thread.
class Server {
 public:
    /// @throws Failure if the address cannot be had or a certificate cannot be read.
    Server(ServerOptions options, Handler handler);
    /// Stops with a deadline of 0.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] ServerCounts counts() const;

    /// Accepts no more, closes event streams and idle connections, lets requests in flight finish
    /// for at most that long, then cuts. Returns when the thread has ended; repeating is harmless.
    void stop(int deadline_milliseconds = 10'000);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::net
