#include "child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/clock.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kSaidMax = 2000;

/// Reads until every writer is gone, which is when the child has ended. False at the deadline.
bool read_until_end(int fd, int deadline_milliseconds, std::string& said) {
    const std::int64_t deadline =
        system_clock().monotonic_micros() + std::int64_t{deadline_milliseconds} * 1000;
    std::array<char, 512> buffer;
    for (;;) {
        const std::int64_t left = (deadline - system_clock().monotonic_micros()) / 1000;
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) == 0) {
            return false;
        }
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count == 0) {
            return true;
        }
        if (count > 0 && said.size() < kSaidMax) {
            said.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }
}

/// In a process group of its own, standard error into `error_fd`. Returns its id, or -1.
pid_t spawn(const std::vector<std::string>& words, int error_fd) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, error_fd, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);

    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed = ::posix_spawnp(&child, words.front().c_str(), &actions, &attributes,
                                      arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed == 0 ? child : -1;
}

}  // namespace

ChildResult run_program(const std::vector<std::string>& words, int deadline_milliseconds) {
    ChildResult result;
    std::array<int, 2> error_pipe{};
    if (::pipe2(error_pipe.data(), O_CLOEXEC) != 0) {
        return result;
    }
    const pid_t child = spawn(words, error_pipe[1]);
    ::close(error_pipe[1]);
    if (child < 0) {
        ::close(error_pipe[0]);
        return result;
    }
    const bool ended = read_until_end(error_pipe[0], deadline_milliseconds, result.said);
    ::close(error_pipe[0]);
    if (!ended) {
        ::kill(-child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    result.end = ended && WIFEXITED(status) ? ChildResult::End::kExited : ChildResult::End::kKilled;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

}  // namespace haat::messaging
