#include "send_form.hpp"

#include <boost/json.hpp>

#include "base/assert.hpp"
#include "messaging/channel_whatsapp.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 2> kLanguages{"hi", "en"};

std::string text_in(const boost::json::object& params, const std::string& key) {
    const boost::json::value* text = params.if_contains(key);
    return text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
}

TemplateBody template_from(std::string_view name, const boost::json::object& params,
                           std::string_view language) {
    TemplateBody body{.name = std::string(name),
                      .language = std::string(language),
                      .params = {},
                      .button_payloads = {}};
    const boost::json::string_view key(language.data(), language.size());
    if (const boost::json::value* list = params.if_contains(key)) {
        for (const boost::json::value& text : list->as_array()) {
            body.params.emplace_back(text.as_string());
        }
    }
    if (const boost::json::value* list = params.if_contains("buttons")) {
        for (const boost::json::value& payload : list->as_array()) {
            body.button_payloads.emplace_back(payload.as_string());
        }
    }
    return body;
}

}  // namespace

PreparedText::PreparedText(std::string_view text) {
    const std::size_t to = text.find(kTo);
    const std::size_t attempt = text.find(kAttempt, to);
    HAAT_ASSERT(to != std::string_view::npos && attempt != std::string_view::npos);
    pieces_ = {std::string(text.substr(0, to)),
               std::string(text.substr(to + kTo.size(), attempt - to - kTo.size())),
               std::string(text.substr(attempt + kAttempt.size()))};
}

std::string PreparedText::fill(std::string_view to, std::string_view attempt) const {
    std::string text;
    text.reserve(pieces_[0].size() + to.size() + pieces_[1].size() + attempt.size() +
                 pieces_[2].size());
    text.append(pieces_[0]).append(to).append(pieces_[1]).append(attempt).append(pieces_[2]);
    return text;
}

SendForm make_send_form(std::string_view template_name, std::string_view params_json) {
    const boost::json::value document =
        boost::json::parse(boost::json::string_view(params_json.data(), params_json.size()));
    const boost::json::object& params = document.as_object();
    SendForm form;
    form.dlt_template_id = text_in(params, "dlt_template_id");
    for (std::size_t i = 0; i < kLanguages.size(); ++i) {
        form.whatsapp[i] = PreparedText(
            whatsapp::send_json(PreparedText::kTo, PreparedText::kAttempt,
                                template_from(template_name, params, kLanguages[i])));
        form.text[i] = text_in(params, "text_" + std::string(kLanguages[i]));
    }
    return form;
}

}  // namespace haat::messaging
