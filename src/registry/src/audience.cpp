#include "registry/audience.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <roaring/roaring.hh>
#include <shared_mutex>
#include <unordered_map>

#include "base/assert.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "sql/audience.hpp"
#include "sql/groups.hpp"
#include "sql/places.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

using Bitmap = ::Roaring;

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kOrdinalsPerRead = 1 << 20;

struct PlaceNode {
    PlaceId place_id;
    PlaceKind kind = PlaceKind::kVillage;
    PlaceRange numbers;
    std::uint32_t block = kNone;     ///< Index of its block, if it lies in one.
    std::uint32_t district = kNone;  ///< Index of its district.
    Bitmap people;                   ///< Kept for districts and blocks, and for what people name.
};

struct GroupNode {
    std::int64_t group_id = 0;
    std::uint32_t parent = kNone;       ///< Index of its VO or CLF.
    std::vector<std::uint32_t> places;  ///< Where its members live: nearly always one village.
};

Bitmap union_of(const std::vector<const Bitmap*>& bitmaps) {
    if (bitmaps.empty()) {
        return {};
    }
    std::vector<const Bitmap*> inputs = bitmaps;
    return Bitmap::fastunion(inputs.size(), inputs.data());
}

}  // namespace

struct AudienceIndex::State {
    mutable std::shared_mutex mutex;
    std::vector<PlaceNode> places;  ///< By number: a subtree is a run of this vector.
    std::unordered_map<std::int64_t, std::uint32_t> place_index;
    std::vector<GroupNode> groups;
    std::unordered_map<std::int64_t, std::uint32_t> group_index;
    std::vector<std::uint32_t> place_of;  ///< By ordinal; kNone where nobody is.
    std::vector<std::uint32_t> group_of;  ///< By ordinal; kNone for none.
    PlaceId whole_state;                  ///< Naming it narrows nothing.
    Bitmap all;
    std::unordered_map<std::int64_t, Bitmap> products;
    std::map<std::string, Bitmap, std::less<>> languages;
    std::map<Channel, Bitmap> channels;
    std::map<MessagePurpose, Bitmap> purposes;
    std::map<std::string, Bitmap, std::less<>> tags;
    std::int64_t freshness = 0;
    bool knows_all_places = true;  ///< False once somebody lives in a place made after the build.

    void read_places(storage::Transaction& tx);
    [[nodiscard]] std::uint32_t index_of(GroupId group_id);
    void read_groups(storage::Transaction& tx);
    void read_people(storage::Transaction& tx, std::int64_t first, std::int64_t last);
    void put_person(const sql::AudiencePeopleRow& row);
    void forget(std::uint32_t ordinal);
    void grow(std::uint32_t ordinal);
    void optimise();

    [[nodiscard]] std::pair<std::size_t, std::size_t> run_of(PlaceRange numbers) const;
    void add_range(PlaceRange numbers, std::vector<const Bitmap*>& into) const;
    [[nodiscard]] Bitmap in_places(const std::vector<PlaceId>& place_ids) const;
    [[nodiscard]] Bitmap in_groups(const std::vector<GroupId>& group_ids) const;
    void exclude(const AudienceQuery& query, Bitmap& people) const;
    [[nodiscard]] Bitmap evaluate(const Viewer& viewer, const AudienceQuery& query) const;
};

void AudienceIndex::State::read_places(storage::Transaction& tx) {
    places.clear();
    place_index.clear();
    std::uint32_t block = kNone;
    std::uint32_t district = kNone;
    sql::place_skeleton(tx, [&](const sql::PlaceSkeletonRow& row) {
        const std::optional<PlaceKind> kind = place_kind_from_name(row.kind);
        HAAT_ASSERT(kind.has_value());
        const auto index = static_cast<std::uint32_t>(places.size());
        if (*kind <= PlaceKind::kDistrict) {
            block = kNone;
            district = *kind == PlaceKind::kDistrict ? index : kNone;
        } else if (*kind == PlaceKind::kBlock) {
            block = index;
        }
        if (*kind == PlaceKind::kState) {
            whole_state = row.place_id;
        }
        places.push_back({.place_id = row.place_id,
                          .kind = *kind,
                          .numbers = {row.number_first, row.number_last},
                          .block = block,
                          .district = district});
        place_index[row.place_id.value] = index;
    });
}

