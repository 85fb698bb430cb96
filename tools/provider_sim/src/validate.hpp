/// @file The Cloud API's rules for a message to be sent: every field known, every limit kept.
/// Source: Meta's published OpenAPI (v23.0) and its reference of messages.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "json.hpp"
#include "templates.hpp"

namespace haat::sim {

/// A refusal in the Graph API's terms.
struct Problem {
    int http_status = 400;
    int code = 100;
    std::string details;
};

/// Something that the phone's user can tap.
struct Choice {
    std::string id;  ///< Button or row id, or a template button's payload.
    std::string title;
    std::string description;
};

struct Send {
    std::string to;     ///< "+" and digits.
    std::string input;  ///< As it was given.
    std::string type;
    std::string text;  ///< What the phone shows, templates filled in.
    std::string template_name;
    std::string category = "service";  ///< Of pricing; a template's own in lower case.
    std::vector<Choice> buttons;
    std::vector<Choice> rows;  ///< Of a list.
    std::string callback_data;
    std::string context_id;
    bool is_template = false;
    bool is_group = false;  ///< `to` is a group's id.
};

/// Checks the body of POST /{phone-number-id}/messages that is not a read mark.
[[nodiscard]] std::expected<Send, Problem> validate_send(const json::object& message,
                                                         const Templates& templates);

/// "+919812345678" from a recipient; a number without '+' gets one, as a country code is expected
/// all the same. Empty if it is no number.
[[nodiscard]] std::string international_number(std::string_view text);

}  // namespace haat::sim
