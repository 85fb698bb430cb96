/// @file simulation: worlds from seeds, one after the other, until a time or a number of sends is
/// reached. A violation prints its seed and the history of the slot. See README.md.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "base/log.hpp"
#include "world.hpp"

namespace haat::simulation {
namespace {

struct Arguments {
    std::uint64_t seed = 1;
    std::int64_t seeds = INT64_MAX;
    std::int64_t seconds = 20;
    std::int64_t sends = INT64_MAX;
    std::uint32_t people = 60'000;
    bool quarantine = true;
    std::string expects;  ///< "S1": a mutant, or the control run; not finding it is the error.
    bool wants_everything = false;  ///< Each thing that may happen must have happened.
    bool is_verbose = false;
};

/// What a long run must have met at least once.
constexpr std::array kMustBeMet{
    "a commit in doubt that landed",
    "arrived twice",
    "broadcast cancelled",
    "broadcast forgotten",
    "broadcast made while others run",
    "broadcast paused",
    "bytes left after the process died",
    "connection refused",
    "died at a permit",
    "died at a read while recovering",
    "died at a write-back",
    "died at an append",
    "died at dropping the journal",
    "died at storing cursors",
    "died while recovering, at an append",
    "died while recovering, at taking shards",
    "failed at a permit",
    "failed at a write-back",
    "failover that lost commits",
    "fallback taken",
    "killed",
    "lease taken over",
    "outcome told in the middle of a transaction",
    "pair limit",
    "permit too old when its turn came",
    "repeated in at-least-once",
    "sessions ended",
    "sent again after a refusal or doubt",
    "slot expired",
    "slot cancelled",
    "slot spared",
    "slot suppressed",
    "slot no_address",
    "slot read",
    "somebody said stop",
    "started in quarantine",
    "status forged",
    "status lost",
    "status twice",
    "status without our name",
    "stopped in the middle of a step",
    "taken long after the deadline",
    "the provider asked for an act of ours",
    "unknown settled by a callback",
    "wall clock stepped",
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void tell(const Violation& violation, const World& world, std::uint64_t seed, double seconds) {
    std::cout << fmt::format("VIOLATED after {:.1f} s: {}\n  seed {} step {}", seconds,
                             violation.what, seed, world.steps());
    if (violation.is_about_slot) {
        std::cout << fmt::format(" slot {}.{}", violation.slot.broadcast, violation.slot.slot);
    }
    const Temper& t = world.temper();
    std::cout << fmt::format("\n  {} recipients, {} broadcasts, {} mails, {} processes{}{}{}\n",
                             t.recipients, t.broadcasts, t.mails, t.processes,
                             t.is_alone ? " alone" : "", t.fails_over ? ", fails over" : "",
                             t.has_fallback ? ", with fallbacks" : "");
}

/// The same world again, writing down what happens to one slot.
void retell(Disk& disk, WorldOptions options, const Violation& violation) {
    options.followed = violation.slot;
    Sometimes ignored;
    World world(disk, options, ignored);
    try {
        world.run();
        std::cout << "  not the same again: the simulation is not deterministic\n";
    } catch (const Violation&) {
        for (const std::string& line : world.judge().history()) {
            std::cout << "  " << line << '\n';
        }
    }
}

int run(const Arguments& arguments) {
    const auto start = std::chrono::steady_clock::now();
    Disk disk(arguments.people);
    Sometimes met;
    std::int64_t sends = 0;
    std::int64_t worlds = 0;
    for (std::uint64_t seed = arguments.seed;
         worlds < arguments.seeds && sends < arguments.sends &&
         seconds_since(start) < static_cast<double>(arguments.seconds);
         ++seed, ++worlds) {
        const WorldOptions options{
            .seed = seed, .quarantine = arguments.quarantine, .followed = {}};
        World world(disk, options, met);
        const auto before = std::chrono::steady_clock::now();
        try {
            world.run();
        } catch (const Violation& violation) {
            tell(violation, world, seed, seconds_since(start));
            if (!arguments.expects.empty() && violation.what.starts_with(arguments.expects)) {
                return 0;
            }
            if (violation.is_about_slot) {
                retell(disk, options, violation);
            }
            return 1;
        } catch (const std::exception& error) {
            tell({error.what(), {}, false}, world, seed, seconds_since(start));
            return 1;
        }
        sends += world.judge().sends();
        if (arguments.is_verbose) {
            std::cout << fmt::format("seed {}: {} sends, {} steps, {:.2f} s\n", seed,
                                     world.judge().sends(), world.steps(), seconds_since(before))
                      << std::flush;
        }
    }
    if (arguments.is_verbose) {
        for (const auto& [what, times] : met) {
            std::cout << fmt::format("{:>12}  {}\n", times, what);
        }
    }
    std::cout << fmt::format("{} worlds, {} sends, {:.1f} s: {}\n", worlds, sends,
                             seconds_since(start),
                             arguments.expects.empty() ? "all invariants hold" : "nothing found");
    bool everything = true;
    for (const char* what : kMustBeMet) {
        if (arguments.wants_everything && met[what] == 0) {
            std::cout << "never happened: " << what << '\n';
            everything = false;
        }
    }
    const bool enough = arguments.sends == INT64_MAX || sends >= arguments.sends;
    if (!enough) {
        std::cout << "too slow: " << arguments.sends << " sends were asked for\n";
    }
    return arguments.expects.empty() && everything && enough ? 0 : 1;
}

int usage() {
    std::cerr << "usage: haat_simulation [--seed N] [--seeds N] [--seconds N] [--sends N]"
                 " [--people N] [--everything] [--verbose] [--no-quarantine]"
                 " [--expects S1]\n";
    return 2;
}

}  // namespace
}  // namespace haat::simulation

int main(int count, char** values) {
    using namespace haat::simulation;
    haat::set_log_level(haat::LogLevel::kError);
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string name = values[i];
        const auto number = [&]() -> std::int64_t {
            return i + 1 < count ? std::atoll(values[++i]) : 0;
        };
        if (name == "--seed") {
            arguments.seed = static_cast<std::uint64_t>(number());
        } else if (name == "--seeds") {
            arguments.seeds = number();
        } else if (name == "--seconds") {
            arguments.seconds = number();
        } else if (name == "--sends") {
            arguments.sends = number();
        } else if (name == "--people") {
            arguments.people = static_cast<std::uint32_t>(number());
        } else if (name == "--everything") {
            arguments.wants_everything = true;
        } else if (name == "--verbose") {
            arguments.is_verbose = true;
        } else if (name == "--no-quarantine") {
            arguments.quarantine = false;
        } else if (name == "--expects" && i + 1 < count) {
            arguments.expects = values[++i];
        } else {
            return usage();
        }
    }
    return run(arguments);
}
