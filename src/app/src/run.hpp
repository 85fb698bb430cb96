/// @file From the command line to an exit code.
#pragma once

namespace haat::app {

/// Parses, runs the subcommand, catches failures and bugs. Returns the exit code.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace haat::app
