/// @file What a subcommand is, and what it is handed.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/texts.hpp"

namespace haat::app {

/// A flag of a subcommand; long only.
struct Option {
    std::string_view name;   ///< "--data"
    std::string_view value;  ///< What stands for its value in the help, "DIR"; empty: a switch.
    std::string_view help;
};

/// A word that is not a flag, in its order.
struct Word {
    std::string_view name;     ///< "what"
    std::string_view choices;  ///< "people|places"; empty: any text.
    std::string_view help;
    bool required = true;
};

/// The command line, parsed but not judged.
class Arguments {
 public:
    void set(std::string_view name, std::string value) { values_[std::string(name)] = value; }
    [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
    /// Of a flag ("--data") or a word ("what"); empty if it was not given.
    [[nodiscard]] std::string value(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string() : found->second;
    }
    [[nodiscard]] bool json() const { return has("--json"); }

 private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// A subcommand. Every one also has --json and --help.
struct Command {
    std::string_view name;
    std::string_view help;
    std::span<const Word> words;
    std::span<const Option> options;
    /// Returns the exit code, or a refusal that decides it (exit_codes.hpp).
    Result<int> (*run)(const Arguments&);
};

/// All of them, in the order of the help.
[[nodiscard]] std::span<const Command* const> all_commands();

/// The texts that this program brings along: refusals and messages.
[[nodiscard]] const Texts& texts();

}  // namespace haat::app
