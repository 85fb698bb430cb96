/// @file A connection to PostgreSQL 15. Private to storage.
#pragma once

#include <memory>
#include <string>

#include "connection.hpp"

namespace haat::storage {

[[nodiscard]] std::unique_ptr<Connection> connect_postgres(const std::string& url,
                                                           const std::string& schema,
                                                           IdSource& ids);

}  // namespace haat::storage
