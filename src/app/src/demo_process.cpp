#include "demo_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): not in every unistd.h

namespace haat::app {
namespace {

constexpr int kStopMilliseconds = 10'000;

/// Pointers for execve; the strings must outlive them.
std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (std::string& text : strings) {
        list.push_back(text.data());
    }
    list.push_back(nullptr);
    return list;
}

}  // namespace

std::string program_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

WatchedProcess::WatchedProcess(std::vector<std::string> arguments,
                               std::vector<std::string> environment, std::string log_file)
    : arguments_(std::move(arguments)),
      environment_(std::move(environment)),
      log_file_(std::move(log_file)) {
    for (char** variable = environ; *variable != nullptr; ++variable) {
        environment_.emplace_back(*variable);
    }
    watcher_ = std::thread([this] { watch(); });
}

void WatchedProcess::stop() {
    if (stopping_.exchange(true)) {
        return;
    }
    for (int waited = 0; pid_ != 0 && waited < kStopMilliseconds; waited += 20) {
        if (waited == 0) {
            ::kill(pid_, SIGTERM);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (const pid_t pid = pid_; pid != 0) {
        ::kill(pid, SIGKILL);
    }
    watcher_.join();
}

void WatchedProcess::watch() {
    while (!stopping_) {
        start_once();
    }
}

/// Starts the program and returns when it has ended. Called on the watching thread only, because
/// the child dies with the thread that made it.
void WatchedProcess::start_once() {
    std::vector<char*> arguments = pointers(arguments_);
    std::vector<char*> environment = pointers(environment_);
    int lines[2];
    if (::pipe2(lines, O_CLOEXEC) != 0) {
        throw std::runtime_error("cannot make a pipe");
    }
    const int log = ::open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(1);  // the parent died in between
        }
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        ::dup2(lines[1], STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::execve(arguments[0], arguments.data(), environment.data());
        ::_exit(127);
    }
    ::close(lines[1]);
    ::close(log);
    pid_ = pid;
    ++starts_;
    read_lines(lines[0]);
    ::close(lines[0]);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (!stopping_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

/// Reads what the child prints until it ends.
void WatchedProcess::read_lines(int pipe) {
    std::string line;
    bool first = true;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(pipe, buffer, sizeof buffer)) != 0;) {
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return;
        }
        line.append(buffer, static_cast<std::size_t>(n));
        const std::size_t end = line.find('\n');
        if (first && end != std::string::npos) {
            first = false;
            const std::lock_guard lock(mutex_);
            ready_line_ = line.substr(0, end);
            ready_.notify_all();
        }
    }
}

std::string WatchedProcess::wait_until_ready(int milliseconds) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                    [this] { return !ready_line_.empty(); });
    return std::exchange(ready_line_, {});
}

void WatchedProcess::kill_now() { signal_now(SIGKILL); }

void WatchedProcess::signal_now(int signal) {
    if (const pid_t pid = pid_; pid != 0) {
        ::kill(pid, signal);
    }
}

}  // namespace haat::app
