#include "audience_places.hpp"

#include <algorithm>
#include <optional>

#include "base/assert.hpp"
#include "sql/places.hpp"

namespace haat::registry {

void AudiencePlaces::read(storage::Transaction& tx) {
    nodes_.clear();
    index_.clear();
    homes_.clear();
    std::uint32_t block = kNone;
    std::uint32_t district = kNone;
    sql::place_skeleton(tx, [&](const sql::PlaceSkeletonRow& row) {
        const std::optional<PlaceKind> kind = place_kind_from_name(row.kind);
        HAAT_ASSERT(kind.has_value());
        const auto index = static_cast<std::uint32_t>(nodes_.size());
        if (*kind <= PlaceKind::kDistrict) {
            block = kNone;
            district = *kind == PlaceKind::kDistrict ? index : kNone;
        } else if (*kind == PlaceKind::kBlock) {
            block = index;
        }
        nodes_.push_back({.place_id = row.place_id,
                          .kind = *kind,
                          .numbers = {row.number_first, row.number_last},
                          .block = block,
                          .district = district,
                          .people = {}});
        index_[row.place_id.value] = index;
    });
}

void AudiencePlaces::read_again(storage::Transaction& tx) {
    std::vector<HomeRun> homes;
    homes.reserve(homes_.size());
    for (const auto& [first, run] : homes_) {
        homes.push_back({{first, run.last}, nodes_[run.place].place_id});
    }
    read(tx);
    for (const HomeRun& home : homes) {
        const bool known = put(home);
        HAAT_ASSERT(known);  // places are never taken away
    }
    shrink_all();
}

bool AudiencePlaces::put(const HomeRun& home) {
    const std::uint32_t index = index_of(home.place_id);
    if (index == kNone) {
        return false;
    }
    Node& place = nodes_[index];
    const auto add = [&](Node& node) { add_run(node.people, home.run); };
    add(place);
    if (place.block != kNone && place.block != index) {
        add(nodes_[place.block]);
    }
    if (place.district != kNone && place.district != index) {
        add(nodes_[place.district]);
    }
    // Beside people of the same place: one run.
    Run run{home.run.last, index};
    std::uint32_t first = home.run.first;
    auto next = homes_.upper_bound(first);
    if (next != homes_.begin()) {
        const auto before = std::prev(next);
        HAAT_ASSERT(before->second.last < first);
        if (before->second.place == index && before->second.last + 1 == first) {
            first = before->first;
            next = homes_.erase(before);
        }
    }
    if (next != homes_.end() && next->second.place == index && next->first == run.last + 1) {
        run.last = next->second.last;
        homes_.erase(next);
    }
    homes_[first] = run;
    return true;
}

/// Takes ordinals out of the runs.
void AudiencePlaces::cut(OrdinalRun cut) {
    auto at = homes_.upper_bound(cut.first);
    if (at != homes_.begin() && std::prev(at)->second.last >= cut.first) {
        --at;
    }
    while (at != homes_.end() && at->first <= cut.last) {
        const OrdinalRun old{at->first, at->second.last};
        const std::uint32_t place = at->second.place;
        at = homes_.erase(at);
        if (old.first < cut.first) {
            homes_[old.first] = {cut.first - 1, place};
        }
        if (old.last > cut.last) {
            at = homes_.insert_or_assign(cut.last + 1, Run{old.last, place}).first;
            break;
        }
    }
}

void AudiencePlaces::remove(const Bitmap& ordinals) {
    std::vector<std::uint32_t> touched;
    for (const std::uint32_t ordinal : ordinals) {
        const std::uint32_t home = home_of(ordinal);
        if (home != kNone && (touched.empty() || touched.back() != home)) {
            touched.push_back(home);
        }
    }
    std::vector<std::uint32_t> holders;
    for (const std::uint32_t index : touched) {
        const Node& place = nodes_[index];
        for (const std::uint32_t holder : {index, place.block, place.district}) {
            if (holder != kNone) {
                holders.push_back(holder);
            }
        }
    }
    std::ranges::sort(holders);
    holders.erase(std::ranges::unique(holders).begin(), holders.end());
    for (const std::uint32_t holder : holders) {
        nodes_[holder].people -= ordinals;
    }
    OrdinalRun run{1, 0};
    for (const std::uint32_t ordinal : ordinals) {
        if (run.first <= run.last && run.last + 1 == ordinal) {
            run.last = ordinal;
            continue;
        }
        if (run.first <= run.last) {
            cut(run);
        }
        run = {ordinal, ordinal};
    }
    if (run.first <= run.last) {
        cut(run);
    }
}

void AudiencePlaces::shrink_all() {
    for (Node& node : nodes_) {
        shrink(node.people);
    }
}

std::uint32_t AudiencePlaces::index_of(PlaceId place_id) const {
    const auto found = index_.find(place_id.value);
    return found == index_.end() ? kNone : found->second;
}

std::uint32_t AudiencePlaces::home_of(std::uint32_t ordinal) const {
    auto at = homes_.upper_bound(ordinal);
    if (at == homes_.begin()) {
        return kNone;
    }
    --at;
    return at->second.last >= ordinal ? at->second.place : kNone;
}

/// The places whose number lies in the range, as a run of `nodes_`.
std::pair<std::size_t, std::size_t> AudiencePlaces::range_of(PlaceRange numbers) const {
    const auto number = [](const Node& node) { return node.numbers.first; };
    const auto begin = std::ranges::lower_bound(nodes_, numbers.first, {}, number);
    const auto end = std::ranges::upper_bound(nodes_, numbers.last, {}, number);
    return {static_cast<std::size_t>(begin - nodes_.begin()),
            static_cast<std::size_t>(std::max(begin, end) - nodes_.begin())};
}

void AudiencePlaces::add_range(PlaceRange numbers, std::vector<const Bitmap*>& into) const {
    const auto [begin, end] = range_of(numbers);
    for (std::size_t i = begin; i < end;) {
        const Node& node = nodes_[i];
        into.push_back(&node.people);
        const bool holds_all_below =
            (node.kind == PlaceKind::kDistrict || node.kind == PlaceKind::kBlock) &&
            node.numbers.last <= numbers.last;
        i = holds_all_below ? range_of(node.numbers).second : i + 1;
    }
}

std::size_t AudiencePlaces::memory_bytes() const {
    constexpr std::size_t kTreeNode = 48;  // of std::map, and of std::unordered_map about as much
    std::size_t bytes =
        nodes_.capacity() * sizeof(Node) + (index_.size() + homes_.size()) * kTreeNode;
    for (const Node& node : nodes_) {
        bytes += bytes_of(node.people);
    }
    return bytes;
}

}  // namespace haat::registry
