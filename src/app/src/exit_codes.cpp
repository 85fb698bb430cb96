#include "exit_codes.hpp"

namespace haat::app {

int exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kInvalid:
            return kExitInvalid;
        case ErrorKind::kNotFound:
            return 3;
        case ErrorKind::kConflict:
            return 4;
        case ErrorKind::kForbidden:
            return 5;
        case ErrorKind::kUnavailable:
            return 6;
    }
    return kExitTrouble;
}

}  // namespace haat::app
