/// @file SMS through a Kannel of our own: what is asked of its sendsms, what its answers and
/// reports mean, what came in, and how many segments a text takes. Pure functions; who sends is
/// delivery.hpp. "Accepted" is Kannel's word: it has the message on disk, and our part of
/// at-most-once ends there. Source: docs/formats/sms.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/money.hpp"
#include "base/result.hpp"
#include "messaging/channel.hpp"
#include "net/client.hpp"

namespace haat::messaging::sms {

struct Settings {
    std::string base_url;  ///< Of smsbox, "http://127.0.0.1:13013"; empty: no SMS.
    std::string user;
    std::string password;
    std::string header;         ///< The registered sender, six letters, as "JEEVKA".
    std::string dlt_entity_id;  ///< Of the principal entity, at most 29 digits.
    std::string smsc;           ///< Kannel's route; empty: Kannel chooses.
    /// Names of Kannel's smpp-tlv groups; the tags themselves stand in Kannel's configuration.
    std::string entity_tlv = "PE_ID";
    std::string template_tlv = "TEMPLATE_ID";
    int validity_minutes = 24 * 60;  ///< After that nobody tries any more.
    /// Where Kannel tells what became of it, "http://127.0.0.1:8080/hooks/sms/dlr".
    std::string report_url;
    std::string report_secret;      ///< Letters and digits; the same in Kannel's post-url.
    Paise segment_price_paise{25};  ///< For forecasts.
};

/// POST to sendsms. Text beyond the GSM alphabet goes as UCS-2, which Kannel cuts into segments.
/// @param to               "+919812345678".
/// @param attempt_id       Comes back as `m` in every report.
/// @param text             Well-formed UTF-8, exactly the registered template with its variables
///                         filled; anything else is blocked by the operator.
/// @param dlt_template_id  Of that template; digits.
[[nodiscard]] net::ClientRequest send_request(const Settings& settings, std::string_view to,
                                              std::string_view attempt_id, std::string_view text,
                                              std::string_view dlt_template_id);

/// 202 is accepted (without an id: Kannel gives none); 403 stops the channel; 503 is tried again;
/// other 4xx reject; any other 5xx proves nothing.
[[nodiscard]] SendOutcome outcome_of(const net::ClientResult& result);

/// Error codes, one number space of this channel: HTTP status of sendsms (400, 403, 503); 1000 +
/// SMPP status of the SMS centre's refusal (1011: no such number, 1088: throttled for too long);
/// 2000 + "err" of a receipt (2600: entity not registered); and these:
inline constexpr int kUndelivered = 3001;
inline constexpr int kExpired = 3002;
inline constexpr int kDeleted = 3003;
inline constexpr int kRejectedByNetwork = 3004;
inline constexpr int kRejectedWithoutReason = 3005;

/// True if the request carries our secret as `k`. Constant time. Callers also see that it came from
/// this machine.
[[nodiscard]] bool secret_fits(const Settings& settings, const net::Request& request);

/// A delivery report: GET or POST with m, d, fid, ts, ans in the query. `m` becomes callback_data.
/// @return messaging.webhook_unreadable: `m` or `d` is missing or `d` is none of 1, 2, 4, 8, 16.
[[nodiscard]] Result<Status> read_delivery_report(const net::Request& request);

/// What somebody wrote: POST of the text with from, to, id, ts in the query. The text has passed
/// Kannel's mo-recode. Without Kannel's id the message's own is made of sender, text and minute,
/// and starts with "probable:": the same words twice in a minute are then one.
/// @return messaging.webhook_unreadable: no sender, or the text is not UTF-8.
[[nodiscard]] Result<Message> read_inbound(const net::Request& request);

enum class Encoding : std::uint8_t { kGsm7, kUcs2 };

struct Segments {
    Encoding encoding = Encoding::kGsm7;
    int units = 0;     ///< Septets, or UTF-16 units.
    int segments = 1;  ///< What is paid for; 160 or 70 units in one, 153 or 67 in each of several.
};
/// O(n). An empty text is one segment.
[[nodiscard]] Segments segments_of(std::string_view text);

[[nodiscard]] Paise price_of(const Settings& settings, std::string_view text);

}  // namespace haat::messaging::sms
