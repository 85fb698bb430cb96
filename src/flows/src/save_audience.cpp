#include "flows/save_audience.hpp"

#include <fmt/format.h>

#include <utility>

#include "allowed.hpp"
#include "flows/measure_audience.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using registry::Audience;
using registry::SavedAudience;

/// Reads what was stored, with today's names.
SavedAudienceView view_of(storage::Transaction& tx, const Viewer& viewer, SavedAudience saved,
                          UnixSeconds now) {
    SavedAudienceView view{.saved = std::move(saved)};
    view.text = view.saved.expression;
    Result<Audience> stored = registry::parse_audience(view.saved.expression);
    if (stored) {
        stored =
            registry::resolve_audience(tx, viewer, std::move(*stored), audience_products(tx), now);
    }
    view.resolves = stored.has_value();
    if (stored) {
        view.audience = std::move(*stored);
        view.text = registry::audience_text(view.audience);
    }
    return view;
}

void write_audit(storage::Transaction& tx, UnixSeconds now, const Viewer& viewer,
                 std::string_view action, SavedAudienceId saved_audience_id) {
    storage::audit(tx, now, viewer.account_id, action,
                   fmt::format("audience:{}", saved_audience_id.value), "{}");
}

}  // namespace

Result<SavedAudienceView> save_audience(MessagingContext& context, const Viewer& viewer,
                                        const SavedAudienceWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    const Audience audience =
        HAAT_TRY(resolve_audience(context, viewer, wish.audience.value_or(registry::everybody())));
    context.flows.database.read([&](storage::Transaction& tx) { context.audience.catch_up(tx); });
    const std::int64_t people = context.audience.count(viewer, audience);
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<SavedAudienceView> {
        const SavedAudience saved = HAAT_TRY(registry::save_audience(
            tx, viewer,
            {.name = wish.name ? std::string_view(*wish.name) : std::string_view(),
             .audience = audience,
             .people = people},
            now));
        write_audit(tx, now, viewer, "audience.save", saved.saved_audience_id);
        return view_of(tx, viewer, saved, now);
    });
}

Result<SavedAudienceView> change_saved_audience(MessagingContext& context, const Viewer& viewer,
                                                SavedAudienceId saved_audience_id,
                                                const SavedAudienceWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    const SavedAudience before =
        HAAT_TRY(context.flows.database.read([&](storage::Transaction& tx) {
            return registry::find_saved_audience(tx, viewer, saved_audience_id);
        }));
    Audience wished =
        wish.audience ? *wish.audience : HAAT_TRY(registry::parse_audience(before.expression));
    const Audience audience = HAAT_TRY(resolve_audience(context, viewer, std::move(wished)));
    context.flows.database.read([&](storage::Transaction& tx) { context.audience.catch_up(tx); });
    const std::int64_t people = context.audience.count(viewer, audience);
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<SavedAudienceView> {
        const SavedAudience saved = HAAT_TRY(registry::change_saved_audience(
            tx, viewer, saved_audience_id,
            {.name = wish.name ? std::string_view(*wish.name) : std::string_view(before.name),
             .audience = audience,
             .people = people},
            now));
        write_audit(tx, now, viewer, "audience.change", saved_audience_id);
        return view_of(tx, viewer, saved, now);
    });
}

Result<void> remove_saved_audience(MessagingContext& context, const Viewer& viewer,
                                   SavedAudienceId saved_audience_id) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        HAAT_TRY(registry::remove_saved_audience(tx, viewer, saved_audience_id));
        write_audit(tx, now, viewer, "audience.remove", saved_audience_id);
        return {};
    });
}

Result<SavedAudienceView> find_saved_audience(MessagingContext& context, const Viewer& viewer,
                                              SavedAudienceId saved_audience_id) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<SavedAudienceView> {
        SavedAudience saved =
            HAAT_TRY(registry::find_saved_audience(tx, viewer, saved_audience_id));
        return view_of(tx, viewer, std::move(saved), now);
    });
}

Result<std::vector<SavedAudienceView>> list_saved_audiences(MessagingContext& context,
                                                            const Viewer& viewer,
                                                            SavedAudienceId after, int limit) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.read([&](storage::Transaction& tx) {
        std::vector<SavedAudienceView> views;
        for (SavedAudience& saved : registry::list_saved_audiences(tx, viewer, after, limit)) {
            views.push_back(view_of(tx, viewer, std::move(saved), now));
        }
        return views;
    });
}

}  // namespace haat::flows
