#include "base/texts.hpp"

#include <gtest/gtest.h>

#include <array>

namespace haat {
namespace {

using Source = std::pair<std::string_view, std::string_view>;

TEST(Texts, FillsParametersInTheReadersLanguage) {
    const std::array<Source, 1> sources{
        Source{"a", R"({"greet": {"hi": "नमस्ते {name}, {n} संदेश", "en": "Hello {name}, {n} messages"}})"}};
    const Texts texts = Texts::from(sources);
    EXPECT_EQ(texts.text(Language::kEnglish, "greet", {{"name", "Sita {n}"}, {"n", "2"}}),
              "Hello Sita {n}, 2 messages");
    EXPECT_EQ(texts.text(language_from_code("bho"), "greet", {{"name", "सीता"}, {"n", "2"}}),
              "नमस्ते सीता, 2 संदेश");
    EXPECT_EQ(texts.text(Language::kHindi, "none"), "none");
}

TEST(Texts, RefusesBrokenSources) {
    for (const char* json : {"[]", "{\"a\": {\"hi\": \"x\"}}", "{"}) {
        const std::array<Source, 1> sources{Source{"broken", json}};
        EXPECT_THROW((void)Texts::from(sources), std::runtime_error) << json;
    }
    const std::array<Source, 2> twice{Source{"a", R"({"k": {"hi": "1", "en": "1"}})"},
                                      Source{"b", R"({"k": {"hi": "2", "en": "2"}})"}};
    EXPECT_THROW((void)Texts::from(twice), std::runtime_error);
}

}  // namespace
}  // namespace haat