std::uint32_t AudienceIndex::State::index_of(GroupId group_id) {
    const auto next = static_cast<std::uint32_t>(groups.size());
    const auto [at, is_new] = group_index.try_emplace(group_id.value, next);
    if (is_new) {
        groups.push_back({.group_id = group_id.value});
    }
    return at->second;
}

void AudienceIndex::State::read_groups(storage::Transaction& tx) {
    sql::group_tree(tx, [&](const sql::GroupTreeRow& row) {
        const std::uint32_t index = index_of(row.group_id);
        groups[index].parent = row.parent_group_id ? index_of(row.parent_group_id) : kNone;
    });
}

void AudienceIndex::State::grow(std::uint32_t ordinal) {
    if (ordinal >= place_of.size()) {
        const std::size_t size = std::max<std::size_t>(std::size_t{ordinal} + 1, 4096);
        place_of.resize(size, kNone);
        group_of.resize(size, kNone);
    }
}

void AudienceIndex::State::put_person(const sql::AudiencePeopleRow& row) {
    const auto ordinal = static_cast<std::uint32_t>(row.ordinal);
    const auto found = place_index.find(row.place_id.value);
    if (found == place_index.end()) {
        knows_all_places = false;
        return;
    }
    grow(ordinal);
    PlaceNode& place = places[found->second];
    place_of[ordinal] = found->second;
    place.people.add(ordinal);
    if (place.block != kNone && place.block != found->second) {
        places[place.block].people.add(ordinal);
    }
    if (place.district != kNone) {
        places[place.district].people.add(ordinal);
    }
    group_of[ordinal] = row.group_id ? index_of(row.group_id) : kNone;
    if (row.group_id) {
        std::vector<std::uint32_t>& homes = groups[group_of[ordinal]].places;
        if (std::ranges::find(homes, found->second) == homes.end()) {
            homes.push_back(found->second);
        }
    }
    all.add(ordinal);
    languages[row.language].add(ordinal);
    for (const MessagePurpose purpose : kMessagePurposes) {
        const PurposeMask allowed = PurposeMask{static_cast<std::uint8_t>(row.consents)} -
                                    PurposeMask{static_cast<std::uint8_t>(row.suppressed)};
        if (allowed.has(purpose)) {
            purposes[purpose].add(ordinal);
        }
    }
}

void AudienceIndex::State::forget(std::uint32_t ordinal) {
    if (ordinal >= place_of.size() || place_of[ordinal] == kNone) {
        return;
    }
    PlaceNode& place = places[place_of[ordinal]];
    place.people.remove(ordinal);
    if (place.block != kNone) {
        places[place.block].people.remove(ordinal);
    }
    if (place.district != kNone) {
        places[place.district].people.remove(ordinal);
    }
    place_of[ordinal] = kNone;
    group_of[ordinal] = kNone;
    all.remove(ordinal);
    const auto remove_from = [&](auto& table) {
        for (auto& [key, bitmap] : table) {
            bitmap.remove(ordinal);
        }
    };
    remove_from(products);
    remove_from(languages);
    remove_from(channels);
    remove_from(purposes);
}

void AudienceIndex::State::read_people(storage::Transaction& tx, std::int64_t first,
                                       std::int64_t last) {
    sql::audience_people(tx, {.ordinal_first = first, .ordinal_last = last},
                         [&](const sql::AudiencePeopleRow& row) { put_person(row); });
    sql::audience_channels(tx, {.ordinal_first = first, .ordinal_last = last},
                           [&](const sql::AudienceChannelsRow& row) {
                               channels[static_cast<Channel>(row.channel)].add(
                                   static_cast<std::uint32_t>(row.ordinal));
                           });
    sql::audience_products(
        tx, {.ordinal_first = first, .ordinal_last = last},
        [&](const sql::AudienceProductsRow& row) {
            products[row.product_id.value].add(static_cast<std::uint32_t>(row.ordinal));
        });
}

