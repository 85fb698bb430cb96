/// @file The templates of the simulated business account.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json.hpp"

namespace haat::sim {

struct Template {
    std::string id;
    std::string name;
    std::string language;
    std::string category = "UTILITY";
    std::string status = "APPROVED";
    std::optional<std::string> body;   ///< Unknown: parameters are not counted.
    std::vector<std::string> buttons;  ///< Texts of the quick replies, in order.
    json::array components;            ///< As it was created, for listing.

    /// Distinct placeholders of the body, in order: "1", "2" or names.
    [[nodiscard]] std::vector<std::string> placeholders() const;
};

/// By name and language.
using Templates = std::map<std::pair<std::string, std::string>, Template>;

/// From the control API's short form {name, language, category?, body?, buttons?:[text]}, or the
/// Graph API's form with `components`. None if a name or language is missing or wrong.
[[nodiscard]] std::optional<Template> read_template(const json::object& from);

/// The body with its placeholders replaced by `values` (by position of the placeholder).
[[nodiscard]] std::string render_body(const Template& form, const std::vector<std::string>& values);

}  // namespace haat::sim
