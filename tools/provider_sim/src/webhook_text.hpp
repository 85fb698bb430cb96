/// @file The text around what a webhook tells, for loads that write it by hand.
#pragma once

#include <string>
#include <string_view>

namespace haat::sim {

/// The beginning and the end of a webhook for one number.
inline void open_change(std::string& out, std::string_view display, std::string_view number_id,
                        std::string_view kind) {
    out.append(R"({"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":")");
    out.append(display).append(R"(","phone_number_id":")").append(number_id).append(R"("},)");
    out.append(kind);
}
inline constexpr std::string_view kCloseChange = R"(]},"field":"messages"})";

inline std::string open_webhook(std::string_view waba_id) {
    std::string out = R"({"object":"whatsapp_business_account","entry":[{"id":")";
    out.append(waba_id).append(R"(","changes":[)");
    return out;
}
inline constexpr std::string_view kCloseWebhook = "]}]}";

}  // namespace haat::sim
