/// @file What became of a piece of mail, as screens show it. Private to flows.
#pragma once

#include <string>

#include "messaging/delivery.hpp"
#include "messaging/mail.hpp"

namespace haat::flows {

/// The name of its slot's state; "failed" if the provider took it and failed later.
inline std::string mail_state(const messaging::Delivery& delivery, const messaging::MailRow& mail) {
    if (mail.slot) {
        if (const auto slot = delivery.mail_slot(*mail.slot)) {
            return std::string(slot->failed ? "failed" : messaging::slot_state_name(slot->state));
        }
    }
    return "queued";
}

}  // namespace haat::flows
