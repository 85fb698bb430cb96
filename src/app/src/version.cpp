#include "embedded.hpp"

namespace haat::app {

std::string_view version() { return HAAT_VERSION; }
std::string_view commit() { return HAAT_COMMIT; }
std::string_view compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "g++ " __VERSION__;
#endif
}

}  // namespace haat::app
