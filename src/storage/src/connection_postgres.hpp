/// @file A connection to PostgreSQL 15. Private to storage.
#pragma once

#include <memory>
#include <string>

#include "connection.hpp"

namespace haat::storage {

/// Whether statements and locks may wait without end: only migrations may.
enum class Bounds : std::uint8_t { kNone, kServing };

/// @throws CannotOpen
[[nodiscard]] std::unique_ptr<Connection> connect_postgres(const std::string& url,
                                                           const std::string& schema,
                                                           IdSource& ids, Mode mode,
                                                           Bounds bounds);

}  // namespace haat::storage
