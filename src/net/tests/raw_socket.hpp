/// @file Blocking sockets for tests: what a peer writes and reads byte by byte.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace haat::net {

/// One end of a connection. Reads give up after `kPatience`.
class RawSocket {
 public:
    explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
    RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    RawSocket& operator=(RawSocket&&) = delete;
    ~RawSocket() { close(); }

    static RawSocket connect(std::uint16_t port) {
        RawSocket socket(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(port);
        if (::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address),
                      sizeof address) != 0) {
            socket.close();
        }
        return socket;
    }

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }

    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// Some bytes; empty at the end, on an error, or after the patience.
    std::string read_some(int patience_milliseconds = 5000) {
        pollfd wait{descriptor_, POLLIN, 0};
        if (::poll(&wait, 1, patience_milliseconds) <= 0) return {};
        std::string bytes(65536, '\0');
        const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }

    std::string read_until(std::string_view mark) {
        std::string all;
        while (!all.contains(mark)) {
            const std::string part = read_some();
            if (part.empty()) break;
            all += part;
        }
        return all;
    }

    std::string read_to_end() {
        std::string all;
        for (std::string part = read_some(); !part.empty(); part = read_some()) all += part;
        return all;
    }

    /// Closes with a reset instead of an orderly end.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void close() {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = -1;
    }

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

 private:
    int descriptor_;
};

/// Listens on a port of the kernel's choice.
class RawListener {
 public:
    RawListener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const sockaddr_in address = RawSocket::loopback(0);
        ::bind(socket_.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        ::listen(socket_.descriptor(), 16);
        sockaddr_in bound{};
        socklen_t length = sizeof bound;
        ::getsockname(socket_.descriptor(), reinterpret_cast<sockaddr*>(&bound), &length);
        port_ = ntohs(bound.sin_port);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    RawSocket accept(int patience_milliseconds = 5000) {
        pollfd wait{socket_.descriptor(), POLLIN, 0};
        if (::poll(&wait, 1, patience_milliseconds) <= 0) return RawSocket(-1);
        return RawSocket(::accept(socket_.descriptor(), nullptr, nullptr));
    }
    void close() { socket_.close(); }

 private:
    RawSocket socket_;
    std::uint16_t port_ = 0;
};

}  // namespace haat::net
