/// @file Numbers that are names: order references, phone numbers, sizes, one-time codes.
#pragma once

#include <string>

#include "match.hpp"

namespace haat::language {

struct Reference {
    std::string text;        ///< "HT-204"; empty if none.
    bool spoken_of = false;  ///< "order" or '#' stands beside it; else it is a guess.
};

/// Marks such tokens as kIgnored spans and returns the order the message is about. Before
/// choose_meanings. O(tokens).
[[nodiscard]] Reference find_references(Message& message);

}  // namespace haat::language
