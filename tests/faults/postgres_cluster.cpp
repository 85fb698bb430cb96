#include "postgres_cluster.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace haat::test {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

std::string new_directory() {
    std::string path = (std::filesystem::temp_directory_path() / "haat-cluster.XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
        throw std::runtime_error("cannot make " + path);
    }
    return path;
}

}  // namespace

std::uint16_t unused_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no port");
    }
    ::close(fd);
    return ntohs(address.sin_port);
}

PostgresCluster::PostgresCluster(Empty, std::string settings)
    : directory_(new_directory()), settings_(std::move(settings)), port_(unused_port()) {
    if (::getuid() == 0) {
        run("true");  // the user exists
        const std::string command = "chown postgres " + directory_;
        if (std::system(command.c_str()) != 0) {
            throw std::runtime_error(command);
        }
    }
}

PostgresCluster::PostgresCluster(std::string settings)
    : PostgresCluster(Empty{}, std::move(settings)) {
    run(std::string(kPrograms) + "initdb -D " + directory_ +
        "/data -U haat --auth=trust --encoding=UTF8 --locale=C --no-sync");
    start();
    run(std::string(kPrograms) + "createdb -h " + directory_ + " -p " + std::to_string(port_) +
        " -U haat haat");
}

PostgresCluster::PostgresCluster(const PostgresCluster& primary, const std::string& name)
    : PostgresCluster(Empty{}, primary.settings_) {
    run(std::string(kPrograms) + "pg_basebackup -h 127.0.0.1 -p " + std::to_string(primary.port_) +
        " -U haat -D " + directory_ +
        "/data -R -X stream --no-sync -c fast -d 'application_name=" + name + "'");
    start();
}

PostgresCluster::~PostgresCluster() {
    try {
        if (runs_) {
            kill();
        }
    } catch (const std::exception&) {  // it is gone already
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void PostgresCluster::start() {
    run(std::string(kPrograms) + "pg_ctl -D " + directory_ + "/data -l " + directory_ +
        "/log -w -o \"-k " + directory_ + " -p " + std::to_string(port_) +
        " -c listen_addresses=127.0.0.1 -c wal_level=replica " + settings_ + "\" start");
    runs_ = true;
}

void PostgresCluster::kill() {
    run(std::string(kPrograms) + "pg_ctl -D " + directory_ + "/data -m immediate -w stop");
    runs_ = false;
}

void PostgresCluster::promote() {
    run(std::string(kPrograms) + "pg_ctl -D " + directory_ + "/data -w promote");
}

std::string PostgresCluster::sql(const std::string& statement) const {
    const std::string command = std::string(kPrograms) + "psql -X -q -t -A -U haat -h " +
                                directory_ + " -p " + std::to_string(port_) + " -d haat -c \"" +
                                statement + "\" 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string answer;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
        answer += buffer.data();
    }
    ::pclose(pipe);
    while (!answer.empty() && answer.back() == '\n') {
        answer.pop_back();
    }
    return answer;
}

std::string PostgresCluster::url(std::uint16_t port) const {
    return "postgresql://haat@127.0.0.1:" + std::to_string(port) + "/haat";
}

void PostgresCluster::run(const std::string& command) const {
    const std::string as =
        ::getuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --init-groups " : "";
    const std::string all =
        "cd " + directory_ + " && " + as + command + " >" + directory_ + "/out 2>&1 </dev/null";
    if (std::system(all.c_str()) != 0) {
        throw std::runtime_error("failed: " + all);
    }
}

}  // namespace haat::test
