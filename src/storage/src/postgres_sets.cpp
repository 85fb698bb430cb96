#include "postgres_sets.hpp"

#include <algorithm>

#include "postgres_tables.hpp"

namespace haat::storage {
namespace {

// Dimensions (1), whether a NULL is among them, type, size, first index (1); each 4 bytes.
constexpr std::size_t kHasNullAt = 4;
constexpr std::size_t kTypeAt = 8;
constexpr std::size_t kSizeAt = 12;
constexpr std::size_t kFirstAt = 16;
constexpr std::size_t kHeaderBytes = 20;
constexpr std::uint32_t kIsNull = UINT32_MAX;

/// Big-endian, as on the wire.
void put(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<char>((value >> (24 - 8 * i)) & 0xFFU);
    }
}
void append(std::string& bytes, std::uint32_t value) {
    bytes.resize(bytes.size() + 4);
    put(bytes, bytes.size() - 4, value);
}

void append(std::string& array, const Value& value) {
    if (value.type() == Type::kNull) {
        put(array, kHasNullAt, 1);
        append(array, kIsNull);
    } else if (value.type() == Type::kInteger) {
        const auto integer = static_cast<std::uint64_t>(value.integer());
        append(array, 8);
        append(array, static_cast<std::uint32_t>(integer >> 32U));
        append(array, static_cast<std::uint32_t>(integer));
    } else {
        append(array, static_cast<std::uint32_t>(value.text().size()));
        array += value.text();
    }
}

Oid element_of(Type type) {
    return type == Type::kInteger ? kInt8 : type == Type::kText ? kText : kBytea;
}

}  // namespace

RowSet::RowSet(const Statement& statement)
    : statement_(&statement), columns_(statement.params.size(), std::string(kHeaderBytes, '\0')) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        put(columns_[i], 0, 1);
        put(columns_[i], kTypeAt, element_of(statement.params[i].type));
        put(columns_[i], kFirstAt, 1);
    }
}

bool RowSet::has(std::span<const Value> row) const {
    return rows_.contains(row[statement_->by->param].integer());
}

void RowSet::add(std::span<const Value> row) {
    rows_.insert(row[statement_->by->param].integer());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        append(columns_[i], row[i]);
        put(columns_[i], kSizeAt, static_cast<std::uint32_t>(rows_.size()));
    }
}

bool RowSet::goes_before(const Statement& other) const {
    const std::string_view written = written_table(other.postgres);
    const bool is_write = !other.postgres.starts_with("SELECT");
    return names_table(other.postgres, written_table(statement_->postgres)) ||
           (is_write && (written.empty() || names_table(statement_->postgres, written)));
}

Bound RowSet::arrays() const {
    std::vector<Value> values;
    for (const std::string& column : columns_) {
        values.push_back(Value::blob(column));
    }
    return Bound(values);
}

void RowSets::add(const Statement& statement, std::span<const Value> values) {
    const std::size_t width = statement.params.size();
    for (std::size_t from = 0; from < values.size(); from += width) {
        add_row(statement, values.subspan(from, width));
    }
}

void RowSets::add_row(const Statement& statement, std::span<const Value> row) {
    const auto set = std::ranges::find(sets_, &statement, &RowSet::statement);
    if (set == sets_.end()) {
        sets_.emplace_back(statement).add(row);
        return;
    }
    if (set->has(row)) {
        send_(*set);
        *set = RowSet(statement);
    }
    set->add(row);
}

void RowSets::send_before(const Statement& statement) {
    for (auto set = sets_.begin(); set != sets_.end();) {
        if (set->statement() == &statement || !set->goes_before(statement)) {
            ++set;
            continue;
        }
        send_(*set);
        set = sets_.erase(set);
    }
}

void RowSets::send() {
    for (const RowSet& set : sets_) {
        send_(set);
    }
    sets_.clear();
}

Oid parameter_type(const Statement& statement, Type type) {
    constexpr Oid kInt8Array = 1016;
    constexpr Oid kTextArray = 1009;
    constexpr Oid kByteaArray = 1001;
    if (!statement.by || !statement.by->takes_sets) {
        return element_of(type);
    }
    return type == Type::kInteger ? kInt8Array : type == Type::kText ? kTextArray : kByteaArray;
}

}  // namespace haat::storage
