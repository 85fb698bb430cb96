/// @file Whom a message concerns: set algebra over bitmaps of ordinals, in memory. A count
/// over 15.6 million people takes microseconds to milliseconds, so the composer shows it while one
/// types. The database is the truth; the index is built from it and follows its change log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/viewer.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// AND of ORs: a person is in if she fits every list that is not empty, and no exclusion.
struct AudienceQuery {
    std::vector<PlaceId> places;  ///< Any level; below a place counts as in it.
    std::vector<PlaceId> exclude_places;
    std::vector<ProductId> products;
    std::vector<GroupId> groups;  ///< SHG, VO or CLF; below a group counts as in it.
    std::vector<std::string> languages;
    std::vector<std::string> tags;  ///< See set_tag; a tag nobody set fits nobody.
    std::vector<std::string> exclude_tags;
    std::optional<Channel> channel;         ///< Reachable there.
    std::optional<MessagePurpose> purpose;  ///< Consented to it, and it is not suppressed.
};

struct DistrictCount {
    PlaceId district_id;
    std::int64_t people = 0;
};

/// Any number of threads read while one updates (readers share a lock). Answers reflect everything
/// up to `freshness()`.
class AudienceIndex {
 public:
    AudienceIndex();
    ~AudienceIndex();
    AudienceIndex(const AudienceIndex&) = delete;
    AudienceIndex& operator=(const AudienceIndex&) = delete;

    /// Reads places, groups and everybody. About 6 s for a million people on SQLite.
    void build(storage::Transaction& tx);

    /// Takes in what changed since; returns how many people were read again. Costs one read when
    /// nothing did. Planning calls it first.
    std::int64_t catch_up(storage::Transaction& tx);

    /// People who fit, among those in the viewer's places. Microseconds to milliseconds.
    [[nodiscard]] std::int64_t count(const Viewer& viewer, const AudienceQuery& query) const;

    /// Their ordinals, ascending.
    [[nodiscard]] std::vector<std::uint32_t> select(const Viewer& viewer,
                                                    const AudienceQuery& query) const;

    /// The same by district, without districts in which nobody fits.
    [[nodiscard]] std::vector<DistrictCount> count_by_district(const Viewer& viewer,
                                                               const AudienceQuery& query) const;

    /// Puts people into (or out of) a set with a name, for attributes that others own: scheme
    /// stage, last contact. Not stored: its owner sets it again after a build.
    void set_tag(std::string_view tag, std::span<const std::uint32_t> ordinals, bool in);

    /// Number of the last change taken in.
    [[nodiscard]] std::int64_t freshness() const;
    [[nodiscard]] std::int64_t people() const;
    [[nodiscard]] std::int64_t memory_bytes() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haat::registry
