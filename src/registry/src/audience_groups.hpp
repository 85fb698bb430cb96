/// @file Who belongs to which group: a column by ordinal, and the tree of groups. A million groups
/// get no bitmaps of their own: members are looked up among the people of the places where they
/// live.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "audience_bitmaps.hpp"
#include "audience_places.hpp"
#include "base/ids.hpp"

namespace haat::registry {

class AudienceGroups {
 public:
    /// Adds a group or gives it another parent. Cheapest by ascending id. Call settle() after many.
    void put_group(GroupId group_id, GroupId parent_id);
    void settle();
    [[nodiscard]] bool knows(GroupId group_id) const { return find(group_id) != kNone; }

    /// She belongs to the group (none: to none) and lives there.
    void put_member(std::uint32_t ordinal, GroupId group_id, std::uint32_t home);
    void remove(const Bitmap& ordinals);
    void reserve(std::size_t ordinals) { group_of_.reserve(ordinals); }
    /// Places got other numbers.
    void rehome(const AudiencePlaces& places);

    /// Members of the group and of all below it. Costs a look at each person of their villages.
    [[nodiscard]] Bitmap members(GroupId group_id, const AudiencePlaces& places) const;

    [[nodiscard]] std::size_t memory_bytes() const;

 private:
    [[nodiscard]] std::uint32_t find(GroupId group_id) const;
    [[nodiscard]] std::uint32_t find_or_add(GroupId group_id);
    void add_home(std::uint32_t group, std::uint32_t home);
    void collect_below(std::uint32_t group, std::vector<std::uint32_t>& into) const;

    // By index of the group.
    std::vector<std::int64_t> ids_;
    std::vector<std::uint32_t> parents_;
    std::vector<std::uint32_t> homes_;  ///< The one place where its members live, nearly always.
    std::unordered_multimap<std::uint32_t, std::uint32_t> more_homes_;
    std::size_t ascending_ = 0;  ///< So many ids from the start are in order.
    std::unordered_map<std::int64_t, std::uint32_t> late_;  ///< Index of the others.
    /// parent << 32 | child, sorted but for a tail; an old parent's pair stays and is not counted.
    std::vector<std::uint64_t> children_;
    std::size_t sorted_children_ = 0;

    std::vector<std::uint32_t> group_of_;  ///< By ordinal; kNone for none.
};

}  // namespace haat::registry
