/// @file Assertions that stay on in release. A broken one is a bug of ours: it throws `Bug`, which
/// only the three edges catch (HTTP dispatch, command main, worker loop). All state lives in the
/// database, so the rollback that the exception causes is enough to stay right.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string_view>

namespace haat {

/// A condition that the code itself guarantees did not hold.
class Bug : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// @throws Bug always, naming the condition and the place.
[[noreturn]] void bug(std::string_view condition,
                      std::source_location where = std::source_location::current());

}  // namespace haat

#define HAAT_ASSERT(condition)        \
    do {                              \
        if (!(condition)) [[unlikely]] { \
            ::haat::bug(#condition);  \
        }                             \
    } while (false)
