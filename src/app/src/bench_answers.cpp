/// @file People who write and wait for the answer: signed webhooks of one message each over TLS, a
/// real dialogue each (stock, yes, a price, help), until the reply is handed to the provider. Once
/// at a given rate, once as fast as it goes. Source: README.md of bench.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench_world.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "market/offers.hpp"
#include "registry/people.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kPeople = 20'000;
constexpr std::int64_t kRate = 1'000;
constexpr std::int64_t kSeconds = 10;
constexpr std::int64_t kMessages = 20'000;
constexpr std::int64_t kDuplicatesPerMille = 20;
/// One after another; each is answered once.
constexpr std::string_view kDialogue =
    R"(["20 किलो आम का अचार है, 180 रुपये किलो","हाँ","आम के अचार का दाम क्या है","मदद"])";
constexpr std::int64_t kTurns = 4;

struct Answers {
    std::int64_t messages = 0;
    std::int64_t replies = 0;
    std::int64_t unanswered = 0;
    std::int64_t extra = 0;
    double seconds = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    double max_ms = 0;
    double cpu_micros = 0;  ///< Of haat, a message.
};

/// Phones of known people that nobody shares: their numbers as a JSON array. Each load has its own.
class Phones {
 public:
    explicit Phones(storage::Database& database) {
        std::map<std::string, int> users;
        database.read([&](storage::Transaction& tx) {
            registry::addresses_in(tx, 0, UINT32_MAX >> 1U, registry::Channel::kWhatsapp,
                                   [&](const registry::SendAddress& address) {
                                       ++users[std::string(address.external_id)];
                                   });
        });
        for (const auto& [phone, count] : users) {
            if (count == 1) {
                phones_.push_back(phone);
            }
        }
    }

    [[nodiscard]] std::string take(std::int64_t count) {
        std::string json = "[";
        for (; count > 0 && next_ < phones_.size(); --count) {
            json += (json.size() > 1 ? ",\"" : "\"") + phones_[next_++] + "\"";
        }
        if (count > 0) {
            throw std::runtime_error("too few people: give --people a larger number");
        }
        return json + "]";
    }

 private:
    std::vector<std::string> phones_;
    std::size_t next_ = 0;
};

Answers converse(BenchWorld& world, Phones& phones, std::int64_t messages, std::int64_t rate) {
    const std::int64_t cpu = cpu_micros();
    const auto told = boost::json::parse(world.simulator(
        "POST", "/sim/inbound_load",
        fmt::format(R"({{"count":{},"phones":{},"texts":{},"rate":{},"duplicates_per_mille":{},)"
                    R"("run":{},"in_flight":256,"connections":4,)"
                    R"("watch_replies":true}})",
                    messages, phones.take(messages / kTurns), kDialogue, rate, kDuplicatesPerMille,
                    system_clock().now_micros().value / 100'000 % (1 << 28))));
    const auto count = [&](const char* key) { return told.at(key).to_number<std::int64_t>(); };
    const auto figure = [&](const char* key) { return told.at(key).to_number<double>(); };
    const std::int64_t spent = cpu_micros() - cpu;
    return {.messages = count("items"),
            .replies = count("replies"),
            .unanswered = count("unanswered"),
            .extra = count("extra"),
            .seconds = figure("reply_seconds"),
            .p50_ms = figure("reply_p50_ms"),
            .p99_ms = figure("reply_p99_ms"),
            .max_ms = figure("reply_max_ms"),
            .cpu_micros = static_cast<double>(spent) / static_cast<double>(count("items"))};
}

/// Replies that the provider took twice.
std::int64_t taken_twice(BenchWorld& world) {
    const auto summary = boost::json::parse(world.simulator("GET", "/sim/summary"));
    return static_cast<std::int64_t>(
        summary.at("accepted_more_than_once_by_callback").as_array().size());
}

/// Every second message of a dialogue confirms one: what was measured is what it says.
std::int64_t offers_in(BenchWorld& world) {
    constexpr int kMost = 1'000'000;
    return world.parts().database().read([&](storage::Transaction& tx) {
        return static_cast<std::int64_t>(
            market::list_offers(tx, system_viewer(), {}, {.limit = kMost}, system_clock().now())
                .size());
    });
}

double per_second(const Answers& answers) {
    return static_cast<double>(answers.replies) / answers.seconds;
}

}  // namespace

Result<int> bench_answers(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const std::int64_t rate = HAAT_TRY(number_of(arguments, "--rate", kRate));
    const std::int64_t seconds = HAAT_TRY(number_of(arguments, "--seconds", kSeconds));
    const std::int64_t messages = HAAT_TRY(number_of(arguments, "--messages", kMessages));
    BenchDatabase database(arguments);
    BenchReport report;
    report.count("people", HAAT_TRY(ensure_people(database, people, 1)));
    const storage::OpenOptions options = database.options();
    database.close();
    {
        BenchWorld world(options, {.numbers = 1, .rate_per_number = 1'000'000});
        Phones phones(world.parts().database());
        const std::int64_t before = offers_in(world);
        const Answers paced = converse(world, phones, rate * seconds, rate);
        const Answers fast = converse(world, phones, messages, 0);
        report.figure("answers_per_s", per_second(paced));
        report.figure("p50_ms", paced.p50_ms);
        report.figure("p99_ms", paced.p99_ms);
        report.figure("max_ms", paced.max_ms);
        report.figure("cpu_us_per_message", paced.cpu_micros);
        report.figure("saturated_per_s", per_second(fast));
        report.figure("saturated_cpu_us_per_message", fast.cpu_micros);
        report.count("offers_added", offers_in(world) - before);
        report.count("messages", paced.messages + fast.messages);
        report.count("lost", paced.unanswered + fast.unanswered);
        report.count("duplicated", paced.extra + fast.extra + taken_twice(world));
        world.stop();
    }
    database.reopen();
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
