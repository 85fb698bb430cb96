/// @file A TCP proxy that breaks connections where a test says: between haat and PostgreSQL, or
/// between haat and a provider.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace haat::test {

enum class Cut : std::uint8_t {
    kBeforeForward,  ///< What was asked never arrives; both sides see a reset.
    kAfterAnswer,    ///< It arrives and is answered; the answer is lost, both sides see a reset.
    kMidAnswer,      ///< Half of the answer's first bytes come through, then a reset.
    kMute,           ///< It arrives; from then on nothing comes back, and nothing is closed.
};

class ChaosProxy {
 public:
    /// Listens on 127.0.0.1 and connects to that port there.
    explicit ChaosProxy(std::uint16_t upstream_port);
    ~ChaosProxy();
    ChaosProxy(const ChaosProxy&) = delete;
    ChaosProxy& operator=(const ChaosProxy&) = delete;

    /// The next `times` connections that send `needle` (within one read) are cut so.
    void arm(std::string needle, Cut cut, int times = 1);
    /// New connections are reset at once.
    void refuse(bool refuse) { refuse_ = refuse; }
    /// Resets every connection now.
    void cut_all() { ++cut_all_; }

    [[nodiscard]] int cuts() const { return cuts_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    void accept_all();
    void serve(int client);
    [[nodiscard]] bool fires(std::string_view bytes, Cut& cut);

    std::uint16_t upstream_port_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    std::atomic<bool> stop_{false};
    std::atomic<bool> refuse_{false};
    std::atomic<int> cut_all_{0};
    std::atomic<int> cuts_{0};
    std::mutex mutex_;
    std::string needle_;
    Cut cut_ = Cut::kBeforeForward;
    int times_ = 0;
    std::vector<std::jthread> connections_;
    std::jthread acceptor_;
};

}  // namespace haat::test
