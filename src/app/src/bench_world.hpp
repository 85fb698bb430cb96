/// @file haat as `haat serve` runs it, in this process, with the simulated provider beside it: what
/// the measurements of messaging work in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench.hpp"
#include "demo_process.hpp"
#include "http/web_server.hpp"
#include "messaging/broadcasts.hpp"
#include "net/client.hpp"
#include "parts.hpp"
#include "workers.hpp"

namespace haat::app {

struct BenchWorldOptions {
    int numbers = 64;
    int rate_per_number = 1'000;
    int round_trip_milliseconds = 0;
    int commit_milliseconds = 0;  ///< Each commit takes at least so long.
};

class BenchWorld {
 public:
    BenchWorld(const storage::OpenOptions& database, const BenchWorldOptions& options);
    /// Stops as serve does: everything is written back.
    ~BenchWorld();
    BenchWorld(const BenchWorld&) = delete;
    BenchWorld& operator=(const BenchWorld&) = delete;

    [[nodiscard]] Parts& parts() { return *parts_; }
    /// A call of the simulator's control interface; the answer's body. Waits up to ten minutes.
    [[nodiscard]] std::string simulator(const std::string& method, const std::string& path,
                                        const std::string& body = {});
    [[nodiscard]] std::string simulator_url() const { return simulator_url_; }
    /// Opens the same pages without TLS, as behind a proxy; returns the port.
    std::uint16_t listen_plainly();
    /// By which webhooks are signed, and the first of our numbers.
    [[nodiscard]] static std::string_view app_secret();
    [[nodiscard]] static std::string first_number();
    /// Stops workers and server: chunks are written back, the journal is gone.
    void stop();

 private:
    std::unique_ptr<WatchedProcess> simulator_;
    std::string folder_;  ///< For the simulator's certificate and log.
    std::string simulator_url_;
    std::unique_ptr<net::Client> control_;
    std::unique_ptr<Parts> parts_;
    std::optional<http::Services> services_;  ///< The server borrows it.
    std::optional<Workers> workers_;
    std::optional<http::WebServer> server_;
    std::optional<http::WebServer> plain_;
};

/// A notice of a usual length, by WhatsApp.
[[nodiscard]] messaging::NewBroadcast bench_message();
/// It, to everybody who can have one, at most so many people; not yet on its way.
[[nodiscard]] Result<messaging::Broadcast> make_broadcast(BenchWorld& world, std::int64_t people);
/// Waits until nothing of it is on its way; shows how far it is.
messaging::Progress wait_sent(messaging::Delivery& delivery, BroadcastId id);

}  // namespace haat::app
