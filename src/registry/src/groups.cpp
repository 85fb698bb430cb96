#include "registry/groups.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "people_store.hpp"
#include "registry/places.hpp"
#include "sql/audience.hpp"
#include "sql/groups.hpp"

namespace haat::registry {
namespace {

template <typename Row>
Group group_from(const Row& row) {
    const std::optional<GroupKind> kind = group_kind_from_name(row.kind);
    HAAT_ASSERT(kind.has_value());
    return {.group_id = row.group_id,
            .kind = *kind,
            .name = row.name,
            .place_id = row.place_id,
            .parent_id = row.parent_group_id,
            .is_synthetic = row.is_synthetic != 0};
}

/// An SHG's parent is a VO, a VO's a CLF, and a CLF has none.
bool fits_below(GroupKind child, GroupKind parent) {
    return (child == GroupKind::kShg && parent == GroupKind::kVo) ||
           (child == GroupKind::kVo && parent == GroupKind::kClf);
}

}  // namespace

Result<Group> ensure_group(storage::Transaction& tx, const NewGroup& group, UnixSeconds now) {
    const std::string_view name = trim(group.name);
    const std::string folded = fold_name(name);
    if (!is_utf8(name) || folded.empty() || count_code_points(name) > 100) {
        return refuse(ErrorKind::kInvalid, "registry.bad_name");
    }
    HAAT_TRY(find_place(tx, group.place_id));
    if (group.parent_id) {
        const Group parent = HAAT_TRY(find_group(tx, group.parent_id));
        if (!fits_below(group.kind, parent.kind)) {
            return refuse(ErrorKind::kInvalid, "registry.bad_parent");
        }
    }
    if (group.parent_id) {
        const auto known = sql::group_parent_named(
            tx,
            {.place_id = group.place_id, .kind = group_kind_name(group.kind), .folded = folded});
        if (known && known->parent_group_id != group.parent_id) {
            sql::audience_group_change_add(tx,
                                           {.change_number = take_numbers(tx, "audience", 1).first,
                                            .group_id = known->group_id});
        }
    }
    return group_from(sql::group_add(
        tx, {.new_group_id = tx.new_id_as<GroupId>(),
             .kind = group_kind_name(group.kind),
             .name = name,
             .folded = folded,
             .place_id = group.place_id,
             .parent_group_id = group.parent_id ? std::optional(group.parent_id) : std::nullopt,
             .is_synthetic = group.is_synthetic ? 1 : 0,
             .created_at = now}));
}

Result<Group> find_group(storage::Transaction& tx, GroupId group_id) {
    const auto row = sql::group_find(tx, {.group_id = group_id});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "registry.no_group");
    }
    return group_from(*row);
}

std::vector<Group> group_path(storage::Transaction& tx, GroupId group_id) {
    std::vector<Group> path;
    while (group_id) {
        Result<Group> group = find_group(tx, group_id);
        if (!group) {
            break;
        }
        group_id = group->parent_id;
        path.push_back(std::move(*group));
    }
    return path;
}

std::vector<Group> child_groups(storage::Transaction& tx, GroupId group_id) {
    std::vector<Group> children;
    for (const auto& row : sql::group_children(tx, {.parent_group_id = group_id})) {
        children.push_back(group_from(row));
    }
    return children;
}

std::vector<Group> groups_below(storage::Transaction& tx, PlaceId place_id, GroupKind kind,
                                int limit) {
    const PlaceRange range = place_range(tx, place_id);
    std::vector<Group> groups;
    for (const auto& row : sql::groups_in_range(tx, {.kind = group_kind_name(kind),
                                                     .first = range.first,
                                                     .last = range.last,
                                                     .max_rows = limit})) {
        groups.push_back(group_from(row));
    }
    return groups;
}

}  // namespace haat::registry