void AudienceIndex::State::optimise() {
    const auto shrink = [](Bitmap& bitmap) {
        bitmap.runOptimize();
        bitmap.shrinkToFit();
    };
    shrink(all);
    for (PlaceNode& place : places) {
        shrink(place.people);
    }
    const auto shrink_table = [&](auto& table) {
        for (auto& [key, bitmap] : table) {
            shrink(bitmap);
        }
    };
    shrink_table(products);
    shrink_table(languages);
    shrink_table(channels);
    shrink_table(purposes);
}

/// The places whose number lies in the range, as a run of `places`.
std::pair<std::size_t, std::size_t> AudienceIndex::State::run_of(PlaceRange numbers) const {
    const auto number = [](const PlaceNode& place) { return place.numbers.first; };
    const auto begin = std::ranges::lower_bound(places, numbers.first, {}, number);
    const auto end = std::ranges::upper_bound(places, numbers.last, {}, number);
    return {static_cast<std::size_t>(begin - places.begin()),
            static_cast<std::size_t>(std::max(begin, end) - places.begin())};
}

/// Bitmaps that together hold everybody in the range: whole districts and blocks where they lie in
/// it, single places else.
void AudienceIndex::State::add_range(PlaceRange numbers, std::vector<const Bitmap*>& into) const {
    const auto [begin, end] = run_of(numbers);
    for (std::size_t i = begin; i < end;) {
        const PlaceNode& place = places[i];
        into.push_back(&place.people);
        const bool holds_all_below =
            (place.kind == PlaceKind::kDistrict || place.kind == PlaceKind::kBlock) &&
            place.numbers.last <= numbers.last;
        i = holds_all_below ? run_of(place.numbers).second : i + 1;
    }
}

Bitmap AudienceIndex::State::in_places(const std::vector<PlaceId>& place_ids) const {
    std::vector<const Bitmap*> bitmaps;
    for (const PlaceId place_id : place_ids) {
        if (const auto found = place_index.find(place_id.value); found != place_index.end()) {
            add_range(places[found->second].numbers, bitmaps);
        }
    }
    return union_of(bitmaps);
}

/// Members of these groups and of all below them: looked up among the people of the villages where
/// the members live, so that a million groups need no bitmaps of their own.
Bitmap AudienceIndex::State::in_groups(const std::vector<GroupId>& group_ids) const {
    enum : std::uint8_t { kUnknown, kNo, kYes };
    std::vector<std::uint8_t> wanted(groups.size(), kUnknown);
    for (const GroupId group_id : group_ids) {
        if (const auto found = group_index.find(group_id.value); found != group_index.end()) {
            wanted[found->second] = kYes;
        }
    }
    const auto is_wanted = [&](std::uint32_t group) {
        const std::uint32_t asked = group;
        while (group != kNone && wanted[group] == kUnknown) {
            group = groups[group].parent;
        }
        wanted[asked] = group != kNone && wanted[group] == kYes ? kYes : kNo;
        return wanted[asked] == kYes;
    };
    std::vector<std::uint32_t> homes;
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
        if (!groups[group].places.empty() && is_wanted(group)) {
            homes.insert(homes.end(), groups[group].places.begin(), groups[group].places.end());
        }
    }
    std::ranges::sort(homes);
    homes.erase(std::ranges::unique(homes).begin(), homes.end());
    Bitmap members;
    for (const std::uint32_t home : homes) {
        for (const std::uint32_t ordinal : places[home].people) {
            if (group_of[ordinal] != kNone && is_wanted(group_of[ordinal])) {
                members.add(ordinal);
            }
        }
    }
    return members;
}

void AudienceIndex::State::exclude(const AudienceQuery& query, Bitmap& people) const {
    if (!query.exclude_places.empty()) {
        people -= in_places(query.exclude_places);
    }
    for (const std::string& tag : query.exclude_tags) {
        if (const auto at = tags.find(tag); at != tags.end()) {
            people -= at->second;
        }
    }
}

