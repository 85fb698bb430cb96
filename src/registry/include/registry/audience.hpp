/// @file Whom a message concerns: set algebra over bitmaps of ordinals, in memory. A count over
/// 15.6 million people takes microseconds to milliseconds, so the composer shows it while one
/// types. The database is the truth; the index is built from it and follows its change log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/viewer.hpp"
#include "registry/audience_query.hpp"
#include "registry/channels.hpp"
#include "storage/database.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// An audience by picking: a person is in if she fits every list that is not empty, and no
/// exclusion. Only a way to write a tree: see tree().
struct AudienceQuery {
    std::vector<PlaceId> places;  ///< Any level; below a place counts as in it.
    std::vector<PlaceId> exclude_places;
    std::vector<ProductId> products;
    std::vector<GroupId> groups;  ///< SHG, VO or CLF; below a group counts as in it.
    std::vector<GroupId> exclude_groups;
    std::vector<std::string> languages;
    std::vector<std::string> tags;  ///< A tag nobody bears fits nobody.
    std::vector<std::string> exclude_tags;
    std::optional<Channel> channel;         ///< Reachable there.
    std::optional<MessagePurpose> purpose;  ///< Consented to it, and it is not suppressed.
    std::vector<Audience> also;             ///< Resolved trees that she fits, too.

    [[nodiscard]] Audience tree() const;
};

struct DistrictCount {
    PlaceId district_id;
    std::int64_t people = 0;
};

/// The same people, counted in several ways.
struct AudienceBreakdown {
    std::int64_t people = 0;
    std::vector<std::pair<Channel, std::int64_t>> by_channel;  ///< Reachable there; overlaps.
    std::vector<std::pair<std::string, std::int64_t>> by_language;
    std::vector<DistrictCount> by_district;
};

/// Number of the day in India since 1970, as mark_contacted takes it.
[[nodiscard]] std::int64_t india_day(UnixSeconds at);

/// Any number of threads read while one updates (readers share a lock, held for milliseconds).
/// Answers reflect everything up to `freshness()`. A viewer's places narrow every answer; who may
/// not see people gets none.
/// Trees must be resolved (resolve_audience): a name without its id fits nobody.
class AudienceIndex {
 public:
    AudienceIndex();
    ~AudienceIndex();
    AudienceIndex(const AudienceIndex&) = delete;
    AudienceIndex& operator=(const AudienceIndex&) = delete;

    /// Reads places, groups, tags and everybody, on as many connections at once; then catches up.
    /// Contacts stay as they are. About 1 s of CPU for a million people on SQLite.
    void build(storage::Database& database, int connections);
    /// The same within one transaction.
    void build(storage::Transaction& tx);

    /// Takes in what changed since; returns how many people were read again. Costs one read when
    /// nothing did; builds anew if the log was trimmed meanwhile. Planning calls it first. One
    /// caller at a time works, others wait.
    std::int64_t catch_up(storage::Transaction& tx);

    /// People who fit.
    [[nodiscard]] std::int64_t count(const Viewer& viewer, const Audience& audience) const;
    [[nodiscard]] std::int64_t count(const Viewer& viewer, const AudienceQuery& query) const;

    /// Their ordinals, ascending.
    [[nodiscard]] std::vector<std::uint32_t> select(const Viewer& viewer,
                                                    const Audience& audience) const;
    [[nodiscard]] std::vector<std::uint32_t> select(const Viewer& viewer,
                                                    const AudienceQuery& query) const;

    /// By channel, language and district; without values that nobody has.
    [[nodiscard]] AudienceBreakdown breakdown(const Viewer& viewer, const Audience& audience) const;

    /// By district, without districts in which nobody fits.
    [[nodiscard]] std::vector<DistrictCount> count_by_district(const Viewer& viewer,
                                                               const Audience& audience) const;
    [[nodiscard]] std::vector<DistrictCount> count_by_district(const Viewer& viewer,
                                                               const AudienceQuery& query) const;
    /// Of people given by ordinal.
    [[nodiscard]] std::vector<DistrictCount> districts_of(
        const Viewer& viewer, std::span<const std::uint32_t> ordinals) const;

    /// These people were written to on that day (india_day). Not stored: flows tells what chunks of
    /// broadcasts say, after a build and whenever one is planned or sent. Days may come in any
    /// order and more than once; those more than 62 days before the newest are forgotten.
    void mark_contacted(std::int64_t day, std::span<const std::uint32_t> ordinals);

    /// Number of the last change taken in.
    [[nodiscard]] std::int64_t freshness() const;
    [[nodiscard]] std::int64_t people() const;
    [[nodiscard]] std::int64_t memory_bytes() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Drops rows of the change log that are older than a day, at most 5,000; call it every few
/// minutes in a write. An index that slept longer builds anew. Returns how many rows went.
std::int64_t trim_audience_changes(storage::Transaction& tx, UnixSeconds now);

}  // namespace haat::registry
