/// @file What every channel has in common: what an answer to one send proves, and what a provider
/// reports afterwards. Each channel is a pair of pure functions for each direction in a file of its
/// own (channel_whatsapp.hpp, …); who sends is delivery.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "messaging/slot.hpp"
#include "registry/channels.hpp"

namespace haat::messaging {

/// What to do about a refusal.
enum class Remedy : std::uint8_t {
    kNone,
    kRetryLater,      ///< A definite no that passes: limits, transient refusals.
    kRejectOne,       ///< This recipient cannot have it.
    kSuppressMarket,  ///< She stopped market messages with the provider.
    kStopTemplate,    ///< The template is paused, disabled or wrong: nothing with it may go.
    kPauseBroadcast,  ///< The provider restricts us for what people report as spam.
    kStopNumber,      ///< This number cannot send until an operator mends it.
    kStopChannel,     ///< Token or permission: nothing can be sent until an operator mends it.
};

/// What the provider's answer to one send proves.
struct SendOutcome {
    SlotState state = SlotState::kUnknown;  ///< kAccepted, kRetry, kRejected or kUnknown.
    Remedy remedy = Remedy::kNone;
    int error_code = 0;           ///< With kUnknown that of its cause.
    std::string message_id;       ///< With kAccepted; empty if the provider names none.
    int retry_after_seconds = 0;  ///< With kRetryLater, if the provider said so.
    std::string moved_to;         ///< With kRetryLater: the address's new external id.
};

/// One status of a webhook.
struct Status {
    std::string message_id;
    std::string callback_data;  ///< Empty if the provider did not echo it.
    std::string recipient;      ///< "+91…"; empty if it was not told.
    SlotState state = SlotState::kSent;
    bool failed = false;
    int error_code = 0;  ///< Of that channel: each has its own table.
    UnixSeconds at;
    registry::Channel channel = registry::Channel::kWhatsapp;
};

/// One received message of a webhook.
struct Message {
    std::string message_id;    ///< One message has one id on its channel, however often it comes.
    std::string from;          ///< "+919812345678", or a business-scoped user id.
    std::string profile_name;  ///< May be empty.
    std::string kind;          ///< "text", "button", "audio", …
    std::string text;          ///< What she wrote, or the title of the button she pressed.
    std::string button_id;     ///< Of the pressed button.
    std::string raw;           ///< The message's own JSON.
    UnixSeconds at;
};

/// Error codes as slots store them: 0 for none, 1 for what does not fit, else a number that only the
/// same channel can turn back.
[[nodiscard]] std::uint16_t reason_index(registry::Channel channel, int error_code);
/// The error code that stands for a cause, on every channel.
[[nodiscard]] constexpr int code_of_cause(UnknownCause cause) {
    return -101 - static_cast<int>(cause);
}
/// -1 for "some other reason".
[[nodiscard]] int code_of_reason(registry::Channel channel, std::uint16_t reason);

struct Webhook {
    std::vector<Message> messages;
    std::vector<Status> statuses;
    int ignored = 0;  ///< Updates of other kinds or other numbers.
};

}  // namespace haat::messaging
