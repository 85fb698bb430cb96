/// @file The outer key: 32 bytes that never enter the database, from a file or the environment.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace haat::vault {

/// Wraps the data keys of records and keys the lookups. Wiped from memory at the end.
class OuterKey {
 public:
    /// From a file that holds 64 hexadecimal digits and that only its owner may read.
    /// @return vault.no_key_file, vault.key_file_open (others may read it), vault.bad_key.
    [[nodiscard]] static Result<OuterKey> from_file(const std::string& path);

    /// From an environment variable with the same 64 digits. @return vault.no_key, vault.bad_key.
    [[nodiscard]] static Result<OuterKey> from_environment(const char* name);

    /// Makes a new key in a new file (mode 0600). @return vault.key_file_exists and failures to
    /// write as vault.no_key_file.
    [[nodiscard]] static Result<OuterKey> make_file(const std::string& path);

    OuterKey(const OuterKey&) = delete;
    OuterKey& operator=(const OuterKey&) = delete;
    OuterKey(OuterKey&& other) noexcept;
    OuterKey& operator=(OuterKey&& other) noexcept;
    ~OuterKey();

    /// 16 hexadecimal digits that say which key it is and nothing about it.
    [[nodiscard]] const std::string& name() const { return name_; }

    using Bytes = std::array<unsigned char, 32>;
    [[nodiscard]] const Bytes& wrapping() const { return wrapping_; }  ///< For vault only.
    [[nodiscard]] const Bytes& lookup() const { return lookup_; }      ///< For vault only.

 private:
    OuterKey() = default;
    [[nodiscard]] static Result<OuterKey> from_hex(std::string_view hex);

    Bytes wrapping_{};
    Bytes lookup_{};
    std::string name_;
};

}  // namespace haat::vault
