#include "chaos_proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace haat::test {
namespace {

constexpr int kTickMilliseconds = 20;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Closed by RST, not FIN.
void reset(int fd) {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd);
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

ChaosProxy::ChaosProxy(std::uint16_t upstream_port) : upstream_port_(upstream_port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("chaos proxy: cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
}

ChaosProxy::~ChaosProxy() {
    stop_ = true;
    acceptor_.join();
    connections_.clear();
    ::close(listener_);
}

void ChaosProxy::arm(std::string needle, Cut cut, int times) {
    const std::lock_guard lock(mutex_);
    needle_ = std::move(needle);
    cut_ = cut;
    times_ = times;
}

bool ChaosProxy::fires(std::string_view bytes, Cut& cut) {
    const std::lock_guard lock(mutex_);
    if (times_ == 0 || bytes.find(needle_) == std::string_view::npos) {
        return false;
    }
    --times_;
    ++cuts_;
    cut = cut_;
    return true;
}

void ChaosProxy::accept_all() {
    while (!stop_) {
        pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, kTickMilliseconds) <= 0) {
            continue;
        }
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) {
            continue;
        }
        if (refuse_) {
            reset(client);
            continue;
        }
        connections_.emplace_back([this, client] { serve(client); });
    }
}

void ChaosProxy::serve(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(upstream_port_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        reset(client);
        ::close(server);
        return;
    }
    const int cut_all_before = cut_all_;
    bool fired = false;
    Cut cut = Cut::kBeforeForward;
    std::array<char, 65536> buffer{};
    bool open = true;
    while (open && !stop_ && cut_all_ == cut_all_before) {
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), kTickMilliseconds) <= 0) {
            continue;
        }
        if (ends[0].revents != 0) {
            const ssize_t size = ::recv(client, buffer.data(), buffer.size(), 0);
            const std::string_view bytes(buffer.data(),
                                         size > 0 ? static_cast<std::size_t>(size) : 0);
            if (!fired && fires(bytes, cut)) {
                fired = true;
                if (cut == Cut::kBeforeForward) {
                    break;
                }
            }
            open = size > 0 && send_all(server, bytes);
        }
        if (open && ends[1].revents != 0) {
            const ssize_t size = ::recv(server, buffer.data(), buffer.size(), 0);
            std::string_view bytes(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
            if (fired && cut == Cut::kMute) {
                continue;  // swallowed; nobody is told
            }
            if (fired && cut == Cut::kMidAnswer) {
                bytes = bytes.substr(0, bytes.size() / 2);
                (void)send_all(client, bytes);
            }
            if (fired) {
                break;
            }
            open = size > 0 && send_all(client, bytes);
        }
    }
    reset(client);
    reset(server);
}

}  // namespace haat::test
