/// @file Messages that people write, one a webhook, as the provider posts them: signed, over TLS,
/// some of them twice. Once as fast as they are taken, once at half the promised rate; then the
/// stored rows are held against what was sent.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>
#include <unordered_set>

#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "messaging/inbox.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kPeople = 50'000;
constexpr std::int64_t kMessages = 100'000;
constexpr std::int64_t kPacedRate = 5'000;
constexpr std::int64_t kPacedSeconds = 10;
constexpr std::int64_t kDuplicatesPerMille = 20;
/// The first made-up phone: those after it are known people's, and strangers' beyond the last.
constexpr std::string_view kFirstPhone = "+9996000000000";

struct Load {
    std::int64_t messages = 0;  ///< Distinct.
    double requests = 0;
    double seconds = 0;
    double p99_ms = 0;
    double cpu_micros = 0;  ///< Of haat, a request.
};

Load post(BenchWorld& world, std::int64_t requests, std::int64_t rate) {
    const std::int64_t cpu = cpu_micros();
    const auto answer = boost::json::parse(world.simulator(
        "POST", "/sim/inbound_load",
        fmt::format(R"({{"count":{},"rate":{},"duplicates_per_mille":{},"from":"{}",)"
                    R"("run":{},"in_flight":256,"connections":4}})",
                    requests, rate, kDuplicatesPerMille, kFirstPhone,
                    system_clock().now_micros().value / 100'000 % (1 << 28))));
    Load load;
    load.messages = answer.at("items").to_number<std::int64_t>();
    load.requests = answer.at("acknowledged").to_number<double>();
    load.seconds = answer.at("seconds").to_number<double>();
    load.p99_ms = answer.at("p99_ms").to_number<double>();
    load.cpu_micros = static_cast<double>(cpu_micros() - cpu) / load.requests;
    return load;
}

struct Stored {
    std::int64_t rows = 0;
    std::unordered_set<std::string> ids;
};

Stored stored_messages(storage::Database& database) {
    Stored stored;
    database.read([&](storage::Transaction& tx) {
        messaging::each_message_id(tx, [&](std::string_view id) {
            ++stored.rows;
            stored.ids.emplace(id);
        });
    });
    return stored;
}

/// Answers that the provider took twice.
std::int64_t answered_twice(BenchWorld& world) {
    const auto summary = boost::json::parse(world.simulator("GET", "/sim/summary"));
    return static_cast<std::int64_t>(
        summary.at("accepted_more_than_once_by_callback").as_array().size());
}

}  // namespace

Result<int> bench_inbound(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const std::int64_t messages = HAAT_TRY(number_of(arguments, "--messages", kMessages));
    const std::int64_t rate = HAAT_TRY(number_of(arguments, "--rate", kPacedRate));
    BenchDatabase database(arguments);
    BenchReport report;
    report.count("people", HAAT_TRY(ensure_people(database, people, 1)));
    const Stored before = stored_messages(*database);
    const storage::OpenOptions options = database.options();
    database.close();
    {
        BenchWorld world(options, {});
        const Load fast = post(world, messages, 0);
        const Load paced = post(world, rate * kPacedSeconds, rate);
        const Stored after = stored_messages(world.parts().database());
        const auto kept = static_cast<std::int64_t>(after.ids.size() - before.ids.size());
        report.figure("webhooks_per_s", fast.requests / fast.seconds);
        report.figure("full_speed_p99_ms", fast.p99_ms);
        report.figure("cpu_us_per_webhook", fast.cpu_micros);
        report.figure("paced_per_s", paced.requests / paced.seconds);
        report.figure("p99_ms", paced.p99_ms);
        report.count("messages", fast.messages + paced.messages);
        report.count("sent_twice", static_cast<std::int64_t>(fast.requests + paced.requests) -
                                       fast.messages - paced.messages);
        report.count("lost", fast.messages + paced.messages - kept);
        report.count("duplicated", after.rows - static_cast<std::int64_t>(after.ids.size()) +
                                       answered_twice(world));
        world.stop();
    }
    database.reopen();
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
