#include "embedded.hpp"

#include "command.hpp"

namespace haat::embedded {
std::span<const std::pair<std::string_view, std::string_view>> texts();
std::span<const std::pair<std::string_view, std::string_view>> data();
}  // namespace haat::embedded

namespace haat::app {

EmbeddedFiles data_files() { return embedded::data(); }

EmbeddedFiles text_files() { return embedded::texts(); }

std::string_view data_file(std::string_view path) {
    for (const auto& [name, bytes] : data_files()) {
        if (name == path) {
            return bytes;
        }
    }
    return {};
}

const Texts& texts() {
    static const Texts all = Texts::from(embedded::texts());
    return all;
}

}  // namespace haat::app
