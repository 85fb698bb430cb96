/// @file A child of the demonstration that is started again when it dies.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace haat::app {

/// The folder of this program, where its companions lie.
[[nodiscard]] std::string program_folder();

/// One program, watched by one thread. It dies with this process, however that ends.
class WatchedProcess {
 public:
    /// @param arguments    Program and arguments.
    /// @param environment  Added to ours, as "HAAT_LOG_LEVEL=warning".
    /// @param log_file     Takes its standard error; appended to.
    WatchedProcess(std::vector<std::string> arguments, std::vector<std::string> environment,
                   std::string log_file);
    ~WatchedProcess() { stop(); }
    WatchedProcess(const WatchedProcess&) = delete;
    WatchedProcess& operator=(const WatchedProcess&) = delete;

    /// Waits for the next line that it prints, at most so long; empty if none came. The first line
    /// of each start is kept, later ones are passed over.
    [[nodiscard]] std::string wait_until_ready(int milliseconds);

    /// For good: SIGTERM, then SIGKILL after ten seconds.
    void stop();

    /// kill -9; it is started again at once.
    void kill_now();
    /// Sends any other signal, as SIGSTOP.
    void signal_now(int signal);

    [[nodiscard]] int starts() const { return starts_; }

 private:
    void watch();
    void start_once();
    void read_lines(int pipe);

    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    std::string log_file_;
    std::atomic<int> starts_{0};
    std::atomic<pid_t> pid_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable ready_;
    std::string ready_line_;
    std::thread watcher_;
};

}  // namespace haat::app
