/// @file A connection to SQLite. Private to storage.
#pragma once

#include <memory>
#include <string>

#include "connection.hpp"

namespace haat::storage {

/// Instead of a directory: a database in memory, of this connection alone; for simulations.
inline constexpr const char* kInMemory = ":memory:";

/// Opens `directory`/haat.db with the pragmas that haat relies on.
[[nodiscard]] std::unique_ptr<Connection> connect_sqlite(const std::string& directory, Mode mode,
                                                         IdSource& ids);

}  // namespace haat::storage
