/// @file How fast an audience is counted, how large the index is, how long it takes to build.
#include "bench.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "registry/audience.hpp"

namespace haat::app {

Result<int> bench_audience(const Arguments& arguments) {
    BenchDatabase database(arguments);
    registry::AudienceIndex index;
    database->read([&](storage::Transaction& tx) { index.build(tx); });
    BenchReport report;
    report.count("people", index.people());
    report.count("memory_bytes", index.memory_bytes());
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
