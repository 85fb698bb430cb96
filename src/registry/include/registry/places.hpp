/// @file The place tree: state -> division -> district -> block -> panchayat -> village. It aims
/// messages, limits what an officer sees, carries totals.
/// A place id is made of kind and official code, so it is the same in every database. Depth-first
/// numbers make a subtree a range; they may change when panchayats come, so nobody stores them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// The numbers are part of place ids; never change one.
enum class PlaceKind : std::uint8_t {
    kState = 1,
    kDivision = 2,
    kDistrict = 3,
    kBlock = 4,
    kPanchayat = 5,
    kVillage = 6,
};

/// "state", "division", … as stored and shown in the contract.
[[nodiscard]] std::string_view place_kind_name(PlaceKind kind);
[[nodiscard]] std::optional<PlaceKind> place_kind_from_name(std::string_view name);

/// The id of the place with that official code (LGD; divisions count 1..9 by English name; the
/// village code of Census 2011, which LGD kept). `code` is 1..999,999,999.
[[nodiscard]] constexpr PlaceId place_id_of(PlaceKind kind, std::int64_t code) {
    return {static_cast<std::int64_t>(kind) * 1'000'000'000 + code};
}

/// Bihar, the state that the shipped data describe (LGD code 10).
inline constexpr PlaceId kBihar{1'000'000'010};

struct Place {
    PlaceId place_id;
    PlaceKind kind = PlaceKind::kState;
    std::int64_t code = 0;
    std::string name_en;
    std::string name_hi;  ///< Empty for villages: no open source has their Hindi names.
    std::string aliases;  ///< Separated by ';'.
    PlaceId parent_id;    ///< None for the state.
    PlaceId district_id;  ///< The district it lies in or is; none above districts.
    PlaceId block_id;     ///< The block it lies in or is; none above blocks.
    std::int64_t lat_micro = 0;
    std::int64_t lon_micro = 0;
    bool has_point = false;      ///< Some point is known…
    bool has_own_point = false;  ///< …and it is its own, not its parent's.
    PlaceRange numbers;          ///< This place and all below it.

    /// The name in "hi" if it has one, else in English.
    [[nodiscard]] const std::string& name(std::string_view language) const {
        return language == "en" || name_hi.empty() ? name_en : name_hi;
    }
};

/// One place; registry.no_place if there is none. One indexed read.
[[nodiscard]] Result<Place> find_place(storage::Transaction& tx, PlaceId place_id);
[[nodiscard]] Result<Place> find_place(storage::Transaction& tx, PlaceKind kind, std::int64_t code);

/// The place, its parent, and so on up to the state. At most 6 reads.
[[nodiscard]] std::vector<Place> place_path(storage::Transaction& tx, PlaceId place_id);

/// What lies directly below, by English name.
[[nodiscard]] std::vector<Place> child_places(storage::Transaction& tx, PlaceId place_id);

/// Every place of one kind below (or at) `root`, in tree order. For villages of the state: 45,000.
[[nodiscard]] std::vector<Place> places_below(storage::Transaction& tx, PlaceId root,
                                              PlaceKind kind);

/// Numbers of the place and all below it; an empty range (first 1, last 0) if there is no such
/// place. What a Viewer carries.
[[nodiscard]] PlaceRange place_range(storage::Transaction& tx, PlaceId place_id);

/// What a name may mean: several places if it is ambiguous, which is never resolved by guessing.
struct PlaceMatch {
    std::optional<Place> place;     ///< Set only if exactly one place bears the name.
    std::vector<Place> candidates;  ///< All that bear it, at most 20.
};

/// Blocks with that name, alias or Hindi name, without regard to case, blanks and hyphens. Twelve
/// block names occur in several districts: without `district_id` those give candidates only.
[[nodiscard]] PlaceMatch resolve_block(storage::Transaction& tx, std::string_view name,
                                       PlaceId district_id = {});
/// The same for districts and for the villages of one block.
[[nodiscard]] PlaceMatch resolve_district(storage::Transaction& tx, std::string_view name);
[[nodiscard]] PlaceMatch resolve_village(storage::Transaction& tx, std::string_view name,
                                         PlaceId block_id);

/// Places of any kind whose name starts with `text`, larger ones first; for a search box.
[[nodiscard]] std::vector<Place> search_places(storage::Transaction& tx, std::string_view text,
                                               int limit);

/// Metres between two points on the ground, by integer arithmetic: within 0.5 % up to 1,000 km.
[[nodiscard]] std::int64_t metres_between(std::int64_t lat_a_micro, std::int64_t lon_a_micro,
                                          std::int64_t lat_b_micro, std::int64_t lon_b_micro);

/// The same for two places; none if one has no point.
[[nodiscard]] std::optional<std::int64_t> metres_between(const Place& a, const Place& b);

struct PostOffice {
    std::int64_t pincode = 0;  ///< 100000..999999
    std::string name_en;
    std::string office_type;  ///< SO, BO, HO or empty.
    PlaceId district_id;
    PlaceId block_id;  ///< None if its point lies outside its district.
};

/// Post offices of a PIN code; empty if unknown.
[[nodiscard]] std::vector<PostOffice> post_offices_of(storage::Transaction& tx,
                                                      std::int64_t pincode);

/// A place's name as it is compared: ASCII letters in lower case, no blanks, hyphens, brackets.
[[nodiscard]] std::string fold_name(std::string_view name);

}  // namespace haat::registry