Bitmap AudienceIndex::State::evaluate(const Viewer& viewer, const AudienceQuery& query) const {
    if (!may_see_people(viewer)) {
        return {};
    }
    // Every clause is one bitmap; the smallest comes first, so that each AND is as cheap as can be.
    std::vector<Bitmap> owned;
    owned.reserve(8);
    std::vector<const Bitmap*> clauses{&all};
    const auto own = [&](Bitmap bitmap) {
        owned.push_back(std::move(bitmap));
        clauses.push_back(&owned.back());
    };
    static const Bitmap kNobody;
    const auto any_of = [&](const auto& table, const auto& keys) {
        if (keys.empty()) {
            return;
        }
        std::vector<const Bitmap*> found;
        for (const auto& key : keys) {
            if (const auto at = table.find(key); at != table.end()) {
                found.push_back(&at->second);
            }
        }
        if (found.size() == 1) {
            clauses.push_back(found.front());
        } else {
            own(union_of(found));
        }
    };
    const auto one_of = [&](const auto& table, const auto& key) {
        if (key) {
            const auto at = table.find(*key);
            clauses.push_back(at == table.end() ? &kNobody : &at->second);
        }
    };

    if (viewer.role != Role::kSystem && viewer.role != Role::kStateOfficer) {
        std::vector<const Bitmap*> bitmaps;
        add_range(viewer.places, bitmaps);
        own(union_of(bitmaps));
    }
    if (!query.places.empty() &&
        std::ranges::find(query.places, whole_state) == query.places.end()) {
        own(in_places(query.places));
    }
    std::vector<std::int64_t> product_keys;
    for (const ProductId product_id : query.products) {
        product_keys.push_back(product_id.value);
    }
    any_of(products, product_keys);
    any_of(languages, query.languages);
    any_of(tags, query.tags);
    one_of(channels, query.channel);
    one_of(purposes, query.purpose);
    if (!query.groups.empty()) {
        own(in_groups(query.groups));
    }
    std::ranges::sort(clauses, {}, [](const Bitmap* bitmap) { return bitmap->cardinality(); });
    Bitmap people = *clauses.front();
    for (std::size_t i = 1; i < clauses.size(); ++i) {
        if (clauses[i] != &all) {  // everybody counted is in it anyway, but for tags
            people &= *clauses[i];
        }
    }
    people &= all;
    exclude(query, people);
    return people;
}

AudienceIndex::AudienceIndex() : state_(std::make_unique<State>()) {}
AudienceIndex::~AudienceIndex() = default;

void AudienceIndex::build(storage::Transaction& tx) {
    std::unique_ptr<State> fresh = std::make_unique<State>();
    fresh->freshness = sql::counter_find(tx, {.name = "audience"}).value;
    fresh->read_places(tx);
    fresh->read_groups(tx);
    const std::int64_t ordinals = sql::counter_find(tx, {.name = "ordinal"}).value;
    fresh->place_of.reserve(static_cast<std::size_t>(ordinals));
    fresh->group_of.reserve(static_cast<std::size_t>(ordinals));
    for (std::int64_t first = 0; first < ordinals; first += kOrdinalsPerRead) {
        fresh->read_people(tx, first, first + kOrdinalsPerRead - 1);
    }
    fresh->optimise();
    // The mutex stays where it is, since readers wait on it: everything else moves over.
    const std::unique_lock lock(state_->mutex);
    State& state = *state_;
    state.places = std::move(fresh->places);
    state.place_index = std::move(fresh->place_index);
    state.groups = std::move(fresh->groups);
    state.group_index = std::move(fresh->group_index);
    state.place_of = std::move(fresh->place_of);
    state.group_of = std::move(fresh->group_of);
    state.whole_state = fresh->whole_state;
    state.all = std::move(fresh->all);
    state.products = std::move(fresh->products);
    state.languages = std::move(fresh->languages);
    state.channels = std::move(fresh->channels);
    state.purposes = std::move(fresh->purposes);
    state.freshness = fresh->freshness;
    state.knows_all_places = true;
}

