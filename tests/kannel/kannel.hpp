/// @file A real Kannel of a test's own: packaging/kannel.conf with other ports and folders.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace haat::test {

struct KannelPorts {
    std::uint16_t admin = 0;
    std::uint16_t smsbox = 0;
    std::uint16_t sendsms = 0;
};

class Kannel {
 public:
    /// Writes the configuration into a new folder; starts nothing.
    /// @param haat_port  Where reports and messages go.
    Kannel(std::uint16_t smsc_port, std::uint16_t haat_port);
    /// Kills both processes and removes the folder.
    ~Kannel();
    Kannel(const Kannel&) = delete;
    Kannel& operator=(const Kannel&) = delete;

    void start_bearerbox();
    void start_smsbox();
    void kill_bearerbox();  ///< SIGKILL; returns when it is gone.
    void kill_smsbox();
    /// Waits until sendsms answers and the SMS centre is bound; false after a minute.
    [[nodiscard]] bool wait_until_ready() const;
    /// Messages in Kannel's store, as its status page says; -1 if it does not answer.
    [[nodiscard]] std::string status() const;
    /// The end of both logs, for a failed test.
    [[nodiscard]] std::string logs() const;

    [[nodiscard]] const KannelPorts& ports() const { return ports_; }

 private:
    [[nodiscard]] pid_t start(const char* program, const std::string& output) const;

    std::string folder_;
    KannelPorts ports_;
    pid_t bearerbox_ = -1;
    pid_t smsbox_ = -1;
};

}  // namespace haat::test
