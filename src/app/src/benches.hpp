/// @file The measurements of `haat bench`, one file each: bench_<what>.cpp.
#pragma once

#include "base/result.hpp"
#include "command.hpp"

namespace haat::app {

[[nodiscard]] Result<int> bench_broadcast(const Arguments& arguments);
[[nodiscard]] Result<int> bench_audience(const Arguments& arguments);
[[nodiscard]] Result<int> bench_import(const Arguments& arguments);
[[nodiscard]] Result<int> bench_understand(const Arguments& arguments);
[[nodiscard]] Result<int> bench_answers(const Arguments& arguments);
[[nodiscard]] Result<int> bench_screens(const Arguments& arguments);
[[nodiscard]] Result<int> bench_inbound(const Arguments& arguments);
[[nodiscard]] Result<int> bench_statuses(const Arguments& arguments);

}  // namespace haat::app
