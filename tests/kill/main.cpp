/// haat_kill [--people N] [--kills K] [--database URL] [--workers W] [--stop-seconds S] [--seed N]
///           [--numbers N --rate R --round-trip-ms M]
///
/// A broadcast to N made-up people while `haat serve` is killed (-9) K times at random moments;
/// then the record is held against the simulated provider's own log: nobody was sent to twice,
/// nobody was left out, and what nobody can know is shown as unknown. With --workers (PostgreSQL) W
/// processes send and one serves the web; one worker is killed K times and another is stopped
/// (SIGSTOP) for S seconds and goes on, which must be too late for it. With --rate it is measured
/// how much of the provider's rate, R messages a second for each of N numbers, is used all the
/// same: then the kills come one by one after a quarter of the messages, the stop after half of
/// them. Prints one line of JSON; 0 if all of it holds.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "demo_plan.hpp"
#include "demo_process.hpp"
#include "demo_story.hpp"
#include "demo_web.hpp"
#include "demo_world.hpp"
#include "messaging/attempt_id.hpp"
#include "postgres_cluster.hpp"
#include "record.hpp"
#include "registry/places.hpp"

namespace haat::test {
namespace {

using app::WatchedProcess;
using app::WebUser;
using boost::json::value;

constexpr int kReadyMilliseconds = 60'000;
constexpr const char* kSecret = "kill-secret";
constexpr std::int64_t kFirstNumber = 200'000'000'000'001;
/// A lease and as much again.
constexpr std::int64_t kWatchingSeconds = 9;

struct Options {
    std::int64_t people = 5'000;
    std::int64_t kills = 10;
    std::int64_t workers = 0;
    std::int64_t stop_seconds = 0;
    std::int64_t seed = 1;
    std::int64_t numbers = 1;
    std::int64_t rate = 0;           ///< Of each number; 0: nothing is measured.
    std::int64_t round_trip_ms = 0;  ///< Of the provider; 0: 5 to 80.
    std::string database;
};

Options read_options(std::span<char*> words) {
    Options options;
    for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
        const std::string_view name = words[i];
        const std::string text = words[i + 1];
        if (name == "--database") {
            options.database = text;
            continue;
        }
        std::int64_t& into = name == "--people"         ? options.people
                             : name == "--kills"        ? options.kills
                             : name == "--workers"      ? options.workers
                             : name == "--stop-seconds" ? options.stop_seconds
                             : name == "--seed"         ? options.seed
                             : name == "--numbers"      ? options.numbers
                             : name == "--rate"         ? options.rate
                             : name == "--round-trip-ms"
                                 ? options.round_trip_ms
                                 : throw std::runtime_error("unknown option");
        into = parse_integer(text).value();
    }
    return options;
}

void pause_milliseconds(std::int64_t milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

class Play {
 public:
    explicit Play(const Options& options);
    ~Play() {
        std::error_code ignored;
        if (held_) {  // else its logs tell why
            std::filesystem::remove_all(directory_, ignored);
        }
    }
    Play(const Play&) = delete;
    Play& operator=(const Play&) = delete;

    [[nodiscard]] bool run();

 private:
    void start_servers();
    [[nodiscard]] std::vector<std::string> server(const char* only, std::int64_t port) const;
    [[nodiscard]] std::vector<std::string> environment() const;
    void begin_broadcast();
    void kill_at_random(const std::stop_token& stop);
    void kill_by_progress(const std::stop_token& stop);
    void kill_one();
    void watch_rate(const std::stop_token& stop);
    [[nodiscard]] std::int64_t accepted();
    void stop_and_continue();
    void wait_until_settled();
    [[nodiscard]] value read_page(std::int64_t taken);
    [[nodiscard]] Taken ask_provider();
    [[nodiscard]] std::int64_t in_logs(std::string_view event, std::string_view number) const;
    void write_rate(JsonWriter& json) const;
    [[nodiscard]] bool report(const Verdict& verdict, const value& counts) const;

    Options options_;
    std::string directory_;
    std::string url_;
    storage::OpenOptions database_;
    std::int64_t rate_ = 1'000;
    std::int64_t uptime_milliseconds_ = 600;
    std::int64_t simulator_port_ = 0;
    std::optional<WatchedProcess> simulator_;
    std::vector<std::unique_ptr<WatchedProcess>> servers_;  ///< The web's first.
    std::optional<WebUser> officer_;
    std::optional<WebUser> control_;
    std::int64_t broadcast_ = 0;
    std::int64_t killed_while_sending_ = 0;
    std::atomic<bool> survivor_watches_ = false;
    bool held_ = false;
    /// When how many had been accepted, whenever it was more than before.
    std::vector<std::pair<std::chrono::steady_clock::time_point, std::int64_t>> curve_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

std::int64_t port_of(WatchedProcess& process) {
    const std::string line = process.wait_until_ready(kReadyMilliseconds);
    if (line.empty()) {
        throw std::runtime_error("a child did not get ready");
    }
    return boost::json::parse(line).at("port").to_number<std::int64_t>();
}

std::string beside_us(const char* program) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

Play::Play(const Options& options) : options_(options) {
    directory_ = std::filesystem::temp_directory_path() / fmt::format("haat-kill-{}", ::getpid());
    std::filesystem::create_directories(directory_);
    if (options.database.empty()) {
        database_.sqlite_directory = directory_;
    } else {
        database_.postgres_url = options.database;
        database_.postgres_schema = fmt::format("haat_kill_{}", ::getpid());
    }
    // The kills are spread over the sending, whose length is people by rate; starting again takes
    // about as long as it is left alone.
    const std::int64_t kills = std::max<std::int64_t>(options.kills, 1);
    uptime_milliseconds_ = std::max<std::int64_t>(600, options.people / kills);
    rate_ =
        std::clamp<std::int64_t>(options.people * 500 / (kills * uptime_milliseconds_), 20, 1'000);
    if (options.workers > 0) {  // a worker that comes anew first waits for its share of the leases
        uptime_milliseconds_ = std::max<std::int64_t>(uptime_milliseconds_, 4'000);
        const std::int64_t seconds =
            std::max(options.stop_seconds + 8, kills * uptime_milliseconds_ / 1'000);
        rate_ = std::clamp<std::int64_t>(options.people / seconds, 20, 1'000);
    }
    if (options.rate > 0) {
        rate_ = options.rate;
    }
    if (!app::make_demo_world(database_, options.people,
                              static_cast<std::uint64_t>(options.seed))) {
        throw std::runtime_error("no world to play in");
    }
    std::vector<std::string> words{
        beside_us("provider_sim"),
        "--port",
        "0",
        "--app-secret",
        kSecret,
        "--verify-token",
        "verify",
        "--access-token",
        "token",
        "--rate-per-number",
        std::to_string(std::max<std::int64_t>(1'000, options.rate)),
        "--unknown-numbers",
        "deliver",
        "--delay-ms",
        options.round_trip_ms > 0 ? fmt::format("{0}-{0}", options.round_trip_ms) : "5-80",
        "--sent-ms",
        "20-2000",
        "--delivered-ms",
        "50-3000",
        "--read-ms",
        "50-3000",
        "--webhook-retry-ms",
        "200",
        "--seed",
        std::to_string(options.seed)};
    for (std::int64_t i = 0; i < options.numbers; ++i) {
        words.insert(words.end(), {"--phone-number-id", std::to_string(kFirstNumber + i)});
    }
    simulator_.emplace(std::move(words), std::vector<std::string>{}, directory_ + "/simulator.log");
    simulator_port_ = port_of(*simulator_);
    start_servers();
}

std::vector<std::string> Play::server(const char* only, std::int64_t port) const {
    std::vector<std::string> words{
        beside_us("haat"), "serve", "--only", only, "--listen", fmt::format("127.0.0.1:{}", port)};
    if (options_.database.empty()) {
        words.insert(words.end(), {"--data", directory_});
    } else {
        words.insert(words.end(),
                     {"--database", options_.database, "--schema", database_.postgres_schema});
    }
    return words;
}

std::vector<std::string> Play::environment() const {
    std::string numbers = std::to_string(kFirstNumber);
    for (std::int64_t i = 1; i < options_.numbers; ++i) {
        numbers += fmt::format(",{}", kFirstNumber + i);
    }
    return {fmt::format("HAAT_WHATSAPP_BASE_URL=http://127.0.0.1:{}/v24.0", simulator_port_),
            "HAAT_WHATSAPP_TOKEN=token",
            fmt::format("HAAT_WHATSAPP_APP_SECRET={}", kSecret),
            "HAAT_WHATSAPP_VERIFY_TOKEN=verify",
            fmt::format("HAAT_WHATSAPP_PHONE_NUMBER_IDS={}", numbers),
            fmt::format("HAAT_WHATSAPP_RATE={}", rate_),
            "HAAT_QUIET_HOURS=off",
            "HAAT_SYNTHETIC=on"};
}

void Play::start_servers() {
    const std::int64_t port = unused_port();
    url_ = fmt::format("http://127.0.0.1:{}", port);
    const char* first = options_.workers > 0 ? "http" : "all";
    servers_.push_back(std::make_unique<WatchedProcess>(server(first, port), environment(),
                                                        directory_ + "/server-0.log"));
    (void)port_of(*servers_.front());
    for (std::int64_t i = 1; i <= options_.workers; ++i) {
        servers_.push_back(std::make_unique<WatchedProcess>(
            server("workers", 0), environment(), fmt::format("{}/server-{}.log", directory_, i)));
        (void)servers_.back()->wait_until_ready(kReadyMilliseconds);
    }
    control_.emplace(fmt::format("http://127.0.0.1:{}", simulator_port_));
    app::set_up_phones(*control_, {}, url_ + "/hooks/whatsapp", 1);
    officer_.emplace(url_);
    officer_->sign_in("state", app::kDemoPassword);
}

/// As the web does: a plan for the whole state, and two officers' yes. The device id makes it one
/// broadcast however often an answer is lost.
void Play::begin_broadcast() {
    app::WebUser second(url_);
    second.sign_in("state2", app::kDemoPassword);
    broadcast_ =
        app::send_planned(*officer_, second,
                          {.device_id = fmt::format("kill-plan-{}", ::getpid()),
                           .purpose = "notice",
                           .tree = fmt::format(R"({{"place_ids":[{}]}})", registry::kBihar.value),
                           .text = R"({"template_name":"haat_broadcast","params_hi":["कल मेला है"],)"
                                   R"("params_en":["The fair is tomorrow"]})"});
}

void Play::kill_at_random(const std::stop_token& stop) {
    Random random(static_cast<std::uint64_t>(options_.seed));
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < options_.kills && !stop.stop_requested(); ++i) {
        // The first may come while it is planned; later ones once it sends again, which on
        // PostgreSQL begins when the dead process's lease has been silent for long enough.
        for (int waited = 0; i > 0 && accepted() <= before && waited < 12'000; waited += 50) {
            pause_milliseconds(50);
        }
        pause_milliseconds(random.below(static_cast<std::uint32_t>(2 * uptime_milliseconds_)));
        while (survivor_watches_ && !stop.stop_requested()) {
            pause_milliseconds(50);
        }
        const std::int64_t now = accepted();
        killed_while_sending_ += now > before ? 1 : 0;
        kill_one();
        before = accepted();
    }
}

void Play::kill_one() {
    const std::size_t victim = servers_.size() - (options_.workers > 1 ? 2 : 1);
    servers_[victim]->kill_now();
    if (servers_[victim]->wait_until_ready(kReadyMilliseconds).empty()) {
        throw std::runtime_error("it did not start again");
    }
}

/// While it is measured: after a quarter of the messages, and then one after the other.
void Play::kill_by_progress(const std::stop_token& stop) {
    const auto wait_for = [&](std::int64_t goal) {
        while (!stop.stop_requested() && accepted() < goal) {
            pause_milliseconds(20);
        }
    };
    const std::int64_t messages = options_.people * 7 / 10;  // about: not everybody has WhatsApp
    for (std::int64_t i = 0; i < options_.kills && !stop.stop_requested(); ++i) {
        wait_for(messages / 4 * (i + 1));
        killed_while_sending_ += stop.stop_requested() ? 0 : 1;
        kill_one();
    }
    if (options_.stop_seconds > 0) {
        wait_for(messages / 2);
        stop_and_continue();
    }
}

void Play::watch_rate(const std::stop_token& stop) {
    WebUser watcher(fmt::format("http://127.0.0.1:{}", simulator_port_));
    while (!stop.stop_requested()) {
        const auto now = std::chrono::steady_clock::now();
        const auto count =
            watcher.must_get("/sim/summary").at("accepted").to_number<std::int64_t>();
        if (curve_.empty() || count > curve_.back().second) {
            curve_.emplace_back(now, count);
        }
        pause_milliseconds(20);
    }
}

std::int64_t Play::accepted() {
    return control_->must_get("/sim/summary").at("accepted").to_number<std::int64_t>();
}

void Play::stop_and_continue() {
    // Who takes the sleeper's shards must have seen it silent for a lease: nobody is killed so long.
    const std::int64_t watching = std::min<std::int64_t>(options_.stop_seconds, kWatchingSeconds);
    survivor_watches_ = options_.rate == 0;
    WatchedProcess& sleeper = *servers_.back();
    sleeper.signal_now(SIGSTOP);
    pause_milliseconds(watching * 1'000);
    survivor_watches_ = false;
    pause_milliseconds((options_.stop_seconds - watching) * 1'000);
    sleeper.signal_now(SIGCONT);
}

/// Until the broadcast is done and every callback was taken.
void Play::wait_until_settled() {
    const std::string path = fmt::format("/api/broadcasts/{}", broadcast_);
    for (int quiet = 0, tries = 0; quiet < 10; ++tries) {
        if (tries > 6'000) {
            throw std::runtime_error("it never ended: " + officer_->get(path).body);
        }
        const value summary = control_->must_get("/sim/summary");
        const bool still =
            officer_->must_get(path).at("broadcast").at("state").as_string() == "done" &&
            summary.at("scheduled").to_number<std::int64_t>() == 0 &&
            summary.at("webhook_updates_waiting").to_number<std::int64_t>() == 0;
        quiet = still ? quiet + 1 : 0;
        pause_milliseconds(200);
    }
}

/// The page as it is once it has counted what the provider took; a count may be kept for as long as
/// twenty countings take, which is seconds on a busy machine.
value Play::read_page(std::int64_t taken) {
    for (int tries = 0;; ++tries) {
        value page = officer_->must_get(fmt::format("/api/broadcasts/{}", broadcast_));
        const value& counts = page.at("broadcast").at("counts");
        std::int64_t accepted = 0;
        for (const char* key : {"accepted", "sent", "delivered", "read"}) {
            accepted += counts.at(key).to_number<std::int64_t>();
        }
        if (accepted == taken || tries == 100) {
            return page;
        }
        pause_milliseconds(200);
    }
}

Taken Play::ask_provider() {
    const messaging::AttemptIds ids(std::string(kSecret) + "/attempts-of-haat");
    Taken taken;
    for (std::string after = "0";;) {
        const std::string page =
            control_->get(fmt::format("/sim/accepted.csv?after={}&limit=20000", after)).body;
        std::size_t rows = 0;
        for (std::size_t at = 0; at < page.size();) {
            const std::size_t end = std::min(page.find('\n', at), page.size());
            const std::string_view line(page.data() + at, end - at);
            at = end + 1;
            const std::size_t to = line.find(',');
            const std::size_t data = line.find(',', to + 1);
            if (line.empty() || line[0] < '0' || line[0] > '9') {
                continue;  // the heading
            }
            after = std::string(line.substr(0, to));
            ++rows;
            std::string_view quoted = line.substr(data + 1, line.find(',', data + 1) - data - 1);
            if (quoted.starts_with('"')) {
                quoted = quoted.substr(1, quoted.size() - 2);
            }
            const auto attempt = ids.read(quoted);
            if (!attempt) {
                throw std::runtime_error("a message that is not ours: " + std::string(line));
            }
            if (attempt->id.broadcast == broadcast_) {
                ++taken[attempt->id.slot];
            }
        }
        if (rows == 0) {
            return taken;
        }
    }
}

/// Adds up a number of all log lines of an event; counts them if it has no such number.
std::int64_t Play::in_logs(std::string_view event, std::string_view number) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        std::ifstream log(fmt::format("{}/server-{}.log", directory_, i));
        for (std::string line; std::getline(log, line);) {
            if (line.find(event) == std::string::npos) {
                continue;
            }
            const std::string key = fmt::format("\"{}\":", number);
            const std::size_t at = number.empty() ? std::string::npos : line.find(key);
            sum += at == std::string::npos ? 1 : std::stoll(line.substr(at + key.size()));
        }
    }
    return sum;
}

/// How much of the provider's rate was used, from the first message that it took to the last.
void Play::write_rate(JsonWriter& json) const {
    if (options_.rate > 0 && curve_.size() > 1) {
        const double seconds =
            std::chrono::duration<double>(curve_.back().first - curve_.front().first).count();
        const double per_second =
            static_cast<double>(curve_.back().second - curve_.front().second) / seconds;
        std::int64_t longest_pause = 0;
        for (std::size_t i = 1; i < curve_.size(); ++i) {
            longest_pause = std::max<std::int64_t>(
                longest_pause, std::chrono::duration_cast<std::chrono::milliseconds>(
                                   curve_[i].first - curve_[i - 1].first)
                                   .count());
        }
        // A stopped worker that has no other beside it sends nothing, whatever haat does: that time
        // (not the restart after a kill) is left out of the second figure.
        const double stopped =
            options_.workers == 1 ? static_cast<double>(options_.stop_seconds) : 0;
        const double percent =
            100 * per_second / static_cast<double>(options_.numbers * options_.rate);
        json.field("sent_per_s", static_cast<std::int64_t>(per_second))
            .field("percent_of_rate", static_cast<std::int64_t>(percent))
            .field("percent_while_any_worker_could_run",
                   static_cast<std::int64_t>(percent * seconds / (seconds - stopped)))
            .field("sending_ms", static_cast<std::int64_t>(seconds * 1'000))
            .field("longest_pause_ms", longest_pause);
        json.key("each_second").begin_array();  // what was accepted in it
        std::int64_t before = curve_.front().second;
        auto end = curve_.front().first + std::chrono::seconds(1);
        for (const auto& [at, count] : curve_) {
            for (; at >= end; end += std::chrono::seconds(1)) {
                json.number(count - std::exchange(before, count));
            }
        }
        json.end_array();
    }
}

bool Play::report(const Verdict& verdict, const value& counts) const {
    const std::int64_t lost = in_logs("delivery.permits_lost", "count");
    const std::int64_t fenced = in_logs("delivery.shard_lost", "") + in_logs("has a new owner", "");
    const auto page = [&](const char* key) { return counts.at(key).to_number<std::int64_t>(); };
    const std::int64_t page_accepted =
        page("accepted") + page("sent") + page("delivered") + page("read");
    const bool pages_right =
        page("unknown") == verdict.unknown && page_accepted == verdict.accepted;
    const bool bounded = verdict.unknown <= lost;
    // A single worker that was stopped has nobody who could replace it.
    const bool was_fenced = options_.stop_seconds == 0 || options_.workers == 1 || fenced > 0;
    const bool killed = 2 * killed_while_sending_ >= options_.kills;
    const bool holds = verdict.holds() && pages_right && bounded && was_fenced && killed;
    int starts = 0;
    for (const auto& server : servers_) {
        starts += server->starts();
    }
    JsonWriter json;
    json.begin_object()
        .field("holds", holds)
        .field("engine", options_.database.empty() ? "sqlite" : "postgres")
        .field("slots", verdict.slots)
        .field("accepted", verdict.accepted)
        .field("unknown", verdict.unknown)
        .field("permits_open_at_kills", lost)
        .field("missing", verdict.missing)
        .field("duplicated", verdict.duplicated)
        .field("unknown_taken", verdict.unknown_taken)
        .field("taken_denied", verdict.taken_denied)
        .field("accepted_untrue", verdict.accepted_untrue)
        .field("strangers", verdict.strangers)
        .field("pages_right", pages_right)
        .field("page_accepted", page_accepted)
        .field("page_unknown", page("unknown"))
        .field("kills", options_.kills)
        .field("kills_while_sending", killed_while_sending_)
        .field("fenced", fenced)
        .field("starts", starts)
        .field("workers", options_.workers)
        .field("jobs_retried", in_logs("storage.retried", ""))  // twice or more often
        .field("steps_failed", in_logs("delivery.failed", ""));
    write_rate(json);
    json.field("seconds", std::chrono::duration_cast<std::chrono::seconds>(
                              std::chrono::steady_clock::now() - started_)
                              .count())
        .end_object();
    std::cout << json.text() << std::endl;
    return holds;
}

bool Play::run() {
    const bool measures = options_.rate > 0;
    std::jthread watcher;
    if (measures) {
        watcher = std::jthread([this](const std::stop_token& stop) { watch_rate(stop); });
    }
    std::jthread killer([this, measures](const std::stop_token& stop) {
        measures ? kill_by_progress(stop) : kill_at_random(stop);
    });
    begin_broadcast();
    if (options_.stop_seconds > 0 && !measures) {
        pause_milliseconds(3'000);
        stop_and_continue();
    }
    killer.join();
    wait_until_settled();
    watcher = {};
    const Taken taken = ask_provider();
    const value detail = read_page(static_cast<std::int64_t>(taken.size()));
    for (auto& server : servers_) {
        server->stop();
    }
    held_ = report(judge(database_, std::string(kSecret) + "/attempts-of-haat",
                         static_cast<std::uint32_t>(broadcast_), taken),
                   detail.at("broadcast").at("counts"));
    return held_;
}

}  // namespace
}  // namespace haat::test

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    try {
        haat::test::Play play(haat::test::read_options({argv, static_cast<std::size_t>(argc)}));
        return play.run() ? 0 : 1;
    } catch (const std::exception& failure) {
        std::cerr << "haat_kill: " << failure.what() << '\n';
        return 2;
    }
}
