/// @file Argon2id (libsodium, 64 MiB, about 100 ms each). At most two hashes at once, whoever asks,
/// so that a flood of sign-ins cannot eat the memory; the others wait in a short queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace haat::access {

inline constexpr std::size_t kMinPasswordCodePoints = 10;
inline constexpr std::size_t kMaxPasswordBytes = 256;

/// access.password_short, access.password_long, access.password_not_utf8, access.password_is_login.
[[nodiscard]] Result<void> check_password_policy(std::string_view login, std::string_view password);

enum class HashStrength : std::uint8_t {
    kInteractive,  ///< 64 MiB; what serves.
    kTest,         ///< 8 KiB; for tests only.
};

/// Never call inside a transaction. Safe from any thread; blocks while two others are hashing.
class PasswordHasher {
 public:
    explicit PasswordHasher(HashStrength strength = HashStrength::kInteractive);
    ~PasswordHasher();

    /// The text to store. access.busy if 32 wait already.
    [[nodiscard]] Result<std::string> hash(std::string_view password);

    /// True if the password is the one. An empty `stored` (no such account) takes the same time and
    /// is false. access.busy as above.
    [[nodiscard]] Result<bool> verify(std::string_view password, std::string_view stored);

 private:
    struct Queue;
    std::unique_ptr<Queue> queue_;
};

}  // namespace haat::access
