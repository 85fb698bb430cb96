#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "embedded.hpp"
#include "exit_codes.hpp"
#include "output.hpp"

namespace haat::app {
namespace {

Result<int> run(const Arguments& arguments) {
    if (!arguments.json()) {
        print_line(
            fmt::format("haat {} ({}), {}; sqlite, postgresql", version(), commit(), compiler()));
        return kExitOk;
    }
    JsonWriter json;
    json.begin_object().field("version", version()).field("commit", commit());
    json.field("compiler", compiler()).key("engines").begin_array().string("sqlite");
    json.string("postgresql").end_array().end_object();
    print_line(json.text());
    return kExitOk;
}

}  // namespace

constinit const Command kVersion{"version", "Version, commit, compiler, databases.", {}, {}, run};

}  // namespace haat::app
