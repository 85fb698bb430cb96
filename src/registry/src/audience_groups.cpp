#include "audience_groups.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace haat::registry {
namespace {

/// A look below a group reads the whole tail once for each group below it.
constexpr std::size_t kTailMost = 256;

}  // namespace

std::uint32_t AudienceGroups::find(GroupId group_id) const {
    const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(ascending_);
    const auto at = std::lower_bound(ids_.begin(), end, group_id.value);
    if (at != end && *at == group_id.value) {
        return static_cast<std::uint32_t>(at - ids_.begin());
    }
    const auto found = late_.find(group_id.value);
    return found == late_.end() ? kNone : found->second;
}

std::uint32_t AudienceGroups::find_or_add(GroupId group_id) {
    const std::uint32_t found = find(group_id);
    if (found != kNone) {
        return found;
    }
    const auto index = static_cast<std::uint32_t>(ids_.size());
    if (ascending_ == ids_.size() && (ids_.empty() || ids_.back() < group_id.value)) {
        ++ascending_;
    } else {
        late_[group_id.value] = index;
    }
    ids_.push_back(group_id.value);
    parents_.push_back(kNone);
    homes_.push_back(kNone);
    return index;
}

void AudienceGroups::put_group(GroupId group_id, GroupId parent_id) {
    const std::uint32_t index = find_or_add(group_id);
    const std::uint32_t parent = parent_id ? find_or_add(parent_id) : kNone;
    if (parents_[index] == parent) {
        return;
    }
    parents_[index] = parent;
    if (parent != kNone) {
        children_.push_back(std::uint64_t{parent} << 32 | index);
    }
}

void AudienceGroups::settle() {
    if (children_.size() - sorted_children_ <= kTailMost) {
        return;
    }
    const auto tail = children_.begin() + static_cast<std::ptrdiff_t>(sorted_children_);
    std::sort(tail, children_.end());
    std::vector<std::uint64_t> merged;
    merged.reserve(children_.size());
    std::set_union(children_.begin(), tail, tail, children_.end(), std::back_inserter(merged));
    children_ = std::move(merged);
    sorted_children_ = children_.size();
}

void AudienceGroups::add_home(std::uint32_t group, std::uint32_t home) {
    if (homes_[group] == kNone || homes_[group] == home) {
        homes_[group] = home;
        return;
    }
    const auto [begin, end] = more_homes_.equal_range(group);
    if (std::none_of(begin, end, [&](const auto& at) { return at.second == home; })) {
        more_homes_.emplace(group, home);
    }
}

void AudienceGroups::put_member(std::uint32_t ordinal, GroupId group_id, std::uint32_t home) {
    if (ordinal >= group_of_.size()) {
        group_of_.resize(std::size_t{ordinal} + 1, kNone);
    }
    group_of_[ordinal] = group_id ? find_or_add(group_id) : kNone;
    if (group_id) {
        add_home(group_of_[ordinal], home);
    }
}

void AudienceGroups::remove(const Bitmap& ordinals) {
    for (const std::uint32_t ordinal : ordinals) {
        if (ordinal < group_of_.size()) {
            group_of_[ordinal] = kNone;
        }
    }
}

void AudienceGroups::rehome(const AudiencePlaces& places) {
    std::ranges::fill(homes_, kNone);
    more_homes_.clear();
    for (std::uint32_t ordinal = 0; ordinal < group_of_.size(); ++ordinal) {
        if (group_of_[ordinal] != kNone) {
            add_home(group_of_[ordinal], places.home_of(ordinal));
        }
    }
}

void AudienceGroups::collect_below(std::uint32_t group, std::vector<std::uint32_t>& into) const {
    into.push_back(group);
    for (std::size_t at = into.size() - 1; at < into.size(); ++at) {
        const std::uint32_t parent = into[at];
        const auto add = [&](std::uint64_t pair) {
            const auto child = static_cast<std::uint32_t>(pair);
            if (parents_[child] == parent) {
                into.push_back(child);
            }
        };
        const auto sorted = children_.begin() + static_cast<std::ptrdiff_t>(sorted_children_);
        for (auto pair = std::lower_bound(children_.begin(), sorted, std::uint64_t{parent} << 32);
             pair != sorted && *pair >> 32 == parent; ++pair) {
            add(*pair);
        }
        for (auto pair = sorted; pair != children_.end(); ++pair) {
            if (*pair >> 32 == parent) {
                add(*pair);
            }
        }
    }
}

Bitmap AudienceGroups::members(GroupId group_id, const AudiencePlaces& places) const {
    const std::uint32_t top = find(group_id);
    if (top == kNone) {
        return {};
    }
    std::vector<std::uint32_t> wanted;
    collect_below(top, wanted);
    std::ranges::sort(wanted);
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    std::vector<bool> is_wanted(ids_.size());
    std::vector<std::uint32_t> homes;
    for (const std::uint32_t group : wanted) {
        is_wanted[group] = true;
        if (homes_[group] != kNone) {
            homes.push_back(homes_[group]);
        }
        const auto [begin, end] = more_homes_.equal_range(group);
        std::for_each(begin, end, [&](const auto& at) { homes.push_back(at.second); });
    }
    std::ranges::sort(homes);
    homes.erase(std::ranges::unique(homes).begin(), homes.end());
    std::vector<std::uint32_t> members;
    for (const std::uint32_t home : homes) {
        for (const std::uint32_t ordinal : places.node(home).people) {
            if (ordinal < group_of_.size() && group_of_[ordinal] != kNone &&
                is_wanted[group_of_[ordinal]]) {
                members.push_back(ordinal);
            }
        }
    }
    std::ranges::sort(members);
    return {members.size(), members.data()};
}

std::size_t AudienceGroups::memory_bytes() const {
    constexpr std::size_t kHashNode = 40;
    return group_of_.capacity() * sizeof(std::uint32_t) + ids_.capacity() * sizeof(std::int64_t) +
           (parents_.capacity() + homes_.capacity()) * sizeof(std::uint32_t) +
           children_.capacity() * sizeof(std::uint64_t) +
           (late_.size() + more_homes_.size()) * kHashNode;
}

}  // namespace haat::registry
