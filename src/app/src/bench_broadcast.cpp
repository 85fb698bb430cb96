/// @file One broadcast to everybody, end to end: snapshot, permits, TLS and HTTP/2 to the provider,
/// outcomes, then every status by signed webhooks, write-back. Compared in the same run with the
/// least that sending can cost, a bare nghttp2 loop against the same provider.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <limits>

#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "messaging/broadcasts.hpp"
#include "registry/audience.hpp"
#include "storage/table_sizes.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kPeople = 1'000'000;
constexpr std::int64_t kFloorMessages = 200'000;
constexpr std::array<std::string_view, 5> kTables{"chunk", "journal", "broadcast", "shard_cursor",
                                                  "slot_total"};

/// The bare loop, against the same provider. CPU microseconds a message.
double floor_cpu(BenchWorld& world) {
    const std::string command =
        fmt::format("{}/haat_net_floor {} {} /v24.0/200000/messages 400 16 100 bench-token",
                    program_folder(), world.simulator_url(), kFloorMessages);
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string printed(4'096, '\0');
    printed.resize(std::fread(printed.data(), 1, printed.size(), pipe));
    if (::pclose(pipe) != 0) {
        throw std::runtime_error("haat_net_floor failed: " + printed);
    }
    return boost::json::parse(printed).at("cpu_us_per_message").to_number<double>();
}

/// Bytes of the tables that hold what became of recipients, by table.
std::int64_t sizes(storage::Database& database, BenchReport& report, std::int64_t recipients) {
    std::int64_t sum = 0;
    std::string json = "{";
    database.read([&](storage::Transaction& tx) {
        for (const storage::TableSize& size : storage::table_sizes(tx)) {
            for (const std::string_view table : kTables) {
                if (size.table == table) {
                    sum += size.bytes;
                    json += fmt::format("{}\"{}\":{:.2f}", json.size() > 1 ? "," : "", table,
                                        static_cast<double>(size.bytes) /
                                            static_cast<double>(recipients));
                }
            }
        }
    });
    report.json("bytes_per_recipient_by_table", json + "}");
    return sum;
}

/// From the audience to the snapshot, ready to be sent.
Result<messaging::Broadcast> plan(storage::Database& database,
                                  const registry::AudienceIndex& audience,
                                  registry::Channel channel, std::int64_t people,
                                  BenchReport& report) {
    const std::int64_t cpu_before = cpu_micros();
    const std::int64_t started_at = system_clock().monotonic_micros();
    std::vector<std::uint32_t> ordinals = audience.select(
        system_viewer(), registry::AudienceQuery{.channel = channel,
                                                 .purpose = registry::MessagePurpose::kNotice});
    if (static_cast<std::int64_t>(ordinals.size()) > people) {
        ordinals.resize(static_cast<std::size_t>(people));
    }
    const std::int64_t selected_at = system_clock().monotonic_micros();
    messaging::NewBroadcast wish = bench_message();
    wish.channel = channel;
    messaging::Broadcast made =
        HAAT_TRY(messaging::create_broadcast(database, wish, ordinals, system_clock().now()));
    const std::int64_t ended_at = system_clock().monotonic_micros();
    report.figure("plan_s", static_cast<double>(ended_at - started_at) / 1e6);
    report.figure("plan_cpu_s", static_cast<double>(cpu_micros() - cpu_before) / 1e6);
    report.figure("select_s", static_cast<double>(selected_at - started_at) / 1e6);
    report.count("planned", static_cast<std::int64_t>(ordinals.size()));
    return made;
}

/// The snapshot alone, without a provider, by SMS: that reaches every phone. Nothing of it is ever
/// sent.
Result<int> plan_only(const Arguments& arguments, BenchDatabase& database, std::int64_t people,
                      BenchReport& report) {
    registry::AudienceIndex audience;
    audience.build(*database, 2);
    const messaging::Broadcast made =
        HAAT_TRY(plan(*database, audience, registry::Channel::kSms, people, report));
    report.count("recipients", made.recipients);
    report.count("shared", made.shared);
    HAAT_TRY(database->write([&](storage::Transaction& tx) {
        Viewer viewer = system_viewer();
        viewer.places = {0, std::numeric_limits<std::int64_t>::max()};
        return messaging::set_broadcast_state(tx, viewer, made.broadcast_id,
                                              messaging::BroadcastState::kCancelled);
    }));
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace

Result<int> bench_broadcast(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const std::int64_t numbers = HAAT_TRY(number_of(arguments, "--numbers", 64));
    const std::int64_t rate = HAAT_TRY(number_of(arguments, "--rate", 1'000));
    const std::int64_t round_trip = HAAT_TRY(number_of(arguments, "--round-trip-ms", 0));
    const std::int64_t commit = HAAT_TRY(number_of(arguments, "--commit-ms", 0));
    const std::int64_t seed = HAAT_TRY(number_of(arguments, "--seed", 1));
    BenchDatabase database(arguments);
    BenchReport report;
    report.count("people",
                 HAAT_TRY(ensure_people(database, people, static_cast<std::uint64_t>(seed))));
    if (arguments.has("--plan-only")) {
        return plan_only(arguments, database, people, report);
    }
    const storage::OpenOptions options = database.options();
    database.close();
    std::int64_t recipients = 0;
    {
        BenchWorld world(options, {.numbers = static_cast<int>(numbers),
                                   .rate_per_number = static_cast<int>(rate),
                                   .round_trip_milliseconds = static_cast<int>(round_trip),
                                   .commit_milliseconds = static_cast<int>(commit)});
        Parts& parts = world.parts();
        messaging::Delivery& delivery = parts.delivery();
        const Clock& clock = parts.clock();

        const messaging::Broadcast made =
            HAAT_TRY(plan(parts.database(), parts.audience(), registry::Channel::kWhatsapp, people,
                          report));
        const std::int64_t started_at = clock.monotonic_micros();

        const std::int64_t cpu_before = cpu_micros();
        delivery.broadcast_changed(made.broadcast_id);
        const messaging::Progress sent = wait_sent(delivery, made.broadcast_id);
        const std::int64_t took = clock.monotonic_micros() - started_at;
        const double cpu = static_cast<double>(cpu_micros() - cpu_before);
        const auto accepted = static_cast<double>(sent.accepted());
        recipients = sent.recipients;
        report.count("recipients", sent.recipients);
        report.count("accepted", sent.accepted());
        report.figure("sent_per_s", accepted / (static_cast<double>(took) / 1e6));
        report.figure("cpu_us_per_message", cpu / accepted);
        report.count("resident_bytes_sending", resident_bytes());
        report.figure("floor_cpu_us_per_message", floor_cpu(world));

        const auto summary = boost::json::parse(world.simulator("GET", "/sim/summary"));
        report.count("missing", sent.missing());
        report.count("unknown", sent.of(messaging::SlotState::kUnknown));
        report.count("duplicated",
                     static_cast<std::int64_t>(
                         summary.at("accepted_more_than_once_by_callback").as_array().size()));

        const std::int64_t status_cpu = cpu_micros();
        const auto released = boost::json::parse(world.simulator(
            "POST", "/sim/release_statuses",
            R"({"per_request":1000,"statuses":["sent","delivered","read"],"in_flight":16})"));
        const double statuses = released.at("items").to_number<double>();
        report.figure("statuses_per_s", statuses / released.at("seconds").to_number<double>());
        report.figure("cpu_us_per_status",
                      static_cast<double>(cpu_micros() - status_cpu) / statuses);
        report.count("read", delivery.progress(made.broadcast_id).of(messaging::SlotState::kRead));
        world.stop();
    }
    database.reopen();
    report.figure("bytes_per_recipient",
                  static_cast<double>(sizes(*database, report, recipients)) /
                      static_cast<double>(recipients));
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
