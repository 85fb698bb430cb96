#include "messaging/channel.hpp"

#include "messaging/channel_whatsapp.hpp"

namespace haat::messaging {

std::uint16_t reason_index(registry::Channel channel, int error_code) {
    constexpr int kMost = kFirstCause - 2;
    if (error_code <= code_of_cause(UnknownCause{}) &&
        error_code > code_of_cause(UnknownCause{}) - kUnknownCauses) {
        return reason_of(static_cast<UnknownCause>(-101 - error_code));
    }
    if (channel == registry::Channel::kWhatsapp) {
        return whatsapp::reason_index(error_code);  // its codes are larger than 16 bits
    }
    if (error_code == 0) {
        return 0;
    }
    return error_code > 0 && error_code < kMost ? static_cast<std::uint16_t>(error_code + 1) : 1;
}

int code_of_reason(registry::Channel channel, std::uint16_t reason) {
    if (is_cause(reason)) {
        return -1;
    }
    if (channel == registry::Channel::kWhatsapp) {
        return whatsapp::code_of_reason(reason);
    }
    return reason >= 2 ? reason - 1 : -1;
}

}  // namespace haat::messaging
