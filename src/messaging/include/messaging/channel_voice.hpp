/// @file Voice calls through an IVR provider's HTTP interface (Exotel's): the call that is asked
/// for, what the answer means, what the provider tells while and after it. Pure functions; who
/// calls is delivery.hpp. Source: docs/formats/voice.md.
#pragma once

#include <string>
#include <string_view>

#include "base/money.hpp"
#include "base/result.hpp"
#include "messaging/channel.hpp"
#include "net/client.hpp"

namespace haat::messaging::voice {

struct Settings {
    std::string base_url;  ///< "https://api.exotel.com"; empty: no calls.
    std::string account;   ///< The account's sid.
    std::string key;
    std::string token;
    std::string caller_id;  ///< Our number there, "0XXXXXXXXXX" or "+91…".
    std::string flow_url;   ///< The provider's flow: greets, plays, asks for a digit.
    /// Where the provider reports, "https://haat.example/hooks/voice/exotel/<secret>".
    std::string callback_url;
    std::string secret;          ///< Part of that path, since nothing is signed.
    Paise call_price_paise{60};  ///< For forecasts, a call of a minute.
};

/// POST Calls/connect.json. The attempt id comes back in `m` of the callbacks' address and in
/// CustomField, by which the flow asks what to say.
/// @param to  "+919812345678".
[[nodiscard]] net::ClientRequest send_request(const Settings& settings, std::string_view to,
                                              std::string_view attempt_id);

/// 200 with a call's Sid is accepted; 400 and 404 reject; 401, 402 and 403 stop the channel; 429 is
/// tried again; a 5xx or an unreadable answer proves nothing.
[[nodiscard]] SendOutcome outcome_of(const net::ClientResult& result);

/// Error codes beside the HTTP statuses above, after SIP's.
inline constexpr int kNoAnswer = 480;
inline constexpr int kBusy = 486;
inline constexpr int kCanceled = 487;
inline constexpr int kFailed = 500;

/// True if the path's last part is our secret. Constant time.
[[nodiscard]] bool secret_fits(const Settings& settings, std::string_view secret);

/// What the provider tells, by GET (passthru) or POST (status callback; form or JSON):
/// - Status of a call of ours: completed is delivered; busy, no-answer, canceled, failed are
/// failures.
/// - digits pressed: a message of kind "digits", and "played" for a call of ours. Quotes around the
///   digits are taken off.
/// - somebody called and hung up: a message of kind "missed_call".
/// Each has an id of its own, "CallSid:stage", so repetitions count once. A call from abroad or
/// without a number is ignored.
/// @return messaging.webhook_unreadable: no CallSid, or the form or JSON is none.
[[nodiscard]] Result<Webhook> read_callback(const Settings& settings, const net::Request& request);

}  // namespace haat::messaging::voice
