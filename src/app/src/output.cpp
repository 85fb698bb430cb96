#include "output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/json_writer.hpp"

namespace haat::app {

Language language_of_user() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            return std::string_view(value).starts_with("hi") ? Language::kHindi
                                                             : Language::kEnglish;
        }
    }
    return Language::kEnglish;
}

void print_line(std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void print_text(std::string_view key, const TextParams& params) {
    print_line(texts().text(language_of_user(), key, params));
}

void print_refusal(const Arguments& arguments, const Error& error) {
    const std::string english = texts().text(Language::kEnglish, error.code, error.params);
    if (!arguments.json()) {
        const std::string text = texts().text(language_of_user(), error.code, error.params);
        fmt::print(stderr, "haat: {}\n", text);
        return;
    }
    JsonWriter json;
    json.begin_object().key("error").begin_object().field("code", error.code);
    json.key("params").begin_object();
    for (const auto& [name, value] : error.params) {
        json.field(name, value);
    }
    json.end_object();
    json.field("text_hi", texts().text(Language::kHindi, error.code, error.params));
    json.field("text_en", english).end_object().end_object();
    print_line(json.text());
}

void print_failure(const Arguments& arguments, std::string_view code, std::string_view what) {
    print_refusal(arguments,
                  {ErrorKind::kUnavailable, std::string(code), {{"what", std::string(what)}}});
}

ProgressBar::ProgressBar(std::string_view name)
    : name_(name), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (is_terminal_ && shown_percent_ >= 0) {
        std::fputs("\n", stderr);
    }
}

void ProgressBar::show(std::int64_t done, std::int64_t all) {
    constexpr std::int64_t kWidth = 32;
    const std::int64_t percent =
        all <= 0 ? 100 : std::clamp<std::int64_t>(done * 100 / all, 0, 100);
    if (!is_terminal_ || percent == shown_percent_) {
        return;
    }
    shown_percent_ = percent;
    std::string bar;
    for (std::int64_t i = 0; i < kWidth; ++i) {
        bar += i * 100 < percent * kWidth ? "█" : "░";
    }
    fmt::print(stderr, "\r{} {:3} % {}", bar, percent, name_);
    std::fflush(stderr);
}

}  // namespace haat::app
