/// @file Which village she means by what she wrote. Private to flows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/places.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

struct VillageSearch {
    /// That may be meant, the likeliest first, at most 9; one alone is meant only if `is_sure`.
    std::vector<registry::Place> villages;
    std::vector<registry::Place> blocks;  ///< That she named, by name or PIN code, at most 9.
    bool is_sure = false;  ///< One village, written so, of a block or district that she named.
    bool names_village = false;  ///< Something in the text is neither block, district nor PIN code.
};

/// What is known beside the text.
struct Within {
    PlaceId block_id;       ///< None: looked for in the text. Another that the text names wins.
    bool is_asked = false;  ///< She was asked for a village of that block, so all names one.
};

/// "अहियापुर, बोचहां", "Ahiyapur block Bochahan", "842001 Ahiyapur". A name alone is never sure: the
/// same may stand in another district. Nor is one that only sounds so. A PIN code alone gives the
/// villages that its post offices are named after.
/// About 50 indexed reads at most, and the villages of one block; of its district if none fits.
[[nodiscard]] VillageSearch find_villages(storage::Transaction& tx, std::string_view text,
                                          const Within& within = {});

/// "अहियापुर, बोचहां, मुजफ्फरपुर": with the block and the district that it lies in.
[[nodiscard]] std::string place_in_words(storage::Transaction& tx, const registry::Place& place,
                                         std::string_view language);

}  // namespace haat::flows
