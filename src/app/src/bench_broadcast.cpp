/// @file One broadcast to everybody, end to end: snapshot, permits, TLS and HTTP/2 to the provider,
/// outcomes, then every status by signed webhooks, write-back. Compared in the same run with the
/// least that sending can cost, a bare nghttp2 loop against the same provider.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <thread>

#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "messaging/broadcasts.hpp"
#include "output.hpp"
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

messaging::NewBroadcast message() {
    messaging::NewBroadcast broadcast;
    broadcast.device_id = fmt::format("bench-{}", system_clock().now_micros().value);
    broadcast.purpose = registry::MessagePurpose::kNotice;
    broadcast.template_name = "bench";
    broadcast.params_json =
        R"({"hi":["कल सुबह 10 बजे पंचायत भवन में बैठक है। ज़रूर आइए।"],)"
        R"("en":["Meeting at the panchayat house tomorrow at 10."],"buttons":[],)"
        R"("text_hi":"कल सुबह 10 बजे बैठक है।","text_en":"Meeting tomorrow at 10."})";
    broadcast.audience_json = "{}";
    broadcast.expires_at = {system_clock().now().value + 86'400};
    return broadcast;
}

/// Waits until nothing of it is on its way; shows how far it is.
messaging::Progress wait_sent(messaging::Delivery& delivery, BroadcastId id) {
    ProgressBar bar("sent");
    while (true) {
        const messaging::Progress progress = delivery.progress(id);
        bar.show(progress.recipients - progress.missing(), progress.recipients);
        if (progress.recipients > 0 && progress.missing() == 0) {
            return progress;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
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

        const std::int64_t planned_at = clock.monotonic_micros();
        std::vector<std::uint32_t> ordinals = parts.audience().select(
            system_viewer(),
            registry::AudienceQuery{.channel = registry::Channel::kWhatsapp,
                                    .purpose = registry::MessagePurpose::kNotice});
        if (static_cast<std::int64_t>(ordinals.size()) > people) {
            ordinals.resize(static_cast<std::size_t>(people));
        }
        const messaging::Broadcast made = HAAT_TRY(
            messaging::create_broadcast(parts.database(), message(), ordinals, clock.now()));
        const std::int64_t started_at = clock.monotonic_micros();
        report.figure("plan_s", static_cast<double>(started_at - planned_at) / 1e6);

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
