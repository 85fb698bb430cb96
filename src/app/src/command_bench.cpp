/// @file Measures what haat promises, and prints the figures. Nothing here judges them: machines
/// differ; bench/README.md says what to read and holds the table.
#include <algorithm>
#include <array>

#include "bench.hpp"
#include "benches.hpp"
#include "commands.hpp"

namespace haat::app {
namespace {

struct Bench {
    std::string_view name;
    Result<int> (*run)(const Arguments&);
};

constexpr std::array kBenches{
    Bench{"audience", bench_audience},   Bench{"import", bench_import},
    Bench{"broadcast", bench_broadcast}, Bench{"understand", bench_understand},
    Bench{"statuses", bench_statuses},   Bench{"inbound", bench_inbound},
    Bench{"answers", bench_answers},     Bench{"screens", bench_screens},
};

constexpr std::array kWords{
    Word{"what", "audience|import|broadcast|understand|statuses|inbound|answers|screens",
         "What to measure."},
};

constexpr std::array kOptions{
    Option{"--people", "N", "How many made-up people."},
    Option{"--data", "DIR", "Keep the SQLite database here; a temporary one if not given."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat_bench if not given."},
    Option{"--messages", "N", "Requests of one status, or messages that people write."},
    Option{"--numbers", "N", "Sender numbers; 64 if not given."},
    Option{"--rate", "N", "Messages a second of each, 1000; of the paced run of inbound, 5000."},
    Option{"--seconds", "N", "Of answers and screens: how long the paced run goes; 10, 20."},
    Option{"--screens", "N", "Buyers who look at what fits their searches; 50 if not given."},
    Option{"--round-trip-ms", "N", "How far away the provider is."},
    Option{"--commit-ms", "N", "Each commit takes at least so long."},
    Option{"--plan-only", "", "Of broadcast: take the snapshot of everybody, and send nothing."},
    Option{"--seed", "N", "Of everything made by chance."},
};

Result<int> run(const Arguments& arguments) {
    const std::string what = arguments.value("what");
    const auto* found = std::ranges::find(kBenches, what, &Bench::name);
    return found->run(arguments);
}

}  // namespace

constinit const Command kBench{"bench", "Measure; see bench/README.md.", kWords, kOptions, run};

}  // namespace haat::app
