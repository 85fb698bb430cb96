/// @file Runs a program and waits for it, without a shell.
#pragma once

#include <string>
#include <vector>

namespace haat::messaging {

struct ChildResult {
    enum class End { kExited, kNotStarted, kKilled };  ///< kKilled: too slow, or by a signal.
    End end = End::kNotStarted;
    int exit_code = -1;
    std::string said;  ///< The first 2,000 bytes of its standard error.
};

/// @param words  The program, found by PATH, and its arguments. Standard input is empty, standard
///               output dropped. After the deadline it is killed with whatever it started.
[[nodiscard]] ChildResult run_program(const std::vector<std::string>& words,
                                      int deadline_milliseconds);

}  // namespace haat::messaging
