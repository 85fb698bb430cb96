#include "postgres_values.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/failure.hpp"

namespace haat::storage {

std::int64_t big_endian(const char* bytes, int size) {
    std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? ~0ULL : 0ULL;
    for (int i = 0; i < size; ++i) {
        value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
    }
    return static_cast<std::int64_t>(value);
}

Bound::Bound(std::span<const Value> values)
    : integers(values.size()), data(values.size()), sizes(values.size()) {
    formats.assign(values.size(), 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Value& value = values[i];
        if (value.type() == Type::kInteger) {
            auto rest = static_cast<std::uint64_t>(value.integer());
            for (std::size_t byte = 8; byte-- > 0; rest >>= 8U) {
                integers[i][byte] = static_cast<char>(rest & 0xFFU);
            }
            data[i] = integers[i].data();
            sizes[i] = 8;
        } else if (value.type() != Type::kNull) {
            data[i] = value.text().data() == nullptr ? "" : value.text().data();
            sizes[i] = static_cast<int>(value.text().size());
        }
    }
}

Value column(const PGresult* result, int row, int at, std::string_view statement) {
    if (PQgetisnull(result, row, at) != 0) {
        return {};
    }
    const char* bytes = PQgetvalue(result, row, at);
    const int size = PQgetlength(result, row, at);
    switch (PQftype(result, at)) {
        case kInt8:
        case kInt4:
        case kInt2:
            return Value::of(big_endian(bytes, size));
        case kText:
            return Value::of(std::string_view(bytes, static_cast<std::size_t>(size)));
        case kBytea:
            return Value::blob(std::string_view(bytes, static_cast<std::size_t>(size)));
        default:
            throw Failure(
                fmt::format("{}: column {} has PostgreSQL type {}; cast it to BIGINT "
                            "or TEXT",
                            statement, at, PQftype(result, at)));
    }
}

std::string copy_command(std::string_view sql) {
    constexpr std::string_view kInsert = "INSERT INTO ";
    const std::size_t values = sql.find("VALUES");
    if (!sql.starts_with(kInsert) || values == std::string_view::npos) {
        return "";
    }
    const std::string_view into = sql.substr(kInsert.size(), values - kInsert.size());
    std::string expected = "(";
    for (std::int64_t i = 1; i <= 1 + std::ranges::count(into, ','); ++i) {
        expected += (i > 1 ? ",$" : "$") + std::to_string(i);
    }
    std::string given(sql.substr(values + 6));
    std::erase_if(given, [](char c) { return c == ' ' || c == '\n'; });
    return given == expected + ")" ? "COPY " + std::string(into) + "FROM STDIN" : "";
}

void append_copied(std::string& text, const Value& value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (value.type()) {
        case Type::kNull:
            text += "\\N";
            return;
        case Type::kInteger:
            text += std::to_string(value.integer());
            return;
        case Type::kBlob:
            text += "\\\\x";
            for (const char c : value.text()) {
                text += kHex[static_cast<unsigned char>(c) >> 4U];
                text += kHex[static_cast<unsigned char>(c) & 15U];
            }
            return;
        case Type::kText:
            for (const char c : value.text()) {
                switch (c) {
                    case '\\':
                        text += "\\\\";
                        break;
                    case '\n':
                        text += "\\n";
                        break;
                    case '\r':
                        text += "\\r";
                        break;
                    case '\t':
                        text += "\\t";
                        break;
                    default:
                        text += c;
                }
            }
    }
}

}  // namespace haat::storage
