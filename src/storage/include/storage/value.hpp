/// @file What goes into a statement and what comes out: integers, text, bytes, NULL. There is no
/// floating point in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/assert.hpp"

namespace haat::storage {

enum class Type : std::uint8_t { kNull, kInteger, kText, kBlob };

/// One value. Text and bytes are borrowed: they must outlive the call.
class Value {
  public:
    constexpr Value() = default;

    [[nodiscard]] static constexpr Value of(std::int64_t integer) {
        Value value;
        value.type_ = Type::kInteger;
        value.integer_ = integer;
        return value;
    }
    [[nodiscard]] static constexpr Value of(std::string_view text) {
        Value value;
        value.type_ = Type::kText;
        value.text_ = text;
        return value;
    }
    /// Ids, Paise, Milli, UnixSeconds: anything that is one integer called `value`.
    template <typename Wrapped>
        requires requires(Wrapped wrapped) { std::int64_t{wrapped.value}; }
    [[nodiscard]] static constexpr Value of(Wrapped wrapped) {
        return of(wrapped.value);
    }
    template <typename Inner>
    [[nodiscard]] static constexpr Value of(const std::optional<Inner>& maybe) {
        return maybe ? of(*maybe) : Value();
    }
    [[nodiscard]] static constexpr Value blob(std::string_view bytes) {
        Value value = of(bytes);
        value.type_ = Type::kBlob;
        return value;
    }
    template <typename Inner>
    [[nodiscard]] static constexpr Value blob(const std::optional<Inner>& maybe) {
        return maybe ? blob(*maybe) : Value();
    }

    [[nodiscard]] constexpr Type type() const { return type_; }
    [[nodiscard]] constexpr std::int64_t integer() const { return integer_; }
    [[nodiscard]] constexpr std::string_view text() const { return text_; }  ///< Text or bytes.

  private:
    Type type_ = Type::kNull;
    std::int64_t integer_ = 0;
    std::string_view text_;
};

/// One row of an answer, valid only during the callback that receives it. Columns count from 0.
class Row {
  public:
    explicit Row(std::span<const Value> values) : values_(values) {}

    [[nodiscard]] bool is_null(std::size_t column) const {
        return values_[column].type() == Type::kNull;
    }
    [[nodiscard]] std::int64_t integer(std::size_t column) const {
        HAAT_ASSERT(values_[column].type() == Type::kInteger ||
                    values_[column].type() == Type::kNull);
        return values_[column].integer();
    }
    [[nodiscard]] std::string_view text(std::size_t column) const {
        HAAT_ASSERT(values_[column].type() != Type::kInteger);
        return values_[column].text();
    }
    [[nodiscard]] std::size_t size() const { return values_.size(); }

  private:
    std::span<const Value> values_;
};

}  // namespace haat::storage
