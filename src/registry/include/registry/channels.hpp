/// @file How a person is reached, and for what she may be written to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace haat::registry {

/// A way to reach somebody. The numbers are stored; never change one.
enum class Channel : std::uint8_t { kWhatsapp = 1, kSms = 2, kTelegram = 3, kVoice = 4 };

inline constexpr std::array kChannels{Channel::kWhatsapp, Channel::kSms, Channel::kTelegram,
                                      Channel::kVoice};

/// Its bit in a stored mask of channels.
[[nodiscard]] constexpr std::uint8_t channel_bit(Channel channel) {
    return static_cast<std::uint8_t>(1U << (static_cast<unsigned>(channel) - 1U));
}

/// "whatsapp", "sms", "telegram", "voice": the name in contract and i18n.
[[nodiscard]] std::string_view channel_name(Channel channel);
[[nodiscard]] std::optional<Channel> channel_from_name(std::string_view name);

/// What a message is about. A direct answer to her own message is none of these: it is always
/// allowed. The numbers are bits of a stored mask; never change one.
enum class MessagePurpose : std::uint8_t { kMarket = 1, kNotice = 2, kOrder = 4, kPayment = 8 };

inline constexpr std::array kMessagePurposes{MessagePurpose::kMarket, MessagePurpose::kNotice,
                                             MessagePurpose::kOrder, MessagePurpose::kPayment};

/// "market", "notice", "order", "payment".
[[nodiscard]] std::string_view message_purpose_name(MessagePurpose purpose);
[[nodiscard]] std::optional<MessagePurpose> message_purpose_from_name(std::string_view name);

/// A set of purposes.
struct PurposeMask {
    std::uint8_t bits = 0;

    [[nodiscard]] constexpr bool has(MessagePurpose purpose) const {
        return (bits & static_cast<std::uint8_t>(purpose)) != 0;
    }
    friend constexpr PurposeMask operator|(PurposeMask a, PurposeMask b) {
        return {static_cast<std::uint8_t>(a.bits | b.bits)};
    }
    friend constexpr PurposeMask operator-(PurposeMask a, PurposeMask b) {
        return {static_cast<std::uint8_t>(a.bits & ~b.bits)};
    }
    friend constexpr bool operator==(PurposeMask, PurposeMask) = default;
};

[[nodiscard]] constexpr PurposeMask only(MessagePurpose purpose) {
    return {static_cast<std::uint8_t>(purpose)};
}

inline constexpr PurposeMask kNoPurpose{0};
inline constexpr PurposeMask kAllPurposes{15};

/// Languages that people can be written to in. A person's language is stored as its place here;
/// never change the order.
inline constexpr std::array<std::string_view, 7> kLanguages{"hi",  "en",  "bho", "mai",
                                                            "mag", "anp", "ur"};
[[nodiscard]] bool is_language(std::string_view code);
/// The stored number of a language, and the language of a stored number. Both must exist.
[[nodiscard]] std::int64_t language_number(std::string_view code);
[[nodiscard]] std::string_view language_code(std::int64_t number);

}  // namespace haat::registry
