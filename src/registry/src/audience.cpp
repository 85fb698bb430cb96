#include "registry/audience.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "audience_evaluate.hpp"
#include "audience_state.hpp"
#include "people_store.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "sql/audience.hpp"
#include "sql/places.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

constexpr std::int64_t kOrdinalsPerRead = 1 << 18;
constexpr std::int64_t kIndiaAheadSeconds = 19'800;
constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t counter(storage::Transaction& tx, std::string_view name) {
    return sql::counter_find(tx, {.name = name}).value;
}

/// What the change log says since a number, gathered.
struct Changes {
    std::int64_t freshness = 0;
    bool has_gap = false;  ///< Trimmed meanwhile: build anew.
    Bitmap people;
    std::vector<GroupId> groups;
    std::vector<std::pair<std::string, std::int64_t>> tag_parts;
};

Changes changes_since(storage::Transaction& tx, std::int64_t freshness) {
    Changes changes{.freshness = freshness};
    sql::audience_changes_since(
        tx, {.change_number = freshness}, [&](const sql::AudienceChangesSinceRow& row) {
            changes.has_gap |= row.change_number != changes.freshness + 1;
            changes.freshness = row.change_number;
            if (row.group_id) {
                changes.groups.push_back(row.group_id);
            } else if (!row.tag.empty()) {
                changes.tag_parts.emplace_back(row.tag, row.ordinal_first >> 16);
            } else {
                add_run(changes.people, {static_cast<std::uint32_t>(row.ordinal_first),
                                         static_cast<std::uint32_t>(row.ordinal_last)});
            }
        });
    changes.has_gap |= changes.freshness < counter(tx, "audience");
    std::ranges::sort(changes.tag_parts);
    changes.tag_parts.erase(std::ranges::unique(changes.tag_parts).begin(),
                            changes.tag_parts.end());
    return changes;
}

/// Reads changed people, run by run; runs with little between them are read as one.
std::vector<AudiencePart> read_changed(storage::Transaction& tx, Bitmap& people) {
    constexpr std::uint32_t kGap = 16;
    std::vector<OrdinalRun> runs;
    for (const std::uint32_t ordinal : people) {
        const bool near = !runs.empty() && ordinal - runs.back().last <= kGap &&
                          ordinal - runs.back().first < kOrdinalsPerRead;
        if (near) {
            runs.back().last = ordinal;
        } else {
            runs.push_back({ordinal, ordinal});
        }
    }
    std::vector<AudiencePart> parts;
    for (const OrdinalRun run : runs) {
        add_run(people, run);
        parts.push_back(read_audience_part(tx, run.first, run.last));
    }
    return parts;
}

/// Groups that the index does not know yet, with those above them.
std::vector<std::pair<GroupId, GroupId>> read_new_groups(storage::Transaction& tx,
                                                         const AudienceGroups& groups,
                                                         const Changes& changes,
                                                         const std::vector<AudiencePart>& parts) {
    std::vector<GroupId> asked = changes.groups;
    for (const AudiencePart& part : parts) {
        for (const auto& [ordinal, group_id] : part.groups) {
            if (!groups.knows(group_id)) {
                asked.push_back(group_id);
            }
        }
    }
    std::ranges::sort(asked);
    asked.erase(std::ranges::unique(asked).begin(), asked.end());
    std::vector<std::pair<GroupId, GroupId>> found;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const GroupId group_id = asked[i];
        if (const auto row = sql::audience_group_parent(tx, {.group_id = group_id})) {
            found.emplace_back(group_id, row->parent_group_id);
            const bool above = row->parent_group_id && !groups.knows(row->parent_group_id) &&
                               std::ranges::find(asked, row->parent_group_id) == asked.end();
            if (above) {
                asked.push_back(row->parent_group_id);
            }
        }
    }
    return found;
}

/// The people of one block who fit.
struct Fitting {
    std::uint16_t block = 0;
    Piece& people;
    std::int64_t count = 0;
    std::int64_t all = 0;  ///< Who live in the block, fitting or not.
};

/// Calls for each block in which somebody fits.
void each_fitting(AudienceFormula& formula, const Bitmap& all,
                  const std::function<void(Fitting&)>& call) {
    BlockCursor everybody(all);
    formula.each_block([&](std::uint16_t block, Piece& people) {
        Fitting fitting{block, people, people.count(), everybody.at(block, formula.pool()).count()};
        call(fitting);
    });
}

enum class CountsKind : std::uint8_t {
    kAny,
    kOneEach,  ///< Everybody is in one of the sets: who is in none of the others is in the last.
};

/// Counts people within many sets at once.
template <typename Key>
class Counts {
 public:
    explicit Counts(CountsKind kind) : kind_(kind) {}

