/// @file Files of the tree inside the binary. The bytes are pulled in by the assembler's .incbin,
/// which takes no compile time whatever their size.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "dev.hpp"

namespace haat::dev {

int embed(std::span<const std::string> arguments) {
    if (arguments.size() != 4) {
        throw std::runtime_error("embed <variable> <base folder> <list file> <out.cpp>");
    }
    const std::string& variable = arguments[0];
    std::vector<std::pair<std::string, std::string>> files;  // (name, path)
    std::istringstream list(read_file(arguments[2]));
    for (std::string path; std::getline(list, path);) {
        if (!path.empty()) {
            files.emplace_back(std::filesystem::relative(path, arguments[1]).generic_string(), path);
        }
    }
    std::ranges::sort(files);

    std::string assembler;
    std::string externs;
    std::string rows;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string symbol = fmt::format("haat_embedded_{}_{}", variable, i);
        assembler += fmt::format(
            "__asm__(\".section .rodata\\n.balign 16\\n.global {0}\\n{0}:\\n.incbin \\\"{1}\\\"\\n"
            ".global {0}_end\\n{0}_end:\\n.byte 0\\n.previous\\n\");\n",
            symbol, files[i].second);
        externs += fmt::format("extern \"C\" const char {0}[];\nextern \"C\" const char {0}_end[];\n",
                               symbol);
        rows += fmt::format("        {{\"{1}\", {{{0}, {0}_end}}}},\n", symbol, files[i].first);
    }
    write_if_changed(
        arguments[3],
        fmt::format("// Made by haat_dev embed; do not edit.\n"
                    "#include <span>\n#include <string_view>\n#include <utility>\n#include <array>\n"
                    "{0}\n{1}\n"
                    "namespace haat::embedded {{\n"
                    "std::span<const std::pair<std::string_view, std::string_view>> {2}();\n"
                    "std::span<const std::pair<std::string_view, std::string_view>> {2}() {{\n"
                    "    static const std::array<std::pair<std::string_view, std::string_view>, {4}> "
                    "files{{{{\n{3}    }}}};\n"
                    "    return files;\n}}\n}}  // namespace haat::embedded\n",
                    assembler, externs, variable, rows, files.size()));
    return 0;
}

}  // namespace haat::dev
