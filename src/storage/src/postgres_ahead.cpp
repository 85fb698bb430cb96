#include "postgres_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace haat::storage {
namespace {

std::string key_of(const Statement& statement, std::span<const Value> values) {
    std::string key = std::to_string(statement.index);
    for (const Value& value : values) {
        const bool is_integer = value.type() == Type::kInteger;
        key += fmt::format(
            " {}:{}:", static_cast<int>(value.type()),
            is_integer ? value.integer() : static_cast<std::int64_t>(value.text().size()));
        key += value.text();
    }
    return key;
}

bool is_of_name(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Nothing if it is not plain to see.
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

/// As a whole word; a column of that name counts too.
bool names(std::string_view sql, std::string_view table) {
    for (std::size_t at = sql.find(table); at != std::string_view::npos;
         at = sql.find(table, at + 1)) {
        const std::size_t end = at + table.size();
        if ((at == 0 || !is_of_name(sql[at - 1])) && (end == sql.size() || !is_of_name(sql[end]))) {
            return true;
        }
    }
    return false;
}

}  // namespace

void AskedAhead::add(const Statement& statement, std::span<const Value> values, std::size_t at) {
    asked_.push_back({statement.postgres, key_of(statement, values), at, nullptr});
}

void AskedAhead::drop_for(const Statement& statement) {
    if (asked_.empty() || statement.postgres.starts_with("SELECT")) {
        return;
    }
    const std::string_view table = written_table(statement.postgres);
    std::erase_if(asked_,
                  [&](const Asked& asked) { return table.empty() || names(asked.sql, table); });
}

bool AskedAhead::is_at(std::size_t at) const {
    return std::ranges::any_of(
        asked_, [&](const Asked& asked) { return asked.answer == nullptr && asked.at == at; });
}

void AskedAhead::answer(std::size_t at, ResultPtr result) {
    for (Asked& asked : asked_) {
        if (asked.answer == nullptr && asked.at == at) {
            asked.answer = std::move(result);
            return;
        }
    }
}

void AskedAhead::drop_unanswered() {
    std::erase_if(asked_, [](const Asked& asked) { return asked.answer == nullptr; });
}

bool AskedAhead::has(const Statement& statement, std::span<const Value> values) const {
    return !asked_.empty() &&
           std::ranges::find(asked_, key_of(statement, values), &Asked::key) != asked_.end();
}

ResultPtr AskedAhead::take(const Statement& statement, std::span<const Value> values) {
    const auto found = std::ranges::find(asked_, key_of(statement, values), &Asked::key);
    if (found == asked_.end()) {
        return nullptr;
    }
    ResultPtr answer = std::move(found->answer);
    asked_.erase(found);
    return answer;
}

}  // namespace haat::storage
