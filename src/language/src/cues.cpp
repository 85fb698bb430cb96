#include "cues.hpp"

namespace haat::language {

std::optional<Cue> cue_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kCueNames.size(); ++i) {
        if (kCueNames[i] == name) return static_cast<Cue>(i);
    }
    return std::nullopt;
}

}  // namespace haat::language
