/// @file A PostgreSQL of a test's own that can be stopped, killed, started and copied.
#pragma once

#include <cstdint>
#include <string>

namespace haat::test {

class PostgresCluster {
 public:
    /// Makes and starts one. As root PostgreSQL itself runs as user postgres.
    /// @param settings  More `-c name=value` of the server.
    explicit PostgresCluster(std::string settings = "");
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    /// A standby that follows `primary`, streaming.
    PostgresCluster(const PostgresCluster& primary, const std::string& name);

    void start();
    void kill();  ///< As by a power cut of the process: `pg_ctl -m immediate`.
    void promote();
    /// Runs one statement by psql as superuser and returns what it prints.
    std::string sql(const std::string& statement) const;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Over TCP; `port` may be a proxy's.
    [[nodiscard]] std::string url(std::uint16_t port) const;
    [[nodiscard]] std::string url() const { return url(port_); }

 private:
    struct Empty {};
    PostgresCluster(Empty, std::string settings);
    void run(const std::string& command) const;

    std::string directory_;
    std::string settings_;
    std::uint16_t port_ = 0;
    bool runs_ = false;
};

/// A port of 127.0.0.1 that nobody uses now.
[[nodiscard]] std::uint16_t unused_port();

}  // namespace haat::test
