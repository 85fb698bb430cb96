/// @file What commands print: one JSON object with --json, else lines for people.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "command.hpp"

namespace haat::app {

/// Hindi where the environment asks for it (LC_ALL, LC_MESSAGES, LANG), else English.
[[nodiscard]] Language language_of_user();

/// One line on standard output.
void print_line(std::string_view line);
/// The text of a key in the user's language, as a line.
void print_text(std::string_view key, const TextParams& params = {});

/// The refusal: text on standard error, or {"error": …} on standard output with --json.
void print_refusal(const Arguments& arguments, const Error& error);
/// The same for what went wrong beyond anybody's mending here.
void print_failure(const Arguments& arguments, std::string_view code, std::string_view what);

/// Draws "████░░ 61 % name" on a terminal, nothing elsewhere; on standard error.
class ProgressBar {
 public:
    explicit ProgressBar(std::string_view name);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    void show(std::int64_t done, std::int64_t all);

 private:
    std::string name_;
    bool is_terminal_;
    std::int64_t shown_percent_ = -1;
};

}  // namespace haat::app
