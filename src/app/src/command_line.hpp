/// @file Words and flags of the command line, by the table of subcommands.
#pragma once

#include <optional>

#include "command.hpp"

namespace haat::app {

struct Parsed {
    const Command* command = nullptr;  ///< None: the exit code says why.
    Arguments arguments;
    int exit_code = 0;
};

/// Prints help or what is wrong by itself.
[[nodiscard]] Parsed parse_command_line(int argc, char** argv);

}  // namespace haat::app
