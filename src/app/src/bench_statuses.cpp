/// @file What the provider reports about a broadcast: requests of a thousand statuses, requests of
/// one, and the journal and fold alone, without network, signature and JSON.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>

#include "base/log.hpp"
#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kPeople = 1'000'000;
constexpr std::int64_t kSingles = 150'000;
constexpr std::int64_t kPage = 50'000;
constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kBatchesAtOnce = 32;

using Statuses = std::vector<messaging::Status>;

struct Load {
    double items = 0;
    double seconds = 0;
    double p99_ms = 0;
    double cpu_micros = 0;  ///< Of haat, a status.
};

Load post(BenchWorld& world, const std::string& path, const std::string& body) {
    const std::int64_t cpu = cpu_micros();
    const auto answer = boost::json::parse(world.simulator("POST", path, body));
    Load load;
    load.items = answer.at("items").to_number<double>();
    load.seconds = answer.at("seconds").to_number<double>();
    load.p99_ms = answer.at("p99_ms").to_number<double>();
    load.cpu_micros = static_cast<double>(cpu_micros() - cpu) / load.items;
    return load;
}

/// A line "seq,to,callback_data,wamid" of what the provider took, as a webhook would tell of it.
messaging::Status status_of(std::string_view line) {
    std::array<std::string_view, 4> fields;
    for (std::string_view& field : fields) {
        const std::size_t comma = std::min(line.find(','), line.size());
        field = line.substr(0, comma);
        line.remove_prefix(std::min(comma + 1, line.size()));
        if (field.starts_with('"') && field.size() >= 2) {
            field = field.substr(1, field.size() - 2);
        }
    }
    messaging::Status status;
    status.recipient = fields[1];
    status.callback_data = fields[2];
    status.message_id = fields[3];
    status.state = messaging::SlotState::kPlayed;
    return status;
}

/// One status for every message that the provider took.
std::vector<Statuses> statuses_of_all(BenchWorld& world) {
    std::vector<Statuses> batches;
    std::string after = "0";
    while (true) {
        const std::string page = world.simulator(
            "GET", fmt::format("/sim/accepted.csv?after={}&limit={}", after, kPage));
        std::int64_t lines = 0;
        std::string_view rest = page;
        for (; !rest.empty(); ++lines) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (line.empty() || line.front() < '0' || line.front() > '9') {
                continue;  // the head of the table
            }
            if (batches.empty() || batches.back().size() == kBatch) {
                batches.emplace_back();
            }
            batches.back().push_back(status_of(line));
            after = line.substr(0, line.find(','));
        }
        if (lines < 2) {
            return batches;
        }
    }
}

/// Journalled and folded as requests of a thousand are, some at once.
Load fold(messaging::Delivery& delivery, std::vector<Statuses> batches) {
    const std::int64_t cpu = cpu_micros();
    std::atomic<std::size_t> open = 0;
    std::size_t statuses = 0;
    const std::int64_t started = system_clock().monotonic_micros();
    for (Statuses& batch : batches) {
        statuses += batch.size();
        ++open;
        delivery.absorb_statuses(std::move(batch), [&open](bool kept) {
            if (!kept) {
                log_error("bench.statuses_not_kept");
            }
            --open;
            open.notify_all();
        });
        for (std::size_t now = open; now >= kBatchesAtOnce; now = open) {
            open.wait(now);
        }
    }
    for (std::size_t now = open; now > 0; now = open) {
        open.wait(now);
    }
    Load load;
    load.items = static_cast<double>(statuses);
    load.seconds = static_cast<double>(system_clock().monotonic_micros() - started) / 1e6;
    load.cpu_micros = static_cast<double>(cpu_micros() - cpu) / load.items;
    return load;
}

}  // namespace

Result<int> bench_statuses(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const std::int64_t singles = HAAT_TRY(number_of(arguments, "--messages", kSingles));
    BenchDatabase database(arguments);
    BenchReport report;
    report.count("people", HAAT_TRY(ensure_people(database, people, 1)));
    const storage::OpenOptions options = database.options();
    database.close();
    {
        BenchWorld world(options, {});
        messaging::Delivery& delivery = world.parts().delivery();
        const BroadcastId id = HAAT_TRY(make_broadcast(world, people)).broadcast_id;
        delivery.broadcast_changed(id);
        (void)wait_sent(delivery, id);
        report.count("recipients", delivery.progress(id).recipients);

        const Load batches = post(world, "/sim/release_statuses",
                                  R"({"per_request":1000,"statuses":["sent","delivered"],)"
                                  R"("in_flight":16})");
        report.figure("statuses_per_s", batches.items / batches.seconds);
        report.figure("cpu_us_per_status", batches.cpu_micros);
        const Load single =
            post(world, "/sim/status_load",
                 fmt::format(R"({{"single":true,"count":{},"statuses":["read"],"in_flight":256}})",
                             singles));
        report.figure("single_per_s", single.items / single.seconds);
        report.figure("single_p99_ms", single.p99_ms);
        report.figure("single_cpu_us", single.cpu_micros);
        const Load folded = fold(delivery, statuses_of_all(world));
        report.figure("fold_per_s", folded.items / folded.seconds);
        report.figure("fold_cpu_us", folded.cpu_micros);
        const messaging::Progress progress = delivery.progress(id);
        report.count("played", progress.of(messaging::SlotState::kPlayed));
        report.count("unmatched", delivery.counts().unmatched);
        world.stop();
    }
    database.reopen();
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