    void add(const Key& key, const Bitmap& set) { rows_.push_back({key, BlockCursor(set), 0}); }

    void take(Fitting& fitting, BlockPool& pool) {
        std::int64_t others = 0;
        Row* last = nullptr;  // the dearest to count, for kOneEach
        Piece last_set = Piece::nobody(pool);
        for (Row& each : rows_) {
            if (each.set.skips(fitting.block)) {
                continue;
            }
            Row* row = &each;
            Piece set = each.set.at(fitting.block, pool);
            if (kind_ == CountsKind::kOneEach && set.cost_to_count() > last_set.cost_to_count()) {
                std::swap(row, last);
                std::swap(set, last_set);
            }
            if (row != nullptr) {
                const std::int64_t count = count_of(fitting, set);
                row->people += count;
                others += count;
            }
        }
        if (last != nullptr) {
            last->people += fitting.count - others;
        }
    }

    /// Without those that nobody is in.
    template <typename Count>
    void put_into(std::vector<Count>& counts) const {
        for (const Row& row : rows_) {
            if (row.people != 0) {
                counts.push_back(Count{row.key, row.people});
            }
        }
    }

 private:
    struct Row {
        Key key;
        BlockCursor set;
        std::int64_t people;
    };

    static std::int64_t count_of(Fitting& fitting, const Piece& set) {
        const std::int64_t size = set.count();
        if (size == fitting.all) {
            return fitting.count;  // as mostly the district
        }
        return fitting.count == fitting.all ? size : fitting.people.count_common(set);
    }

    CountsKind kind_;
    std::vector<Row> rows_;
};

void add_districts(const AudiencePlaces& places, Counts<PlaceId>& counts) {
    for (const AudiencePlaces::Node& place : places.nodes()) {
        if (place.kind == PlaceKind::kDistrict) {
            counts.add(place.place_id, place.people);
        }
    }
}

std::vector<DistrictCount> by_district(const AudienceData& data, AudienceFormula& formula) {
    Counts<PlaceId> districts(CountsKind::kAny);
    add_districts(data.places, districts);
    each_fitting(formula, data.columns.all,
                 [&](Fitting& fitting) { districts.take(fitting, formula.pool()); });
    std::vector<DistrictCount> counts;
    districts.put_into(counts);
    return counts;
}

/// Reads everybody into `data`, on several connections. What changes meanwhile is in the log.
void read_everybody(storage::Database& database, int connections, std::int64_t ordinals,
                    AudienceData& data) {
    std::mutex adding;
    std::atomic<std::int64_t> next{0};
    std::exception_ptr failed;
    const auto work = [&] {
        try {
            for (;;) {
                const std::int64_t first = next.fetch_add(kOrdinalsPerRead);
                if (first >= ordinals) {
                    return;
                }
                const AudiencePart part = database.read([&](storage::Transaction& tx) {
                    return read_audience_part(tx, first, first + kOrdinalsPerRead - 1);
                });
                const std::lock_guard lock(adding);
                data.add(part);
            }
        } catch (...) {
            const std::lock_guard lock(adding);
            failed = std::current_exception();
            next = ordinals;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < connections; ++i) {
            threads.emplace_back(work);
        }
    }
    if (failed) {
        std::rethrow_exception(failed);
    }
}

}  // namespace

std::int64_t india_day(UnixSeconds at) { return (at.value + kIndiaAheadSeconds) / kDaySeconds; }

// --- what the index holds ----------------------------------------------------------------------

void AudienceData::read_places(storage::Transaction& tx) {
    places_read = counter(tx, "places");
    places.read(tx);
    for (const AudiencePlaces::Node& place : places.nodes()) {
        if (place.kind == PlaceKind::kState) {
            whole_state = place.place_id;
        }
    }
}

void AudienceData::read_groups(storage::Transaction& tx) {
    sql::audience_groups(tx, [&](const sql::AudienceGroupsRow& row) {
        groups.put_group(row.group_id, row.parent_group_id);
    });
    groups.settle();
}

void AudienceData::read_tags(storage::Transaction& tx) {
    sql::audience_tags(tx, [&](const sql::AudienceTagsRow& row) {
        tags[row.tag] |= Bitmap::readSafe(row.ordinals.data(), row.ordinals.size());
    });
}

void AudienceData::add(const AudiencePart& part) {
    columns.add(part.columns);
    for (const HomeRun& home : part.homes) {
        knows_all_places = places.put(home) && knows_all_places;
    }
    auto home = part.homes.begin();
    for (const auto& [ordinal, group_id] : part.groups) {
        while (home->run.last < ordinal) {
            ++home;
        }
        const std::uint32_t index = places.index_of(home->place_id);
        if (index != kNone) {
            groups.put_member(ordinal, group_id, index);
        }
    }
}

