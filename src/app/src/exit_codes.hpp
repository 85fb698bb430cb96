/// @file Exit codes: one table, documented in docs/operate/install.md.
#pragma once

#include "base/result.hpp"

namespace haat::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitTrouble = 1;   ///< The command ran, and what it looked at is not right.
inline constexpr int kExitInvalid = 2;   ///< Command line, settings or input are wrong.
inline constexpr int kExitFailure = 70;  ///< Disk, database or network failed.
inline constexpr int kExitBug = 71;      ///< A bug of haat's.

/// 2 invalid, 3 not found, 4 conflict, 5 forbidden, 6 unavailable.
[[nodiscard]] int exit_code_of(ErrorKind kind);

}  // namespace haat::app
