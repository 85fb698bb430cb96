#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <list>

#include "exit_codes.hpp"

namespace haat::app {
namespace {

/// A place for the parser to write to; the list keeps addresses stable.
struct Slot {
    std::string_view name;
    std::string text;
    CLI::Option* option = nullptr;
};

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t bar = text.find('|');
        parts.emplace_back(text.substr(0, bar));
        text = bar == std::string_view::npos ? std::string_view() : text.substr(bar + 1);
    }
    return parts;
}

void add(CLI::App& app, const Command& command, std::list<Slot>& slots) {
    for (const Word& word : command.words) {
        Slot& slot = slots.emplace_back(Slot{word.name, {}, nullptr});
        slot.option = app.add_option(std::string(word.name), slot.text, std::string(word.help));
        slot.option->required(word.required);
        if (!word.choices.empty()) {
            slot.option->check(CLI::IsMember(split(word.choices)));
        }
    }
    for (const Option& option : command.options) {
        Slot& slot = slots.emplace_back(Slot{option.name, {}, nullptr});
        if (option.value.empty()) {
            slot.option =
                app.add_flag(std::string(option.name))->description(std::string(option.help));
        } else {
            slot.option =
                app.add_option(std::string(option.name), slot.text, std::string(option.help));
            slot.option->type_name(std::string(option.value));
        }
    }
    Slot& json = slots.emplace_back(Slot{"--json", {}, nullptr});
    json.option = app.add_flag("--json")->description("Print one JSON object instead of text.");
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
    CLI::App app("haat: from the city's demand to the village, and back with the money", "haat");
    app.set_help_flag("--help", "Print this help and exit.");
    app.require_subcommand(1);
    std::map<CLI::App*, std::pair<const Command*, std::list<Slot>>> known;
    for (const Command* command : all_commands()) {
        CLI::App* sub = app.add_subcommand(std::string(command->name), std::string(command->help));
        auto& entry = known[sub];
        entry.first = command;
        add(*sub, *command, entry.second);
    }
    Parsed parsed;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exit_code = app.exit(error) == 0 ? kExitOk : kExitInvalid;
        return parsed;
    }
    CLI::App* const chosen = app.get_subcommands().front();
    const auto& [command, slots] = known.at(chosen);
    parsed.command = command;
    for (const Slot& slot : slots) {
        if (slot.option->count() > 0) {
            parsed.arguments.set(slot.name, slot.text);
        }
    }
    return parsed;
}

}  // namespace haat::app
