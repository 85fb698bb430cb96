#include "run.hpp"

#include <exception>

#include "base/assert.hpp"
#include "command_line.hpp"
#include "exit_codes.hpp"
#include "output.hpp"

namespace haat::app {

int run(int argc, char** argv) {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.command == nullptr) {
        return parsed.exit_code;
    }
    try {
        const Result<int> result = parsed.command->run(parsed.arguments);
        if (result) {
            return *result;
        }
        print_refusal(parsed.arguments, result.error());
        return exit_code_of(result.error().kind);
    } catch (const Bug& bug) {
        print_failure(parsed.arguments, "app.bug", bug.what());
        return kExitBug;
    } catch (const std::exception& failure) {
        print_failure(parsed.arguments, "app.failure", failure.what());
        return kExitFailure;
    }
}

}  // namespace haat::app
