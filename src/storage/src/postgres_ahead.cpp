#include "postgres_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "postgres_tables.hpp"

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

}  // namespace

void AskedAhead::add(const Statement& statement, std::span<const Value> values, std::size_t at) {
    asked_.push_back({.statement = &statement,
                      .key = key_of(statement, values),
                      .row = statement.by ? values[statement.by->param].integer() : 0,
                      .at = at,
                      .answer = nullptr});
}

void AskedAhead::drop_for(const Statement& statement, std::span<const Value> values) {
    if (asked_.empty() || statement.postgres.starts_with("SELECT")) {
        return;
    }
    const std::string_view table = written_table(statement.postgres);
    std::erase_if(asked_, [&](const Asked& asked) {
        return table.empty() || (names_table(asked.statement->postgres, table) &&
                                 !is_of_others(asked, statement, values));
    });
}

bool AskedAhead::is_of_others(const Asked& asked, const Statement& statement,
                              std::span<const Value> values) {
    const auto column = [](const Statement& by) { return by.params[by.by->param].name; };
    if (!asked.statement->by || !statement.by || column(*asked.statement) != column(statement)) {
        return false;
    }
    for (std::size_t i = 0; i < values.size(); i += statement.params.size()) {
        if (values[i + statement.by->param].integer() == asked.row) {
            return false;
        }
    }
    return true;
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
