/// @file The subcommands, one file each: command_<name>.cpp.
#pragma once

#include "command.hpp"

namespace haat::app {

extern const Command kServe;
extern const Command kMigrate;
extern const Command kImport;
extern const Command kDemo;
extern const Command kDoctor;
extern const Command kExport;
extern const Command kUnderstand;
extern const Command kLanguage;
extern const Command kSpeak;
extern const Command kAccount;
extern const Command kBench;
extern const Command kQuarantine;
extern const Command kVersion;

}  // namespace haat::app