std::int64_t AudienceIndex::catch_up(storage::Transaction& tx) {
    const std::int64_t newest = sql::counter_find(tx, {.name = "audience"}).value;
    if (newest == freshness()) {
        return 0;
    }
    std::unique_lock lock(state_->mutex);
    State& state = *state_;
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    sql::audience_changes_since(tx, {.change_number = state.freshness},
                                [&](const sql::AudienceChangesSinceRow& row) {
                                    ranges.emplace_back(row.ordinal_first, row.ordinal_last);
                                    state.freshness = row.change_number;
                                });
    if (ranges.empty()) {
        return 0;
    }
    state.read_groups(tx);
    std::ranges::sort(ranges);
    std::int64_t people = 0;
    std::int64_t done = -1;
    for (const auto& [range_first, range_last] : ranges) {
        const std::int64_t first = std::max(range_first, done + 1);
        for (std::int64_t ordinal = first; ordinal <= range_last; ++ordinal) {
            state.forget(static_cast<std::uint32_t>(ordinal));
            ++people;
        }
        if (first <= range_last) {
            state.read_people(tx, first, range_last);
            done = range_last;
        }
    }
    if (!state.knows_all_places) {
        lock.unlock();
        build(tx);
    }
    return people;
}

std::int64_t AudienceIndex::count(const Viewer& viewer, const AudienceQuery& query) const {
    const std::shared_lock lock(state_->mutex);
    return static_cast<std::int64_t>(state_->evaluate(viewer, query).cardinality());
}

std::vector<std::uint32_t> AudienceIndex::select(const Viewer& viewer,
                                                 const AudienceQuery& query) const {
    const std::shared_lock lock(state_->mutex);
    const Bitmap people = state_->evaluate(viewer, query);
    std::vector<std::uint32_t> ordinals(people.cardinality());
    people.toUint32Array(ordinals.data());
    return ordinals;
}

std::vector<DistrictCount> AudienceIndex::count_by_district(const Viewer& viewer,
                                                            const AudienceQuery& query) const {
    const std::shared_lock lock(state_->mutex);
    const Bitmap people = state_->evaluate(viewer, query);
    std::vector<DistrictCount> counts;
    for (const PlaceNode& place : state_->places) {
        if (place.kind == PlaceKind::kDistrict) {
            const std::uint64_t count = people.and_cardinality(place.people);
            if (count != 0) {
                counts.push_back({place.place_id, static_cast<std::int64_t>(count)});
            }
        }
    }
    return counts;
}

void AudienceIndex::set_tag(std::string_view tag, std::span<const std::uint32_t> ordinals,
                            bool in) {
    const std::unique_lock lock(state_->mutex);
    Bitmap& bitmap = state_->tags[std::string(tag)];
    for (const std::uint32_t ordinal : ordinals) {
        in ? bitmap.add(ordinal) : bitmap.remove(ordinal);
    }
}

std::int64_t AudienceIndex::freshness() const {
    const std::shared_lock lock(state_->mutex);
    return state_->freshness;
}

std::int64_t AudienceIndex::people() const {
    const std::shared_lock lock(state_->mutex);
    return static_cast<std::int64_t>(state_->all.cardinality());
}

std::int64_t AudienceIndex::memory_bytes() const {
    const std::shared_lock lock(state_->mutex);
    const State& state = *state_;
    std::size_t bytes = state.place_of.capacity() * sizeof(std::uint32_t) +
                        state.group_of.capacity() * sizeof(std::uint32_t) +
                        state.places.capacity() * sizeof(PlaceNode) +
                        state.groups.size() * (sizeof(GroupNode) + 56);
    const auto add = [&](const Bitmap& bitmap) { bytes += bitmap.getSizeInBytes() + 64; };
    add(state.all);
    for (const PlaceNode& place : state.places) {
        add(place.people);
    }
    const auto add_table = [&](const auto& table) {
        for (const auto& [key, bitmap] : table) {
            add(bitmap);
        }
    };
    add_table(state.products);
    add_table(state.languages);
    add_table(state.channels);
    add_table(state.purposes);
    add_table(state.tags);
    return static_cast<std::int64_t>(bytes);
}

}  // namespace haat::registry
