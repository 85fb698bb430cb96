#include "base/texts.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace haat {

Language language_from_code(std::string_view code) {
    return code == "en" ? Language::kEnglish : Language::kHindi;
}

std::string_view language_code(Language language) {
    return language == Language::kEnglish ? "en" : "hi";
}

Texts Texts::from(std::span<const std::pair<std::string_view, std::string_view>> sources) {
    Texts texts;
    for (const auto& [name, json] : sources) {
        try {
            const boost::json::value document =
                boost::json::parse(boost::json::string_view(json.data(), json.size()));
            for (const auto& [key, value] : document.as_object()) {
                const boost::json::object& pair = value.as_object();
                const bool added =
                    texts.texts_
                        .emplace(std::string(key), Pair{std::string(pair.at("hi").as_string()),
                                                        std::string(pair.at("en").as_string())})
                        .second;
                if (!added) {
                    throw std::runtime_error("twice: " + std::string(key));
                }
            }
        } catch (const std::exception& error) {
            throw std::runtime_error(std::string(name) + ": " + error.what());
        }
    }
    return texts;
}

std::string Texts::text(Language language, std::string_view key, const TextParams& params) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) {
        return std::string(key);
    }
    const std::string& pattern =
        language == Language::kEnglish ? found->second.english : found->second.hindi;
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t open = pattern.find('{', at);
        const std::size_t close = pattern.find('}', open);
        out += pattern.substr(at, open - at);
        if (open == std::string::npos || close == std::string::npos) {
            out += open == std::string::npos ? "" : pattern.substr(open);
            break;
        }
        const std::string_view name = std::string_view(pattern).substr(open + 1, close - open - 1);
        for (const auto& [param, value] : params) {
            if (param == name) {
                out += value;
                break;
            }
        }
        at = close + 1;
    }
    return out;
}

bool Texts::has(std::string_view key) const { return texts_.contains(key); }

}  // namespace haat
