/// @file From her yes to the buyer's screen: buyers with saved searches keep their page of matches
/// open, an event stream each, and fetch when it tells of offers, at once and then not again within
/// half a second, as the page does (web/src/shared/live.svelte.ts). Women confirm offers while
/// others write at a given rate. Measured from the webhook with her yes until each screen has
/// fetched a list that shows the offer.
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "access/accounts.hpp"
#include "access/sessions.hpp"
#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "flows/saved_searches.hpp"
#include "net/hmac.hpp"
#include "registry/organisations.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kPeople = 20'000;
constexpr std::int64_t kRate = 1'000;
constexpr std::int64_t kSeconds = 20;
constexpr std::int64_t kScreens = 50;
constexpr std::int64_t kConfirmedASecond = 5;
constexpr std::int64_t kTurns = 4;
constexpr int kFirstKilos = 101;  ///< Others offer 20 kg; only more than 100 fits the searches.
constexpr std::int64_t kPaceMicros = 500'000;
constexpr std::int64_t kLastWaitMicros = 10'000'000;
constexpr std::string_view kDialogue =
    R"(["20 किलो आम का अचार है, 180 रुपये किलो","हाँ","आम के अचार का दाम क्या है","मदद"])";

using Micros = std::int64_t;

/// When each offer was confirmed, and when each screen showed it.
class Board {
 public:
    void confirmed(std::int64_t milli, Micros at) {
        const std::lock_guard lock(mutex_);
        confirmed_[milli] = at;
    }
    void shown(std::size_t screen, std::int64_t milli, Micros at) {
        const std::lock_guard lock(mutex_);
        const auto found = confirmed_.find(milli);
        if (found != confirmed_.end() && seen_.emplace(screen, milli).second) {
            waits_.push_back(at - found->second);
        }
    }
    [[nodiscard]] std::size_t seen() const {
        const std::lock_guard lock(mutex_);
        return waits_.size();
    }
    [[nodiscard]] std::vector<std::int64_t> waits() const {
        const std::lock_guard lock(mutex_);
        return waits_;
    }

 private:
    mutable std::mutex mutex_;
    std::map<std::int64_t, Micros> confirmed_;
    std::set<std::pair<std::size_t, std::int64_t>> seen_;
    std::vector<std::int64_t> waits_;
};

/// A browser's event stream: plain HTTP/1.1 that never ends, which net::Client does not read.
class EventSource {
 public:
    EventSource(std::uint16_t port, const std::string& cookie)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const std::string request =
            "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + cookie +
            "\r\nAccept: text/event-stream\r\n\r\n";
        if (socket_ < 0 ||
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
                static_cast<ssize_t>(request.size())) {
            throw std::runtime_error("cannot open an event stream");
        }
    }
    ~EventSource() { ::close(socket_); }
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;

    /// True if an event about offers came within that time.
    bool wait_offer(int milliseconds) {
        pollfd one{.fd = socket_, .events = POLLIN, .revents = 0};
        if (::poll(&one, 1, milliseconds) <= 0) {
            return false;
        }
        std::array<char, 16'384> bytes{};
        const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count <= 0) {
            throw std::runtime_error("an event stream ended");
        }
        text_.append(bytes.data(), static_cast<std::size_t>(count));
        const bool is_offer = text_.find("event: offer\n") != std::string::npos;
        text_.erase(0, text_.rfind('\n') + 1);  // a line may come in two pieces
        return is_offer;
    }

 private:
    int socket_;
    std::string text_;
};

struct Buyer {
    std::string cookie;
    std::int64_t search_id = 0;
};

