/// @file Values as PostgreSQL takes and gives them. Private.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/value.hpp"

namespace haat::storage {

// Type numbers of PostgreSQL's catalogue (pg_type.dat); fixed for ever.
inline constexpr Oid kBytea = 17;
inline constexpr Oid kInt8 = 20;
inline constexpr Oid kInt2 = 21;
inline constexpr Oid kInt4 = 23;
inline constexpr Oid kText = 25;

[[nodiscard]] std::int64_t big_endian(const char* bytes, int size);

/// The values of one call, in PostgreSQL's binary form.
struct Bound {
    explicit Bound(std::span<const Value> values);

    std::vector<std::array<char, 8>> integers;
    std::vector<const char*> data;
    std::vector<int> sizes;
    std::vector<int> formats;
};

/// One of an answer in binary form. @throws Failure for a type that haat does not read.
[[nodiscard]] Value column(const PGresult* result, int row, int at, std::string_view statement);

/// "COPY t (a, b) FROM STDIN" for a plain "INSERT INTO t (a, b) VALUES ($1, $2)" that names each
/// parameter once and in order; empty for every other statement.
[[nodiscard]] std::string copy_command(std::string_view sql);

/// A value in COPY's text form.
void append_copied(std::string& text, const Value& value);

}  // namespace haat::storage
