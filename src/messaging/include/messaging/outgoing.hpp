/// @file What a message to one person says, before a channel makes its own form of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace haat::messaging {

/// A quick answer. `id` comes back when it is pressed; at most 64 bytes of ASCII, so that every
/// channel can carry it.
struct Button {
    std::string id;
    std::string title;  ///< At most 20 code points.
};

/// A text that was made into sound (audio.hpp).
struct VoiceNote {
    std::string path;      ///< Of the file, which Telegram gets whole.
    std::string media_id;  ///< WhatsApp's, of the file as one of our numbers uploaded it.
    std::string sender;    ///< That number; only it may use the id.
};

/// Free text, allowed while her 24-hour window is open.
struct TextBody {
    std::string text;             ///< 1..4,096 code points; 1,024 with buttons.
    std::vector<Button> buttons;  ///< At most 10.
    /// What opens them where more than 3 are a list ("Choose"); at most 20 code points.
    std::string list_label;
    /// Set: it goes out as this voice note; `text` is what it says, for the screens.
    std::optional<VoiceNote> voice{};
};

/// A text that the provider approved beforehand, allowed at any time.
struct TemplateBody {
    std::string name;
    std::string language;  ///< "hi" or "en".
    std::vector<std::string> params;
    std::vector<std::string> button_payloads;  ///< One for each quick-reply button of the template.
};

/// Where there are no buttons, answers are numbered: "1 हाँ", "2 नहीं".
[[nodiscard]] std::string with_menu(const TextBody& body);

/// As stored with mail, JSON.
[[nodiscard]] std::string to_json(const TextBody& body);
[[nodiscard]] std::string to_json(const TemplateBody& body);
[[nodiscard]] TextBody text_body_from_json(std::string_view json);
[[nodiscard]] TemplateBody template_body_from_json(std::string_view json);

}  // namespace haat::messaging
