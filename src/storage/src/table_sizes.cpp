#include "storage/table_sizes.hpp"

#include "sql/table_sizes.hpp"

namespace haat::storage {

std::vector<TableSize> table_sizes(Transaction& tx) {
    std::vector<TableSize> sizes;
    for (const sql::TableSizesRow& row : sql::table_sizes(tx)) {
        sizes.push_back({row.table_name, row.bytes});
    }
    return sizes;
}

}  // namespace haat::storage
