#include "kannel.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "net/client.hpp"

namespace haat::test {
namespace {

namespace fs = std::filesystem;

/// Ports that nobody uses now, all different.
std::vector<std::uint16_t> free_ports(int count) {
    std::vector<int> sockets;
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < count; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        if (fd < 0 || ::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0) {
            throw std::runtime_error("no free port");
        }
        sockets.push_back(fd);
        ports.push_back(ntohs(address.sin_port));
    }
    for (const int fd : sockets) ::close(fd);
    return ports;
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("kannel.conf has no " + from);
    for (; at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

void end_process(pid_t& process) {
    if (process > 0) {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    process = -1;
}

std::string tail(const fs::path& path) {
    constexpr std::size_t kBytes = 4000;
    const std::string text = read_file(path);
    return "== " + path.filename().string() + "\n" +
           text.substr(text.size() > kBytes ? text.size() - kBytes : 0);
}

}  // namespace

Kannel::Kannel(std::uint16_t smsc_port, std::uint16_t haat_port) {
    std::string pattern = (fs::temp_directory_path() / "haat_kannel_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    fs::create_directories(folder_ + "/spool/store");
    fs::create_directories(folder_ + "/spool/dlr");
    const std::vector<std::uint16_t> ports = free_ports(3);
    ports_ = {.admin = ports[0], .smsbox = ports[1], .sendsms = ports[2]};

    std::string text = read_file(std::string(HAAT_SOURCE_DIR) + "/packaging/kannel.conf");
    replace(text, "= 13000", "= " + std::to_string(ports_.admin));
    replace(text, "= 13001", "= " + std::to_string(ports_.smsbox));
    replace(text, "= 13013", "= " + std::to_string(ports_.sendsms));
    replace(text, "= 2775", "= " + std::to_string(smsc_port));
    replace(text, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(haat_port));
    replace(text, "/var/log/kannel", folder_);
    replace(text, "/var/spool/kannel", folder_ + "/spool");
    replace(text, "CHANGE-SMSC", "secret");
    replace(text, "CHANGE-SENDSMS", "pw");
    replace(text, "CHANGE-SECRET", "s3cret");
    replace(text, "CHANGE-STATUS", "status");
    // A test does not wait as long as an operator would.
    replace(text, "sms-resend-freq = 30", "sms-resend-freq = 1");
    replace(text, "sms-resend-retry = 10", "sms-resend-retry = 2");
    replace(text, "reconnect-delay = 5", "reconnect-delay = 1");
    replace(text, "http-queue-delay = 5", "http-queue-delay = 1");
    std::ofstream(folder_ + "/kannel.conf") << text;
}

Kannel::~Kannel() {
    end_process(smsbox_);
    end_process(bearerbox_);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

pid_t Kannel::start(const char* program, const std::string& output) const {
    const std::string config = folder_ + "/kannel.conf";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    std::string words[] = {program, config};
    char* arguments[] = {words[0].data(), words[1].data(), nullptr};
    pid_t process = -1;
    const int failed = ::posix_spawn(&process, program, &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error(std::string("cannot start ") + program);
    return process;
}

void Kannel::start_bearerbox() {
    bearerbox_ = start("/usr/sbin/bearerbox", folder_ + "/bearerbox.out");
}
void Kannel::start_smsbox() { smsbox_ = start("/usr/sbin/smsbox", folder_ + "/smsbox.out"); }
void Kannel::kill_bearerbox() { end_process(bearerbox_); }
void Kannel::kill_smsbox() { end_process(smsbox_); }

std::string Kannel::status() const {
    net::Client client({.base_url = "http://127.0.0.1:" + std::to_string(ports_.admin),
                        .protocol = net::Protocol::kHttp1});
    return client.get_blocking("/status.xml?password=status").body;
}

bool Kannel::wait_until_ready() const {
    net::Client sendsms({.base_url = "http://127.0.0.1:" + std::to_string(ports_.sendsms),
                         .protocol = net::Protocol::kHttp1});
    for (int tenths = 0; tenths < 600; ++tenths) {
        const std::string seen = status();
        const bool is_bound = seen.find("online") != std::string::npos;
        const bool has_box = seen.find("<box>") != std::string::npos;
        if (is_bound && has_box &&
            sendsms.get_blocking("/cgi-bin/sendsms").outcome == net::Outcome::kAnswered) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

std::string Kannel::logs() const {
    return tail(folder_ + "/bearerbox.out") + tail(folder_ + "/smsbox.out") +
           tail(folder_ + "/bearerbox.log") + tail(folder_ + "/smsbox.log");
}

}  // namespace haat::test
