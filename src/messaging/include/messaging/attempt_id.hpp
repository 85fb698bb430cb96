/// @file The name of one attempt, sent along as callback data and echoed in the provider's
/// statuses: "broadcast.slot.attempt.nonce.mac". The nonce is the broadcast's own: after a failover
/// that lost it, another may get its number, and must not get its statuses. The MAC is 64 bits of a
/// keyed hash, so a status that was not ours to begin with finds no slot.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messaging/journal.hpp"

namespace haat::messaging {

struct AttemptId {
    SlotId id;
    std::uint8_t attempt = 1;
    std::uint32_t nonce = 0;  ///< Of the broadcast; 0, and left out, for mail.
    friend bool operator==(const AttemptId&, const AttemptId&) = default;
};

class AttemptIds {
  public:
    /// @param key  Any secret of 16 bytes or more; the same for ever, or callbacks are lost.
    explicit AttemptIds(std::string_view key);

    [[nodiscard]] std::string write(const AttemptId& attempt) const;  ///< At most 56 bytes.
    /// None if it is not of the form, or the MAC does not fit.
    [[nodiscard]] std::optional<AttemptId> read(std::string_view text) const;

  private:
    [[nodiscard]] std::uint64_t mac(const AttemptId& attempt) const;
    std::array<unsigned char, 16> key_{};
};

/// 32 bits of a hash of the provider's message id; never 0.
[[nodiscard]] std::uint32_t provider_tag(std::string_view provider_message_id);

}  // namespace haat::messaging
