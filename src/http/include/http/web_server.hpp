/// @file The web server: everything between a socket and a handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/services.hpp"

namespace haat::http {

struct ListenOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;     ///< 0: the kernel chooses.
    std::string certificate_file;  ///< With key_file: TLS.
    std::string key_file;
    /// For handlers that read; as many again for those that write, so that a slow disk holds up no
    /// page.
    int threads = 4;
    /// Webhooks that may wait for the database. One more is answered 503 at once, and the provider
    /// brings it again: better than a queue that grows until its senders give up.
    std::size_t hooks_waiting = 8'192;
    std::size_t hook_bytes_waiting = 64 << 20;  ///< Likewise; of their bodies.
};

/// Listens from the constructor to stop().
class WebServer {
 public:
    /// @throws net::Failure if the address cannot be had or a certificate cannot be read.
    WebServer(const ListenOptions& listen, const Services& services);
    ~WebServer();
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    /// Takes no more, lets what is running finish for at most that long.
    void stop(int deadline_milliseconds);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::http
