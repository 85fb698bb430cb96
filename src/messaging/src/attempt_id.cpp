#include "messaging/attempt_id.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <cstring>

#include "base/assert.hpp"

namespace haat::messaging {
namespace {

/// Reads a number up to the next '.', strictly as write() made it.
template <typename Integer>
bool take_number(std::string_view& text, Integer& value, int base) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end == text.data()) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) {
        if (text.front() != '.') {
            return false;
        }
        text.remove_prefix(1);
    }
    return true;
}

}  // namespace

AttemptIds::AttemptIds(std::string_view key) {
    HAAT_ASSERT(key.size() >= 16);
    crypto_generichash(key_.data(), key_.size(), reinterpret_cast<const unsigned char*>(key.data()),
                       key.size(), nullptr, 0);
}

std::uint64_t AttemptIds::mac(const AttemptId& attempt) const {
    std::array<unsigned char, 13> input{};
    std::memcpy(input.data(), &attempt.id.broadcast, 4);
    std::memcpy(input.data() + 4, &attempt.id.slot, 4);
    input[8] = attempt.attempt;
    std::memcpy(input.data() + 9, &attempt.nonce, 4);
    const std::size_t size = attempt.nonce == 0 ? 9 : input.size();
    std::uint64_t hash = 0;
    static_assert(crypto_shorthash_BYTES == sizeof hash);
    static_assert(crypto_shorthash_KEYBYTES == 16);
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash), input.data(), size, key_.data());
    return hash;
}

std::string AttemptIds::write(const AttemptId& attempt) const {
    if (attempt.nonce == 0) {
        return fmt::format("{}.{}.{}.{:016x}", attempt.id.broadcast, attempt.id.slot,
                           attempt.attempt, mac(attempt));
    }
    return fmt::format("{}.{}.{}.{}.{:016x}", attempt.id.broadcast, attempt.id.slot,
                       attempt.attempt, attempt.nonce, mac(attempt));
}

std::optional<AttemptId> AttemptIds::read(std::string_view text) const {
    AttemptId attempt;
    const std::string_view whole = text;
    std::uint64_t received = 0;
    if (whole.size() > 64 || !take_number(text, attempt.id.broadcast, 10) ||
        !take_number(text, attempt.id.slot, 10) || !take_number(text, attempt.attempt, 10)) {
        return std::nullopt;
    }
    const bool has_nonce = text.size() > 16;
    if (has_nonce && (!take_number(text, attempt.nonce, 10) || attempt.nonce == 0)) {
        return std::nullopt;
    }
    if (text.size() != 16 || !take_number(text, received, 16)) {
        return std::nullopt;
    }
    const std::uint64_t expected = mac(attempt);
    if (sodium_memcmp(&expected, &received, sizeof expected) != 0) {
        return std::nullopt;
    }
    return attempt;
}

std::uint32_t provider_tag(std::string_view provider_message_id) {
    constexpr unsigned char kKey[crypto_shorthash_KEYBYTES] = {'p', 'r', 'o', 'v', 'i', 'd'};
    std::uint64_t hash = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&hash),
                     reinterpret_cast<const unsigned char*>(provider_message_id.data()),
                     provider_message_id.size(), kKey);
    const auto tag = static_cast<std::uint32_t>(hash);
    return tag == 0 ? 1 : tag;
}

}  // namespace haat::messaging
