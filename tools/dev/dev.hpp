/// @file The subcommands of haat_dev. Each returns a process exit code and prints its complaint.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace haat::dev {

/// The whole file. @throws std::runtime_error if it cannot be read.
std::string read_file(const std::string& path);
/// Writes only if the content differs, so that nothing is compiled again for nothing.
void write_if_changed(const std::string& path, std::string_view content);

/// sql <module> <file.sql> <ids.hpp> <out folder>: named statements become typed C++ functions.
int sql(std::span<const std::string> arguments);
/// embed <variable> <base folder> <list file> <out.cpp>: files become a table of bytes.
int embed(std::span<const std::string> arguments);

/// tidy <folder>: what no compiler sees; 1 if there is a complaint.
int tidy(std::span<const std::string> arguments);

}  // namespace haat::dev
