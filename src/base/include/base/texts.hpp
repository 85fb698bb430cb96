/// @file Text for people lives in i18n/, Hindi and English, and is found by key. C++ knows codes
/// only. Immutable after loading; safe from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haat {

enum class Language : std::uint8_t { kHindi, kEnglish };

/// "hi" or "en"; any other code (bho, mai, mag) reads Hindi.
[[nodiscard]] Language language_from_code(std::string_view code);
[[nodiscard]] std::string_view language_code(Language language);

using TextParams = std::vector<std::pair<std::string, std::string>>;

class Texts {
  public:
    /// Each source is (name, JSON): {"key": {"hi": "…", "en": "…"}, …}.
    /// @throws std::runtime_error naming the source if it is not such JSON, if a text lacks one of
    /// the languages, or if a key occurs twice: a broken build, not a user's mistake.
    [[nodiscard]] static Texts from(
        std::span<const std::pair<std::string_view, std::string_view>> sources);

    /// The text with each {name} replaced by its parameter. A key that does not exist is answered
    /// by the key itself, so that nothing is lost; a test keeps that from happening.
    [[nodiscard]] std::string text(Language language, std::string_view key,
                                   const TextParams& params = {}) const;

    [[nodiscard]] bool has(std::string_view key) const;

  private:
    struct Pair {
        std::string hindi;
        std::string english;
    };
    std::map<std::string, Pair, std::less<>> texts_;
};

}  // namespace haat
