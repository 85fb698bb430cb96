/// @file Drives an import of people: one thread reads and judges rows, the database's writes them.
#pragma once

#include <cstdint>
#include <functional>

#include "registry/import.hpp"
#include "storage/database.hpp"

namespace haat::app {

/// Runs `import` to its end. `after_step` hears after each step how long it took.
void apply_import(storage::Database& database, registry::PeopleImport& import,
                  const std::function<void(std::int64_t step_micros)>& after_step);

}  // namespace haat::app
