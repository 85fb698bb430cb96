/// @file What atoms make of each other: compounds, corrections, sizes of packs, old prices.
#pragma once

#include <vector>

#include "atoms.hpp"

namespace haat::language {

/// Joins "2 quintal 35 kilo", drops what is denied or replaced and the sizes of counted packs.
void mend_atoms(const Message& message, std::vector<Atom>& atoms);

}  // namespace haat::language
