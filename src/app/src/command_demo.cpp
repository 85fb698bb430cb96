#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "demo_process.hpp"
#include "demo_story.hpp"
#include "exit_codes.hpp"
#include "ledger/invariants.hpp"
#include "net/hmac.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace haat::app {
namespace {

constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the demonstration's database; a fresh one if not given."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; a fresh one if not given."},
    Option{"--once", "", "Play the story once, print what came of it, and end."},
    Option{"--people", "N", "How many made-up people; 1500 if not given."},
    Option{"--seed", "N", "Of everything by chance; 1 if not given."},
    Option{"--port", "N", "Of the web pages; 8080 if not given, any free one with --once."},
    Option{"--kill", "N", "Kill the server (-9) at so many random moments of the story."},
};

constexpr int kReadyMilliseconds = 60'000;
constexpr const char* kPhoneNumberId = "200000000000001";

std::int64_t number_of(const Arguments& arguments, std::string_view name, std::int64_t otherwise) {
    return arguments.has(name) ? parse_integer(arguments.value(name)).value_or(otherwise)
                               : otherwise;
}

/// Where everything of one demonstration lies.
struct Stage {
    storage::OpenOptions database;
    std::string directory;  ///< Logs, keys, and the database if it is SQLite.
    bool temporary = false;

    ~Stage() {
        if (temporary) {
            std::error_code ignored;
            std::filesystem::remove_all(directory, ignored);
        }
    }
};

void set_stage(const Arguments& arguments, Stage& stage) {
    const std::string name = fmt::format("haat-demo-{}", ::getpid());
    stage.temporary = !arguments.has("--data");
    stage.directory = stage.temporary ? std::filesystem::temp_directory_path() / name
                                      : std::filesystem::path(arguments.value("--data"));
    std::filesystem::create_directories(stage.directory);
    if (arguments.has("--database")) {
        stage.database.postgres_url = arguments.value("--database");
        stage.database.postgres_schema = arguments.has("--schema")
                                             ? arguments.value("--schema")
                                             : fmt::format("haat_demo_{}", ::getpid());
    } else {
        stage.database.sqlite_directory = stage.directory;
    }
}

/// A key for the vault: made once, kept beside the demonstration's database.
std::string vault_key_file(const std::string& directory) {
    const std::string path = directory + "/vault.key";
    if (!std::filesystem::exists(path)) {
        std::ofstream(path) << to_hex(net::random_bytes(32)) << '\n';
        std::filesystem::permissions(
            path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    return path;
}

std::int64_t port_in(const std::string& ready_line) {
    if (ready_line.empty()) {
        throw std::runtime_error("a child of the demonstration did not get ready");
    }
    return boost::json::parse(ready_line).at("port").to_number<std::int64_t>();
}

/// A port that is free now; the server keeps it over its restarts.
std::int64_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!bound) {
        throw std::runtime_error("no free port");
    }
    return ntohs(address.sin_port);
}

std::vector<std::string> server_arguments(const Stage& stage, std::int64_t port) {
    std::vector<std::string> arguments{program_folder() + "/haat", "serve", "--listen",
                                       fmt::format("127.0.0.1:{}", port)};
    if (stage.database.sqlite_directory.empty()) {
        arguments.insert(arguments.end(), {"--database", stage.database.postgres_url, "--schema",
                                           stage.database.postgres_schema});
    } else {
        arguments.insert(arguments.end(), {"--data", stage.database.sqlite_directory});
    }
    return arguments;
}

std::vector<std::string> server_environment(const Stage& stage, std::int64_t simulator_port) {
    return {fmt::format("HAAT_WHATSAPP_BASE_URL=http://127.0.0.1:{}/v24.0", simulator_port),
            "HAAT_WHATSAPP_TOKEN=demo-token",
            "HAAT_WHATSAPP_APP_SECRET=demo-secret",
            "HAAT_WHATSAPP_VERIFY_TOKEN=demo-verify",
            fmt::format("HAAT_WHATSAPP_PHONE_NUMBER_IDS={}", kPhoneNumberId),
            "HAAT_WHATSAPP_RATE=1000",
            "HAAT_QUIET_HOURS=off",  // it plays at any hour, and nobody real is written to
            "HAAT_METRICS_FOR_ALL=on",
            "HAAT_SYNTHETIC=on",
            "HAAT_VAULT_KEY_FILE=" + vault_key_file(stage.directory),
            fmt::format("HAAT_SIMULATOR_URL=http://127.0.0.1:{}", simulator_port)};
}

