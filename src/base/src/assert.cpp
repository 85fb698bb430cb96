#include "base/assert.hpp"

#include <fmt/format.h>

namespace haat {

void bug(std::string_view condition, std::source_location where) {
    throw Bug(fmt::format("{}:{}: {}", where.file_name(), where.line(), condition));
}

}  // namespace haat