/// An account of its own with a session and a search for much mango pickle anywhere in Bihar.
Buyer make_buyer(Parts& parts, std::int64_t number) {
    const UnixSeconds now = parts.clock().now();
    const std::string name = fmt::format("bench-{}-{}", now.value, number);
    Viewer viewer;
    viewer.role = Role::kBuyer;
    viewer.place_id = registry::kBihar;
    std::string token;
    parts.database().write([&](storage::Transaction& tx) {
        viewer.organisation_id = registry::ensure_organisation(tx,
                                                               {.code = name,
                                                                .name_en = name,
                                                                .name_hi = name,
                                                                .place_id = registry::kBihar,
                                                                .gstin = "",
                                                                .is_synthetic = true},
                                                               now)
                                     .value()
                                     .organisation_id;
        viewer.account_id = access::add_account(tx,
                                                {.login = name,
                                                 .name_hi = name,
                                                 .name_en = name,
                                                 .role = Role::kBuyer,
                                                 .place_id = registry::kBihar,
                                                 .organisation_id = viewer.organisation_id,
                                                 .site_id = {},
                                                 .password_hash = "none"},
                                                now)
                                .value()
                                .account_id;
        viewer.places = registry::place_range(tx, registry::kBihar);
        token = access::start_session(tx, viewer.account_id, now).token;
    });
    const market::Search search =
        flows::save_search(parts.flows(), viewer,
                           {.device_id = name,
                            .product_key = "pickle_mango",
                            .grade = "",
                            .min_quantity = Milli{(kFirstKilos - 1) * 1'000},
                            .max_price = {},
                            .place_id = registry::kBihar,
                            .tells = false})
            .value();
    return {.cookie = "haat_session=" + token, .search_id = search.search_id.value};
}

/// One buyer's page, until it is told to stop.
class Screen {
 public:
    Screen(std::size_t number, Buyer buyer, std::uint16_t port, net::Client& client, Board& board)
        : number_(number),
          buyer_(std::move(buyer)),
          events_(port, buyer_.cookie),
          client_(client),
          board_(board),
          thread_([this](const std::stop_token& stop) { run(stop); }) {}

    [[nodiscard]] std::int64_t fetches() const { return fetches_; }
    [[nodiscard]] std::int64_t failures() const { return failures_; }

 private:
    void run(const std::stop_token& stop) {
        Micros last = -kPaceMicros;
        bool is_due = false;
        while (!stop.stop_requested()) {
            const Micros left = last + kPaceMicros - system_clock().monotonic_micros();
            if (is_due && left <= 0) {
                is_due = false;
                last = system_clock().monotonic_micros();
                fetch();
                continue;
            }
            constexpr Micros kLook = 100'000;
            const Micros wait = is_due ? std::min(left, kLook) : kLook;
            is_due = events_.wait_offer(static_cast<int>(wait / 1'000) + 1) || is_due;
        }
    }
    void fetch() {
        const net::ClientResult told = client_.get_blocking(
            fmt::format("/api/searches/{}/offers", buyer_.search_id), {{"Cookie", buyer_.cookie}});
        const Micros at = system_clock().monotonic_micros();
        ++fetches_;
        if (told.outcome != net::Outcome::kAnswered || told.status != 200) {
            ++failures_;
            return;
        }
        const boost::json::value page = boost::json::parse(told.body);
        for (const boost::json::value& offer : page.at("items").as_array()) {
            board_.shown(number_, offer.at("quantity_milli").to_number<std::int64_t>(), at);
        }
    }

    std::size_t number_;
    Buyer buyer_;
    EventSource events_;
    net::Client& client_;
    Board& board_;
    std::atomic<std::int64_t> fetches_ = 0;
    std::atomic<std::int64_t> failures_ = 0;
    std::jthread thread_;  ///< Last: it uses the rest.
};

/// Phones of known people that nobody shares.
std::vector<std::string> own_phones(storage::Database& database) {
    std::map<std::string, int> users;
    database.read([&](storage::Transaction& tx) {
        registry::addresses_in(tx, 0, UINT32_MAX >> 1U, registry::Channel::kWhatsapp,
                               [&](const registry::SendAddress& address) {
                                   ++users[std::string(address.external_id)];
                               });
    });
    std::vector<std::string> phones;
    for (const auto& [phone, count] : users) {
        if (count == 1) {
            phones.push_back(phone);
        }
    }
    return phones;
}

/// Posts one signed message of hers, and waits until it is durable.
void write_from(net::Client& client, const std::string& phone, std::string_view text) {
    static std::atomic<std::int64_t> number = 0;
    const std::string body = fmt::format(
        R"({{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":)"
        R"("messages","value":{{"messaging_product":"whatsapp","metadata":{{"phone_number_id":)"
        R"("{}"}},"messages":[{{"from":"{}","id":"wamid.screen.{}.{}","timestamp":"{}",)"
        R"("type":"text","text":{{"body":"{}"}}}}]}}}}]}}]}})",
        BenchWorld::first_number(), phone.substr(1), system_clock().now_micros().value, ++number,
        system_clock().now().value, text);
    net::HmacSha256 key(BenchWorld::app_secret());
    const net::ClientResult told = client.post_blocking(
        "/hooks/whatsapp", body, {{"X-Hub-Signature-256", "sha256=" + net::hex(key.sign(body))}});
    if (told.status != 200) {
        throw std::runtime_error(fmt::format("webhook: {}", told.status));
    }
}

/// Offers of 101, 102, … kg: said one second, confirmed the next.
std::int64_t confirm_offers(net::Client& client, const std::vector<std::string>& phones,
                            std::int64_t seconds, Board& board) {
    constexpr std::int64_t kSecond = 1'000'000;
    const std::int64_t count = seconds * kConfirmedASecond;
    const Micros begin = system_clock().monotonic_micros();
    for (std::int64_t i = 0; i < count + kConfirmedASecond; ++i) {
        const Micros due = begin + i * kSecond / kConfirmedASecond;
        std::this_thread::sleep_for(
            std::chrono::microseconds(due - system_clock().monotonic_micros()));
        if (i < count) {
            write_from(client, phones[static_cast<std::size_t>(i)],
                       fmt::format("{} किलो आम का अचार है, 180 रुपये किलो", kFirstKilos + i));
        }
        if (i >= kConfirmedASecond) {
            const std::int64_t which = i - kConfirmedASecond;
            board.confirmed((kFirstKilos + which) * 1'000, system_clock().monotonic_micros());
            write_from(client, phones[static_cast<std::size_t>(which)], "हाँ");
        }
    }
    return count;
}

std::string load_of(const std::vector<std::string>& phones, std::int64_t rate, std::int64_t seconds,
                    std::size_t from) {
    std::string list;
    for (std::int64_t i = 0; i < rate * seconds / kTurns; ++i) {
        list +=
            (list.empty() ? "\"" : ",\"") + phones.at(from + static_cast<std::size_t>(i)) + "\"";
    }
    return fmt::format(R"({{"count":{},"phones":[{}],"texts":{},"rate":{},)"
                       R"("duplicates_per_mille":0,"run":{},"in_flight":256,"connections":4,)"
                       R"("watch_replies":true}})",
                       rate * seconds, list, kDialogue, rate,
                       system_clock().now_micros().value / 100'000 % (1 << 28));
}

void measure(BenchWorld& world, std::int64_t screens, std::int64_t rate, std::int64_t seconds,
             BenchReport& report) {
    const std::uint16_t port = world.listen_plainly();
    net::ClientOptions options;
    options.base_url = fmt::format("http://127.0.0.1:{}", port);
    options.connections = static_cast<std::size_t>(screens) + 1;
    net::Client client(std::move(options));
    const std::vector<std::string> phones = own_phones(world.parts().database());
    Board board;
    std::vector<std::unique_ptr<Screen>> open;
    for (std::int64_t i = 0; i < screens; ++i) {
        open.push_back(std::make_unique<Screen>(static_cast<std::size_t>(i),
                                                make_buyer(world.parts(), i), port, client, board));
    }
    const auto asked = static_cast<std::size_t>(seconds * kConfirmedASecond);
    const std::string load = load_of(phones, rate, seconds + 2, asked);
    std::string told = "{}";
    std::jthread others([&] { told = world.simulator("POST", "/sim/inbound_load", load); });
    const std::int64_t confirmed = confirm_offers(client, phones, seconds, board);
    const Micros until = system_clock().monotonic_micros() + kLastWaitMicros;
    while (board.seen() < static_cast<std::size_t>(confirmed * screens) &&
           system_clock().monotonic_micros() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    others.join();
    std::vector<std::int64_t> waits = board.waits();
    std::int64_t fetches = 0;
    std::int64_t failures = 0;
    for (const auto& screen : open) {
        fetches += screen->fetches();
        failures += screen->failures();
    }
    open.clear();
    const auto loaded = boost::json::parse(told);
    constexpr double kThousand = 1'000;
    report.count("screens", screens);
    report.count("offers_confirmed", confirmed);
    report.count("shown", static_cast<std::int64_t>(waits.size()));
    report.count("not_shown", confirmed * screens - static_cast<std::int64_t>(waits.size()));
    report.figure("p50_ms", static_cast<double>(percentile(waits, 0.5)) / kThousand);
    report.figure("p99_ms", static_cast<double>(percentile(waits, 0.99)) / kThousand);
    report.figure("max_ms", static_cast<double>(percentile(waits, 1)) / kThousand);
    report.count("fetches", fetches);
    report.count("failed_fetches", failures);
    report.count("others_rate_per_s", rate);
    report.figure("others_reply_p99_ms", loaded.at("reply_p99_ms").to_number<double>());
}

}  // namespace

Result<int> bench_screens(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const std::int64_t rate = HAAT_TRY(number_of(arguments, "--rate", kRate));
    const std::int64_t seconds = HAAT_TRY(number_of(arguments, "--seconds", kSeconds));
    const std::int64_t screens = HAAT_TRY(number_of(arguments, "--screens", kScreens));
    BenchDatabase database(arguments);
    BenchReport report;
    report.count("people", HAAT_TRY(ensure_people(database, people, 1)));
    const storage::OpenOptions options = database.options();
    database.close();
    {
        BenchWorld world(options, {.numbers = 1, .rate_per_number = 1'000'000});
        measure(world, screens, rate, seconds, report);
        world.stop();
    }
    database.reopen();
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
