/// @file haat_dev: tools of the build, one subcommand each.
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "dev.hpp"

namespace haat::dev {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot read " + path);
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_if_changed(const std::string& path, std::string_view content) {
    if (std::filesystem::exists(path) && read_file(path) == content) {
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now());
        return;
    }
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

}  // namespace haat::dev

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) {
        std::cerr << "usage: haat_dev sql|embed|tidy …\n";
        return 2;
    }
    const std::span<const std::string> rest = std::span(arguments).subspan(1);
    try {
        if (arguments[0] == "sql") {
            return haat::dev::sql(rest);
        }
        if (arguments[0] == "embed") {
            return haat::dev::embed(rest);
        }
        if (arguments[0] == "tidy") {
            return haat::dev::tidy(rest);
        }
        std::cerr << "haat_dev: no subcommand " << arguments[0] << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "haat_dev " << arguments[0] << ": " << error.what() << '\n';
        return 1;
    }
}
