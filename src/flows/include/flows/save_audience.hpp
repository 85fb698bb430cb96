/// @file An officer keeps an audience under a name, so that the next broadcast finds it again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "registry/audience_query.hpp"
#include "registry/audience_saved.hpp"

namespace haat::flows {

/// A saved audience as it reads today.
struct SavedAudienceView {
    registry::SavedAudience saved;
    std::string text;             ///< With today's names; the stored one if it no longer resolves.
    registry::Audience audience;  ///< Resolved; everybody if it no longer does.
    bool resolves = true;         ///< False if a place, group or audience that it names is gone.
};

/// What an officer wants kept; at a change what she does not give stays.
struct SavedAudienceWish {
    std::optional<std::string> name;
    std::optional<registry::Audience> audience;  ///< Not yet resolved.
};

/// @return flows.not_allowed; as registry::save_audience and registry::resolve_audience.
[[nodiscard]] Result<SavedAudienceView> save_audience(MessagingContext& context,
                                                      const Viewer& viewer,
                                                      const SavedAudienceWish& wish);
[[nodiscard]] Result<SavedAudienceView> change_saved_audience(MessagingContext& context,
                                                              const Viewer& viewer,
                                                              SavedAudienceId saved_audience_id,
                                                              const SavedAudienceWish& wish);
[[nodiscard]] Result<void> remove_saved_audience(MessagingContext& context, const Viewer& viewer,
                                                 SavedAudienceId saved_audience_id);
[[nodiscard]] Result<SavedAudienceView> find_saved_audience(MessagingContext& context,
                                                            const Viewer& viewer,
                                                            SavedAudienceId saved_audience_id);
/// By name, after that one, at most `limit`.
[[nodiscard]] Result<std::vector<SavedAudienceView>> list_saved_audiences(MessagingContext& context,
                                                                          const Viewer& viewer,
                                                                          SavedAudienceId after,
                                                                          int limit);

}  // namespace haat::flows
