/// @file Which goods are meant where several names stand together: a kind and its head word, what
/// the goods are for, a general name and then only its kinds.
#pragma once

#include <vector>

#include "atoms.hpp"

namespace haat::language {

/// Leaves one product atom for each of the goods that are meant, with the most specific product.
/// O(atoms).
void name_goods(const Message& message, std::vector<Atom>& atoms);

}  // namespace haat::language
