#include "postgres_tables.hpp"

#include <algorithm>
#include <cctype>

namespace haat::storage {
namespace {

bool is_of_name(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string_view written_table(std::string_view sql) {
    for (const std::string_view start : {"INSERT INTO ", "UPDATE ", "DELETE FROM "}) {
        if (sql.starts_with(start)) {
            sql.remove_prefix(start.size());
            return sql.substr(0, static_cast<std::size_t>(
                                     std::ranges::find_if_not(sql, is_of_name) - sql.begin()));
        }
    }
    return {};
}

bool names_table(std::string_view sql, std::string_view table) {
    for (std::size_t at = sql.find(table); at != std::string_view::npos;
         at = sql.find(table, at + 1)) {
        const std::size_t end = at + table.size();
        if ((at == 0 || !is_of_name(sql[at - 1])) && (end == sql.size() || !is_of_name(sql[end]))) {
            return true;
        }
    }
    return false;
}

}  // namespace haat::storage
