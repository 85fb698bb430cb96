/// @file What each table occupies, for measurements and the operator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/transaction.hpp"

namespace haat::storage {

struct TableSize {
    std::string table;
    std::int64_t bytes = 0;  ///< With its indexes; on PostgreSQL also what waits for VACUUM.
};

/// Every table, largest first. Reads the whole file on SQLite: seconds for some gigabytes.
[[nodiscard]] std::vector<TableSize> table_sizes(Transaction& tx);

}  // namespace haat::storage