std::vector<std::string> simulator_arguments(std::uint64_t seed) {
    return {program_folder() + "/provider_sim",
            "--port",
            "0",
            "--app-secret",
            "demo-secret",
            "--verify-token",
            "demo-verify",
            "--access-token",
            "demo-token",
            "--phone-number-id",
            kPhoneNumberId,
            "--rate-per-number",
            "1000",
            "--sent-ms",
            "5-40",
            "--delivered-ms",
            "20-150",
            "--read-ms",
            "50-400",
            "--seed",
            std::to_string(seed)};
}

/// Kills the server at random moments until told to stop; the watcher starts it again.
class Killer {
 public:
    Killer(WatchedProcess& server, std::int64_t kills, std::uint64_t seed)
        : thread_([this, &server, kills, seed] {
              Random random(seed);
              for (std::int64_t i = 0; i < kills && !stop_; ++i) {
                  const auto wait = 300 + random.below(1500);
                  for (std::uint32_t waited = 0; waited < wait && !stop_; waited += 20) {
                      std::this_thread::sleep_for(std::chrono::milliseconds(20));
                  }
                  server.kill_now();
              }
          }) {}
    ~Killer() {
        stop_ = true;
        thread_.join();
    }

 private:
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

void wait_for_signal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    int signal = 0;
    sigwait(&set, &signal);
}

/// Every law of the ledger, read beside the running server; paise that a breach leaves open count
/// as unaccounted.
std::int64_t ledger_breaches(const Stage& stage) {
    storage::OpenOptions options = stage.database;
    options.read_only = true;
    const auto database = storage::Database::open(options);
    return database->read([](storage::Transaction& tx) {
        const auto breaches = ledger::check_invariants(tx);
        for (const ledger::Breach& breach : breaches) {
            log_error("demo.ledger_breach", {{"law", breach.law}, {"why", breach.explanation}});
        }
        return static_cast<std::int64_t>(breaches.size());
    });
}

void tell_people(std::string_view key, std::int64_t number) {
    print_text(key, {{"n", std::to_string(number)}});
}

Result<int> run(const Arguments& arguments) {
    // Blocked before any thread is made, so that only wait_for_signal takes them.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);

    const bool once = arguments.has("--once");
    const auto seed = static_cast<std::uint64_t>(number_of(arguments, "--seed", 1));
    Stage stage;
    set_stage(arguments, stage);
    if (!arguments.json()) {
        print_text("app.demo_preparing");
    }
    const DemoWorld world =
        HAAT_TRY(make_demo_world(stage.database, number_of(arguments, "--people", 1500), seed));

    const auto started = std::chrono::steady_clock::now();
    WatchedProcess simulator(simulator_arguments(seed), {}, stage.directory + "/simulator.log");
    const std::int64_t simulator_port = port_in(simulator.wait_until_ready(kReadyMilliseconds));
    const std::int64_t port = number_of(arguments, "--port", once ? free_port() : 8080);
    WatchedProcess server(server_arguments(stage, port), server_environment(stage, simulator_port),
                          stage.directory + "/server.log");
    (void)port_in(server.wait_until_ready(kReadyMilliseconds));

    StoryOptions story{.haat_url = fmt::format("http://127.0.0.1:{}", port),
                       .simulator_url = fmt::format("http://127.0.0.1:{}", simulator_port),
                       .run = to_hex(net::random_bytes(4)),
                       .seed = seed,
                       .pause_milliseconds = once ? 0 : 2'500};
    if (!arguments.json()) {
        print_text("app.demo_ready", {{"url", story.haat_url}, {"password", kDemoPassword}});
        story.tell = tell_people;
    }
    WebUser simulator_control(story.simulator_url);
    set_up_phones(simulator_control, world, story.haat_url + "/hooks/whatsapp", seed);
    StoryReport report;
    {
        const Killer killer(server, number_of(arguments, "--kill", 0), seed);
        report = play_story(story);
    }
    report.unaccounted_paise += ledger_breaches(stage);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - started)
                                  .count();
    const bool sqlite = !stage.database.sqlite_directory.empty();
    const std::string json =
        to_json(report, sqlite ? "sqlite" : "postgres", server.starts(), milliseconds);
    if (once || arguments.json()) {
        print_line(json);
    }
    if (!once) {
        print_text("app.demo_done", {{"url", story.haat_url}});
        wait_for_signal();
    }
    const bool right =
        report.missing == 0 && report.duplicated == 0 && report.unaccounted_paise == 0;
    return right ? kExitOk : kExitTrouble;
}

}  // namespace

constinit const Command kDemo{
    "demo", "Play the whole story with made-up people and simulated phones.", {}, kOptions, run};

}  // namespace haat::app
