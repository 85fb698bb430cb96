/// What Kannel's sendsms is asked, and what its answer proves.
#include "messaging/channel_sms.hpp"
#include "net/url.hpp"

namespace haat::messaging::sms {
namespace {

constexpr int kEveryReport = 31;  ///< Delivered, not delivered, buffered, accepted, rejected.
constexpr std::string_view kUcs2 = "2";
constexpr std::string_view kGsm7 = "0";

/// Kannel fills in what stands after '%'; the rest is ours.
std::string report_address(const Settings& settings, std::string_view attempt_id) {
    return settings.report_url + "?m=" + net::percent_encode(attempt_id) +
           "&k=" + net::percent_encode(settings.report_secret) +
           "&d=%d&fid=%F&smsc=%i&ts=%T&ans=%A";
}

std::string meta_data(const Settings& settings, std::string_view dlt_template_id) {
    return "?smpp?" + settings.entity_tlv + "=" + net::percent_encode(settings.dlt_entity_id) +
           "&" + settings.template_tlv + "=" + net::percent_encode(dlt_template_id);
}

}  // namespace

net::ClientRequest send_request(const Settings& settings, std::string_view to,
                                std::string_view attempt_id, std::string_view text,
                                std::string_view dlt_template_id) {
    const bool is_ucs2 = segments_of(text).encoding == Encoding::kUcs2;
    net::ClientRequest request;
    request.path = "/cgi-bin/sendsms";
    request.content_type = "text/plain; charset=UTF-8";
    request.body = text;
    // Headers instead of a query: the password stays out of access logs.
    request.headers = {
        {"X-Kannel-Username", settings.user},
        {"X-Kannel-Password", settings.password},
        {"X-Kannel-From", settings.header},
        {"X-Kannel-To", std::string(to.substr(to.starts_with('+') ? 1 : 0))},
        {"X-Kannel-Coding", std::string(is_ucs2 ? kUcs2 : kGsm7)},
        {"X-Kannel-Validity", std::to_string(settings.validity_minutes)},
        {"X-Kannel-DLR-Mask", std::to_string(kEveryReport)},
        {"X-Kannel-DLR-Url", report_address(settings, attempt_id)},
        {"X-Kannel-Meta-Data", meta_data(settings, dlt_template_id)},
    };
    if (!settings.smsc.empty()) {
        request.headers.push_back({"X-Kannel-SMSC", settings.smsc});
    }
    return request;
}

SendOutcome outcome_of(const net::ClientResult& result) {
    constexpr int kTaken = 202;
    constexpr int kForbidden = 403;
    constexpr int kNotNow = 503;
    if (result.outcome == net::Outcome::kNotSent) {
        return {.state = SlotState::kRetry, .remedy = Remedy::kRetryLater};
    }
    if (result.outcome == net::Outcome::kUnknown) {
        return {};
    }
    if (result.status == kTaken) {
        return {.state = SlotState::kAccepted};
    }
    if (result.status == kNotNow) {  // smsbox answers it before anything is queued
        return {
            .state = SlotState::kRetry, .remedy = Remedy::kRetryLater, .error_code = result.status};
    }
    if (result.status == kForbidden) {
        return {.state = SlotState::kRetry,
                .remedy = Remedy::kStopChannel,
                .error_code = result.status};
    }
    if (result.status >= 400 && result.status < 500) {
        return {.state = SlotState::kRejected,
                .remedy = Remedy::kRejectOne,
                .error_code = result.status};
    }
    return {};
}

}  // namespace haat::messaging::sms
