/// @file A broadcast's message, made ready once so that each send only fills in the address and the
/// attempt. Private.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "messaging/outgoing.hpp"

namespace haat::messaging {

/// A text in three pieces, with the address and the attempt id between them.
class PreparedText {
  public:
    PreparedText() = default;
    /// Cuts `text` at the places where the two marks stand.
    explicit PreparedText(std::string_view text);

    [[nodiscard]] std::string fill(std::string_view to, std::string_view attempt) const;

    static constexpr std::string_view kTo = "%TO%";
    static constexpr std::string_view kAttempt = "%ATTEMPT%";

  private:
    std::array<std::string, 3> pieces_;
};

/// By language: 0 Hindi, 1 English.
struct SendForm {
    std::array<PreparedText, 2> whatsapp;
    std::array<std::string, 2> text;  ///< For channels of plain text.
    std::string dlt_template_id;      ///< Of the registered SMS text.
};

/// From a broadcast's template and its parameters as JSON (NewBroadcast).
[[nodiscard]] SendForm make_send_form(std::string_view template_name, std::string_view params_json);

}  // namespace haat::messaging
