/// What WhatsApp's answer to one send proves. Decided by the error code; from
/// a 5xx nothing may be concluded, whatever its code says, so it stays unknown.
#include <algorithm>
#include <array>
#include <utility>

#include "json_fast.hpp"
#include "messaging/channel_whatsapp.hpp"

namespace haat::messaging::whatsapp {
namespace {

struct KnownCode {
    int code;
    Remedy remedy;
    bool is_rate_limit = false;
};

/// The table of docs/formats/whatsapp.md. A slot stores the place in this list plus 2, so new codes
/// go to the end and none is ever removed.
constexpr std::array kCodes{
    KnownCode{1, Remedy::kRetryLater},
    KnownCode{4, Remedy::kRetryLater, true},
    KnownCode{80007, Remedy::kRetryLater, true},
    KnownCode{130429, Remedy::kRetryLater, true},
    KnownCode{131056, Remedy::kRetryLater, true},
    KnownCode{131048, Remedy::kPauseBroadcast, true},
    KnownCode{133016, Remedy::kRetryLater, true},
    KnownCode{131049, Remedy::kRejectOne},
    KnownCode{131050, Remedy::kSuppressMarket},
    KnownCode{130472, Remedy::kRejectOne},
    KnownCode{131047, Remedy::kRejectOne},
    KnownCode{131026, Remedy::kRejectOne},
    KnownCode{131021, Remedy::kRejectOne},
    KnownCode{131051, Remedy::kRejectOne},
    KnownCode{131008, Remedy::kRejectOne},
    KnownCode{131009, Remedy::kRejectOne},
    KnownCode{100, Remedy::kRejectOne},
    KnownCode{33, Remedy::kRejectOne},
    KnownCode{135000, Remedy::kRejectOne},
    KnownCode{131052, Remedy::kRejectOne},
    KnownCode{131053, Remedy::kRejectOne},
    KnownCode{132000, Remedy::kStopTemplate},
    KnownCode{132001, Remedy::kStopTemplate},
    KnownCode{132005, Remedy::kStopTemplate},
    KnownCode{132007, Remedy::kStopTemplate},
    KnownCode{132012, Remedy::kStopTemplate},
    KnownCode{132068, Remedy::kStopTemplate},
    KnownCode{132069, Remedy::kStopTemplate},
    KnownCode{132015, Remedy::kStopTemplate},
    KnownCode{132016, Remedy::kStopTemplate},
    KnownCode{131042, Remedy::kStopNumber},
    KnownCode{131031, Remedy::kStopNumber},
    KnownCode{368, Remedy::kStopNumber},
    KnownCode{130497, Remedy::kStopNumber},
    KnownCode{131037, Remedy::kStopNumber},
    KnownCode{131045, Remedy::kStopNumber},
    KnownCode{133010, Remedy::kStopNumber},
    KnownCode{0, Remedy::kStopChannel},
    KnownCode{190, Remedy::kStopChannel},
    KnownCode{3, Remedy::kStopChannel},
    KnownCode{10, Remedy::kStopChannel},
    KnownCode{131005, Remedy::kStopChannel},
    KnownCode{131062, Remedy::kRejectOne},
};

constexpr std::uint16_t kOtherReason = 1;

const KnownCode* find_code(int code) {
    const auto found = std::ranges::find(kCodes, code, &KnownCode::code);
    return found == kCodes.end() ? nullptr : &*found;
}

bool is_permission(int code) { return code >= 200 && code <= 299; }

std::optional<std::string> message_id_of(const json_fast::object& body) {
    const std::optional<json_fast::object> message = json_fast::first_in(body, "messages");
    const std::optional<std::string_view> id =
        message ? json_fast::as<std::string_view>(json_fast::find(*message, "id")) : std::nullopt;
    return id ? std::optional<std::string>(*id) : std::nullopt;
}

std::optional<int> error_code_of(const json_fast::object& body) {
    const std::optional<json_fast::object> error = json_fast::object_in(body, "error");
    const std::optional<std::int64_t> code =
        error ? json_fast::as<std::int64_t>(json_fast::find(*error, "code")) : std::nullopt;
    return code ? std::optional(static_cast<int>(*code)) : std::nullopt;
}

}  // namespace

Remedy remedy_for(int error_code) {
    const KnownCode* known = find_code(error_code);
    if (known != nullptr) {
        return known->remedy;
    }
    return is_permission(error_code) ? Remedy::kStopChannel : Remedy::kRejectOne;
}

bool is_rate_limit(int error_code) {
    const KnownCode* known = find_code(error_code);
    return known != nullptr && known->is_rate_limit;
}

std::uint16_t reason_index(int error_code) {
    if (error_code == 0) {
        return 0;
    }
    const KnownCode* known = find_code(error_code);
    return known == nullptr ? kOtherReason : static_cast<std::uint16_t>(known - kCodes.data() + 2);
}

int code_of_reason(std::uint16_t reason) {
    const std::size_t at = reason - std::size_t{2};
    return reason >= 2 && at < kCodes.size() ? kCodes[at].code : -1;
}

SendOutcome outcome_of(const net::ClientResult& result) {
    if (result.outcome == net::Outcome::kNotSent) {
        return {.state = SlotState::kRetry, .remedy = Remedy::kRetryLater};
    }
    if (result.outcome == net::Outcome::kUnknown || result.status >= 500) {
        return {};
    }
    const std::optional<json_fast::object> body =
        json_fast::as<json_fast::object>(json_fast::read(result.body));
    if (!body) {
        return {};
    }
    if (result.status == 200) {
        if (std::optional<std::string> id = message_id_of(*body)) {
            return {.state = SlotState::kAccepted, .message_id = std::move(*id)};
        }
        return {};
    }
    const std::optional<int> code = error_code_of(*body);
    if (!code) {
        return {};
    }
    const Remedy remedy = remedy_for(*code);
    const bool is_final = remedy == Remedy::kRejectOne || remedy == Remedy::kSuppressMarket;
    return {.state = is_final ? SlotState::kRejected : SlotState::kRetry,
            .remedy = remedy,
            .error_code = *code};
}

}  // namespace haat::messaging::whatsapp
