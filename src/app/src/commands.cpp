/// @file The table of subcommands.
#include "commands.hpp"

#include <array>

namespace haat::app {

std::span<const Command* const> all_commands() {
    static constexpr std::array kAll{
        &kServe,      &kMigrate, &kImport, &kDemo,       &kDoctor,  &kExport,   &kAccount,
        &kUnderstand, &kSpeak,   &kBench,  &kQuarantine, &kVersion, &kLanguage,
    };
    return kAll;
}

}  // namespace haat::app
