/// @file What the names of an audience text mean: places, groups and saved audiences of the viewer,
/// products of the catalogue (handed in, for registry does not know it). A name that several things
/// bear is never resolved by guessing.
///
/// A place is written by its name, narrower before wider where that is needed:
/// place:muzaffarpur, place:"Kanti, Muzaffarpur", place:"Rampur, Kanti, Muzaffarpur". Without a
/// wider one a district goes before a block, a block before a division, that before a panchayat
/// and a village. A group is written by its name (village organisations and federations) or by its
/// name and place: group:"Lakshmi, Rampur, Kanti".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "registry/audience_query.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

struct AudienceProduct {
    ProductId product_id;
    std::string key;                 ///< "pickle_mango": the canonical word.
    std::vector<std::string> words;  ///< Names and other words for it, in any script.
};

/// Called at most once, if a product is named.
using AudienceProducts = std::function<std::vector<AudienceProduct>()>;

/// Finds every name, checks every id, puts in what saved audiences stand for, and gives each
/// condition its canonical name, so that audience_text of the answer parses and resolves to the
/// same again. A word for a product that several have ("अचार") stands for any of them. About 3
/// reads a name.
/// @return registry.audience_no_place, audience_places (several; with `suggestions`),
///         audience_no_product, audience_no_group, audience_groups, audience_no_saved,
///         audience_saveds, audience_cycle; each with `at`, `found`, `suggestions`.
[[nodiscard]] Result<Audience> resolve_audience(storage::Transaction& tx, const Viewer& viewer,
                                                Audience audience, const AudienceProducts& products,
                                                UnixSeconds now);

}  // namespace haat::registry
