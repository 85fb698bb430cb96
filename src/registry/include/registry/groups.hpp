/// @file Groups: SHG (10 to 15 women) -> VO (village organisation) -> CLF (cluster federation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

enum class GroupKind : std::uint8_t { kShg, kVo, kClf };
[[nodiscard]] std::string_view group_kind_name(GroupKind kind);
[[nodiscard]] std::optional<GroupKind> group_kind_from_name(std::string_view name);

struct Group {
    GroupId group_id;
    GroupKind kind = GroupKind::kShg;
    std::string name;
    PlaceId place_id;   ///< Village of an SHG or VO, block of a CLF.
    GroupId parent_id;  ///< VO of an SHG, CLF of a VO; may be none.
    bool is_synthetic = false;
};

struct NewGroup {
    GroupKind kind = GroupKind::kShg;
    std::string_view name;  ///< 1..100 code points.
    PlaceId place_id;
    GroupId parent_id;
    bool is_synthetic = false;
};

/// The group of that kind and name at that place; made if there is none. Repeating returns the
/// first; a parent given later is put in. @return registry.bad_name, registry.bad_parent.
[[nodiscard]] Result<Group> ensure_group(storage::Transaction& tx, const NewGroup& group,
                                         UnixSeconds now);

/// registry.no_group if there is none.
[[nodiscard]] Result<Group> find_group(storage::Transaction& tx, GroupId group_id);

/// SHG, VO, CLF of an SHG, from below; shorter where a parent is not known.
[[nodiscard]] std::vector<Group> group_path(storage::Transaction& tx, GroupId group_id);

[[nodiscard]] std::vector<Group> child_groups(storage::Transaction& tx, GroupId group_id);

/// Groups of one kind whose place lies in `place_id`, by id, at most `limit`.
[[nodiscard]] std::vector<Group> groups_below(storage::Transaction& tx, PlaceId place_id,
                                              GroupKind kind, int limit);

}  // namespace haat::registry
