/// @file Refuses to work on a schema that is not this program's.
#pragma once

#include "base/result.hpp"
#include "settings.hpp"

namespace haat::app {

/// @return app.schema_stale {command}, app.schema_newer {migration}, app.schema_forked {migration}.
[[nodiscard]] Result<void> require_current_schema(const Settings& settings);

}  // namespace haat::app