void AudienceData::subtract(const Bitmap& ordinals) {
    columns.subtract(ordinals);
    places.remove(ordinals);
    groups.remove(ordinals);
}

std::size_t AudienceData::memory_bytes() const {
    std::size_t bytes = places.memory_bytes() + groups.memory_bytes() + columns.memory_bytes();
    for (const auto& [tag, bitmap] : tags) {
        bytes += bytes_of(bitmap);
    }
    return bytes;
}

// --- keeping it right ----------------------------------------------------------------------------

AudienceIndex::AudienceIndex() : state_(std::make_unique<State>()) {}
AudienceIndex::~AudienceIndex() = default;

void AudienceIndex::build(storage::Database& database, int connections) {
    {
        const std::lock_guard one(state_->updating);
        AudienceData fresh;
        const std::int64_t ordinals = database.read([&](storage::Transaction& tx) {
            // Before everything else: what changes from here on is read again by catch_up.
            fresh.freshness = counter(tx, "audience");
            fresh.read_places(tx);
            fresh.read_groups(tx);
            fresh.read_tags(tx);
            return counter(tx, "ordinal");
        });
        fresh.groups.reserve(static_cast<std::size_t>(ordinals));
        read_everybody(database, connections, ordinals, fresh);
        fresh.columns.shrink_all();
        fresh.places.shrink_all();
        fresh.knows_all_places = true;
        const std::unique_lock lock(state_->mutex);
        std::swap(state_->data, fresh);
    }
    database.read([&](storage::Transaction& tx) { catch_up(tx); });
}

void AudienceIndex::State::build(storage::Transaction& tx) {
    AudienceData fresh;
    fresh.freshness = counter(tx, "audience");
    fresh.read_places(tx);
    fresh.read_groups(tx);
    fresh.read_tags(tx);
    const std::int64_t ordinals = counter(tx, "ordinal");
    fresh.groups.reserve(static_cast<std::size_t>(ordinals));
    for (std::int64_t first = 0; first < ordinals; first += kOrdinalsPerRead) {
        fresh.add(read_audience_part(tx, first, first + kOrdinalsPerRead - 1));
    }
    fresh.columns.shrink_all();
    fresh.places.shrink_all();
    const std::unique_lock lock(mutex);
    std::swap(data, fresh);
}

void AudienceIndex::build(storage::Transaction& tx) {
    const std::lock_guard one(state_->updating);
    state_->build(tx);
}

std::int64_t AudienceIndex::catch_up(storage::Transaction& tx) {
    const bool same_places = counter(tx, "places") == state_->places_read();
    if (same_places && counter(tx, "audience") == freshness()) {
        return 0;
    }
    const std::lock_guard one(state_->updating);
    AudienceData& data = state_->data;  // only the holder of `updating` changes it
    if (counter(tx, "places") > data.places_read) {
        const std::unique_lock lock(state_->mutex);
        data.places_read = counter(tx, "places");
        data.places.read_again(tx);
        data.groups.rehome(data.places);
    }
    Changes changes = changes_since(tx, data.freshness);
    if (changes.has_gap) {
        state_->build(tx);
        return people();
    }
    const std::vector<AudiencePart> parts = read_changed(tx, changes.people);
    const auto groups = read_new_groups(tx, data.groups, changes, parts);
    std::vector<std::pair<std::string, Bitmap>> tagged;
    for (const auto& [tag, part] : changes.tag_parts) {
        const auto row = sql::audience_tag_find(tx, {.tag = tag, .part = part});
        tagged.emplace_back(
            tag, row ? Bitmap::readSafe(row->ordinals.data(), row->ordinals.size()) : Bitmap());
    }
    {
        const std::unique_lock lock(state_->mutex);
        for (const auto& [group_id, parent_id] : groups) {
            data.groups.put_group(group_id, parent_id);
        }
        data.groups.settle();
        data.subtract(changes.people);
        for (const AudiencePart& part : parts) {
            data.add(part);
        }
        for (std::size_t i = 0; i < tagged.size(); ++i) {
            Bitmap& bearers = data.tags[tagged[i].first];
            const auto first = static_cast<std::uint32_t>(changes.tag_parts[i].second << 16);
            remove_run(bearers, {first, first + 0xFFFF});
            bearers |= tagged[i].second;
        }
        data.freshness = changes.freshness;
    }
    if (!data.knows_all_places) {
        state_->build(tx);
    }
    return static_cast<std::int64_t>(changes.people.cardinality());
}

void AudienceIndex::mark_contacted(std::int64_t day, std::span<const std::uint32_t> ordinals) {
    const Bitmap people(ordinals.size(), ordinals.data());
    const std::unique_lock lock(state_->mutex);
    state_->contacts.mark(day, people);
}

