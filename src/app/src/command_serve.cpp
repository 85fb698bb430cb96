#include <pthread.h>
#include <signal.h>

#include <array>
#include <optional>

#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "http/web_server.hpp"
#include "output.hpp"
#include "parts.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "workers.hpp"

namespace haat::app {
namespace {

constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    Option{"--listen", "ADDRESS:PORT",
           "Where to listen; 127.0.0.1:8080 if not given. Port 0: any."},
    Option{"--only", "PART", "http or workers: one role of several processes on PostgreSQL."},
};

constexpr int kStopMilliseconds = 10'000;

LogLevel log_level_of(const std::string& name) {
    if (name == "debug") {
        return LogLevel::kDebug;
    }
    return name == "warning" ? LogLevel::kWarning
           : name == "error" ? LogLevel::kError
                             : LogLevel::kInfo;
}

/// SIGTERM and SIGINT, taken by sigwait: blocked before any thread is made, so that all inherit it.
class StopSignals {
 public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        ::signal(SIGPIPE, SIG_IGN);
    }
    [[nodiscard]] int wait() const {
        int signal = 0;
        sigwait(&set_, &signal);
        return signal;
    }

 private:
    sigset_t set_{};
};

/// Whoever started haat reads this line to learn the port.
void announce(std::optional<std::uint16_t> port) {
    JsonWriter json;
    json.begin_object().field("ready", true);
    if (port) {
        json.field("port", *port);
    }
    print_line(json.end_object().text());
}

Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    set_log_level(log_level_of(settings.log_level));
    const StopSignals signals;
    HAAT_TRY(require_current_schema(settings));
    const std::unique_ptr<Parts> parts = HAAT_TRY(Parts::make(settings));
    const http::Services services = parts->services();

    std::optional<Workers> workers;
    if (settings.only != Part::kHttp) {
        workers.emplace(*parts);
    } else {
        parts->delivery().follow();
    }
    std::optional<http::WebServer> server;
    if (settings.only != Part::kWorkers) {
        http::ListenOptions listen;
        listen.host = settings.listen_host;
        listen.port = settings.listen_port;
        listen.certificate_file = settings.tls_certificate;
        listen.key_file = settings.tls_key;
        listen.threads = settings.http_threads;
        server.emplace(listen, services);
    }
    log_info("serve.ready",
             {{"port", server ? server->port() : 0}, {"boot", parts->database().boot_number()}});
    announce(server ? std::optional(server->port()) : std::nullopt);

    const int signal = signals.wait();
    log_info("serve.stopping", {{"signal", signal}});
    if (server) {
        server->stop(kStopMilliseconds);
    }
    if (workers) {
        workers->stop(kStopMilliseconds);
    } else {
        parts->delivery().stop(kStopMilliseconds);
    }
    log_info("serve.stopped");
    return kExitOk;
}

}  // namespace

constinit const Command kServe{
    "serve", "Serve the web and run the workers until SIGTERM.", {}, kOptions, run};

}  // namespace haat::app
