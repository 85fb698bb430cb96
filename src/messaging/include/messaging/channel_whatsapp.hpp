/// @file WhatsApp Cloud API: the JSON that is sent, what an answer means, what a webhook says.
/// Pure functions; who sends is delivery.hpp.
/// Source: docs/formats/whatsapp.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "messaging/channel.hpp"
#include "messaging/outgoing.hpp"
#include "net/client.hpp"

namespace haat::messaging::whatsapp {

/// The body of POST /{phone-number-id}/messages.
/// @param to             "+919812345678", or a group's external id (group_chats.hpp).
/// @param callback_data  Echoed in statuses; at most 512 bytes.
[[nodiscard]] std::string send_json(std::string_view to, std::string_view callback_data,
                                    const TextBody& body);
[[nodiscard]] std::string send_json(std::string_view to, std::string_view callback_data,
                                    const TemplateBody& body);

/// Decides by the error code, never by HTTP status or text; a 5xx or an unreadable answer proves
/// nothing.
[[nodiscard]] SendOutcome outcome_of(const net::ClientResult& result);

/// Meaning of an error code, from the table in docs/formats/whatsapp.md.
[[nodiscard]] Remedy remedy_for(int error_code);

/// Refused by ourselves with the provider's own code: her 24-hour window is closed.
inline constexpr int kWindowClosed = 131047;

/// True for codes that mean "too fast": they cost no attempt.
[[nodiscard]] bool is_rate_limit(int error_code);
/// Too many messages to one person: she alone has to wait.
[[nodiscard]] constexpr bool is_pair_limit(int error_code) { return error_code == 131056; }

/// Error codes as slots store them: a small number for each code of the table, 1 for any other, 0
/// for none.
[[nodiscard]] std::uint16_t reason_index(int error_code);
[[nodiscard]] int code_of_reason(std::uint16_t reason);

/// Reads a verified webhook body. @return messaging.webhook_unreadable: not the JSON it should be.
/// Updates for numbers that are not `phone_number_ids` are counted as ignored.
[[nodiscard]] Result<Webhook> read_webhook(std::string_view body,
                                           const std::vector<std::string>& phone_number_ids);

/// True if `signature` ("sha256=<hex>") is the HMAC of the raw bytes. Constant time.
[[nodiscard]] bool signature_fits(std::string_view app_secret, std::string_view body,
                                  std::string_view signature);

}  // namespace haat::messaging::whatsapp
