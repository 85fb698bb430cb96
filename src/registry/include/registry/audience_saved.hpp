/// @file Audiences kept under a name. One belongs to the place of who saved it: officers of that
/// place and of those above see and use it, and what it fits is narrowed to their own places.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "registry/audience_query.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

struct SavedAudience {
    SavedAudienceId saved_audience_id;
    std::string name;
    PlaceId place_id;
    AccountId account_id;
    std::string expression;   ///< With ids; parse and resolve it to use it.
    std::int64_t people = 0;  ///< When it was saved, for who saved it.
    UnixSeconds counted_at;
    UnixSeconds created_at;
    UnixSeconds changed_at;
};

struct SavedAudienceDraft {
    std::string_view name;     ///< 1..60 code points without '"'; unique at the viewer's place.
    const Audience& audience;  ///< Resolved.
    std::int64_t people = 0;
};

/// @return registry.bad_audience_name, registry.audience_name_taken.
[[nodiscard]] Result<SavedAudience> save_audience(storage::Transaction& tx, const Viewer& viewer,
                                                  const SavedAudienceDraft& draft, UnixSeconds now);

/// Another name, another audience or both. @return as save_audience; registry.no_saved_audience;
///   registry.audience_cycle if it would need itself.
[[nodiscard]] Result<SavedAudience> change_saved_audience(storage::Transaction& tx,
                                                          const Viewer& viewer,
                                                          SavedAudienceId saved_audience_id,
                                                          const SavedAudienceDraft& draft,
                                                          UnixSeconds now);

/// @return registry.no_saved_audience, registry.audience_in_use {names}.
[[nodiscard]] Result<void> remove_saved_audience(storage::Transaction& tx, const Viewer& viewer,
                                                 SavedAudienceId saved_audience_id);

[[nodiscard]] Result<SavedAudience> find_saved_audience(storage::Transaction& tx,
                                                        const Viewer& viewer,
                                                        SavedAudienceId saved_audience_id);

/// By name, after that one (none: from the start), at most `limit`.
[[nodiscard]] std::vector<SavedAudience> list_saved_audiences(storage::Transaction& tx,
                                                              const Viewer& viewer,
                                                              SavedAudienceId after, int limit);

/// Those that bear the name: one at the viewer's own place goes before others.
[[nodiscard]] std::vector<SavedAudience> saved_audiences_named(storage::Transaction& tx,
                                                               const Viewer& viewer,
                                                               std::string_view name);

}  // namespace haat::registry
