/// @file Refusals: what a person can mend, returned as a value. Failures of disk, database and
/// network are exceptions; bugs are HAAT_ASSERT (base/assert.hpp). The three are never mixed.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haat {

/// What a caller can do about a refusal; decides the HTTP status and the exit code.
enum class ErrorKind : std::uint8_t {
    kInvalid,      ///< The input is wrong: mend it and try again.
    kNotFound,     ///< There is no such thing, or it lies outside the viewer's scope.
    kConflict,     ///< The thing changed or is already so; look again.
    kForbidden,    ///< The viewer's role does not allow it.
    kUnavailable,  ///< Not now; the same request may succeed later.
};

/// A refusal. `code` is the key of its text in i18n/ ("market.offer_expired"); no text for people
/// is ever made in C++. `params` fill the text's placeholders.
struct Error {
    ErrorKind kind = ErrorKind::kInvalid;
    std::string code;
    std::vector<std::pair<std::string, std::string>> params;
};

template <typename T>
using Result = std::expected<T, Error>;

/// Shorthand for the return statement of a refusal.
[[nodiscard]] inline std::unexpected<Error> refuse(
    ErrorKind kind, std::string_view code,
    std::vector<std::pair<std::string, std::string>> params = {}) {
    return std::unexpected(Error{kind, std::string(code), std::move(params)});
}

namespace detail {
inline void take(std::expected<void, Error>&) {}
template <typename T>
T take(std::expected<T, Error>& result) {
    return std::move(*result);
}
}  // namespace detail

}  // namespace haat

/// The value of a Result, or leave this function with its refusal. Not for coroutines.
#define HAAT_TRY(expression)                                         \
    __extension__({                                                  \
        auto haat_try_result_ = (expression);                        \
        if (!haat_try_result_) {                                     \
            return std::unexpected(std::move(haat_try_result_).error()); \
        }                                                            \
        ::haat::detail::take(haat_try_result_);                      \
    })