std::int64_t trim_audience_changes(storage::Transaction& tx, UnixSeconds now) {
    constexpr std::int64_t kMostRows = 5'000;
    constexpr std::int64_t kMarkEverySeconds = 3'600;
    const auto newest = sql::audience_mark_latest(tx, {.until_at = now});
    if (!newest || newest->marked_at.value + kMarkEverySeconds <= now.value) {
        sql::audience_mark_add(tx, {.marked_at = now, .change_number = counter(tx, "audience")});
    }
    const auto old =
        sql::audience_mark_latest(tx, {.until_at = UnixSeconds{now.value - kDaySeconds}});
    if (!old) {
        return 0;
    }
    sql::audience_marks_drop(tx, {.before_at = old->marked_at});
    return sql::audience_changes_drop(tx,
                                      {.change_number = old->change_number, .max_rows = kMostRows});
}

// --- answers -------------------------------------------------------------------------------------

std::int64_t AudienceIndex::count(const Viewer& viewer, const Audience& audience) const {
    const std::shared_lock lock(state_->mutex);
    AudienceFormula formula(state_->data, state_->contacts, viewer, audience);
    std::int64_t count = 0;
    formula.each_block([&](std::uint16_t, Piece& people) { count += people.count(); });
    return count;
}

std::int64_t AudienceIndex::count(const Viewer& viewer, const AudienceQuery& query) const {
    return count(viewer, query.tree());
}

std::vector<std::uint32_t> AudienceIndex::select(const Viewer& viewer,
                                                 const Audience& audience) const {
    const std::shared_lock lock(state_->mutex);
    AudienceFormula formula(state_->data, state_->contacts, viewer, audience);
    std::vector<std::uint32_t> ordinals;
    formula.each_block([&](std::uint16_t block, Piece& people) {
        const std::size_t before = ordinals.size();
        ordinals.resize(before + static_cast<std::size_t>(people.count()));
        people.write(std::uint32_t{block} << 16U, ordinals.data() + before);
    });
    return ordinals;
}

std::vector<std::uint32_t> AudienceIndex::select(const Viewer& viewer,
                                                 const AudienceQuery& query) const {
    return select(viewer, query.tree());
}

AudienceBreakdown AudienceIndex::breakdown(const Viewer& viewer, const Audience& audience) const {
    const std::shared_lock lock(state_->mutex);
    const AudienceData& data = state_->data;
    AudienceFormula formula(data, state_->contacts, viewer, audience);
    Counts<Channel> channels(CountsKind::kAny);
    for (const Channel channel : kChannels) {
        channels.add(channel, data.columns.channels[static_cast<std::size_t>(channel)]);
    }
    Counts<std::string> languages(CountsKind::kOneEach);
    for (const auto& [language, speakers] : data.columns.languages) {
        languages.add(language, speakers);
    }
    Counts<PlaceId> districts(CountsKind::kAny);
    add_districts(data.places, districts);
    AudienceBreakdown counts;
    each_fitting(formula, data.columns.all, [&](Fitting& fitting) {
        counts.people += fitting.count;
        channels.take(fitting, formula.pool());
        languages.take(fitting, formula.pool());
        districts.take(fitting, formula.pool());
    });
    channels.put_into(counts.by_channel);
    languages.put_into(counts.by_language);
    districts.put_into(counts.by_district);
    return counts;
}

std::vector<DistrictCount> AudienceIndex::count_by_district(const Viewer& viewer,
                                                            const Audience& audience) const {
    const std::shared_lock lock(state_->mutex);
    AudienceFormula formula(state_->data, state_->contacts, viewer, audience);
    return by_district(state_->data, formula);
}

std::vector<DistrictCount> AudienceIndex::count_by_district(const Viewer& viewer,
                                                            const AudienceQuery& query) const {
    return count_by_district(viewer, query.tree());
}

std::vector<DistrictCount> AudienceIndex::districts_of(
    const Viewer& viewer, std::span<const std::uint32_t> ordinals) const {
    const Bitmap asked(ordinals.size(), ordinals.data());
    const std::shared_lock lock(state_->mutex);
    AudienceFormula formula(state_->data, state_->contacts, viewer, everybody(), &asked);
    return by_district(state_->data, formula);
}

std::int64_t AudienceIndex::freshness() const {
    const std::shared_lock lock(state_->mutex);
    return state_->data.freshness;
}

std::int64_t AudienceIndex::people() const {
    const std::shared_lock lock(state_->mutex);
    return static_cast<std::int64_t>(state_->data.columns.all.cardinality());
}

std::int64_t AudienceIndex::memory_bytes() const {
    const std::shared_lock lock(state_->mutex);
    return static_cast<std::int64_t>(state_->data.memory_bytes() + state_->contacts.memory_bytes());
}

}  // namespace haat::registry
