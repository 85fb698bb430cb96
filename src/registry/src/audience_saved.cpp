#include "registry/audience_saved.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "people_store.hpp"
#include "registry/places.hpp"
#include "sql/audience_saved.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kMostNameCodePoints = 60;

template <typename Row>
SavedAudience saved_from(const Row& row) {
    return {.saved_audience_id = row.saved_audience_id,
            .name = row.name,
            .place_id = row.place_id,
            .account_id = row.account_id,
            .expression = row.expression,
            .people = row.people,
            .counted_at = row.counted_at,
            .created_at = row.created_at,
            .changed_at = row.changed_at};
}

bool good_name(std::string_view name) {
    return is_utf8(name) && !fold_name(name).empty() &&
           count_code_points(name) <= kMostNameCodePoints &&
           name.find_first_of("\"\\\n\r\t") == std::string_view::npos;
}

enum class Nested : std::uint8_t { kLeave, kFollow };

void collect_saved(const Audience& audience, Nested nested, std::vector<SavedAudienceId>& into) {
    if (audience.kind == Audience::Kind::kTerm && audience.field == AudienceField::kSaved) {
        into.push_back({audience.id});
        if (nested == Nested::kLeave) {
            return;
        }
    }
    for (const Audience& part : audience.parts) {
        collect_saved(part, nested, into);
    }
}

/// What it names itself, so that nobody removes that; written anew.
void write_uses(storage::Transaction& tx, SavedAudienceId saved_audience_id,
                const Audience& audience) {
    std::vector<SavedAudienceId> used;
    collect_saved(audience, Nested::kLeave, used);
    sql::saved_audience_uses_clear(tx, {.saved_audience_id = saved_audience_id});
    for (const SavedAudienceId used_id : used) {
        sql::saved_audience_use_add(
            tx, {.saved_audience_id = saved_audience_id, .used_saved_audience_id = used_id});
    }
}

Result<void> check_name(storage::Transaction& tx, const Viewer& viewer, std::string_view name,
                        PlaceId place_id, SavedAudienceId own) {
    if (!good_name(name)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_audience_name",
                      {{"most", std::to_string(kMostNameCodePoints)}});
    }
    for (const SavedAudience& other : saved_audiences_named(tx, viewer, name)) {
        if (other.place_id == place_id && other.saved_audience_id != own) {
            return refuse(ErrorKind::kConflict, "registry.audience_name_taken",
                          {{"name", other.name}});
        }
    }
    return {};
}

}  // namespace

Result<SavedAudience> save_audience(storage::Transaction& tx, const Viewer& viewer,
                                    const SavedAudienceDraft& draft, UnixSeconds now) {
    const std::string_view name = trim(draft.name);
    HAAT_TRY(check_name(tx, viewer, name, viewer.place_id, {}));
    const auto saved_audience_id = tx.new_id_as<SavedAudienceId>();
    const std::string folded = fold_name(name);
    const std::string expression = audience_text(draft.audience, AudienceStyle::kIds);
    sql::saved_audience_add(tx, {.saved_audience_id = saved_audience_id,
                                 .name = name,
                                 .folded = folded,
                                 .place_id = viewer.place_id,
                                 .account_id = viewer.account_id,
                                 .expression = expression,
                                 .people = draft.people,
                                 .now_at = now});
    write_uses(tx, saved_audience_id, draft.audience);
    return find_saved_audience(tx, viewer, saved_audience_id);
}

Result<SavedAudience> change_saved_audience(storage::Transaction& tx, const Viewer& viewer,
                                            SavedAudienceId saved_audience_id,
                                            const SavedAudienceDraft& draft, UnixSeconds now) {
    const SavedAudience before = HAAT_TRY(find_saved_audience(tx, viewer, saved_audience_id));
    const std::string_view name = trim(draft.name);
    HAAT_TRY(check_name(tx, viewer, name, before.place_id, saved_audience_id));
    std::vector<SavedAudienceId> used;
    collect_saved(draft.audience, Nested::kFollow, used);
    if (std::ranges::find(used, saved_audience_id) != used.end()) {
        return refuse(ErrorKind::kInvalid, "registry.audience_cycle",
                      {{"at", "1"}, {"found", before.name}});
    }
    const std::string folded = fold_name(name);
    const std::string expression = audience_text(draft.audience, AudienceStyle::kIds);
    sql::saved_audience_set(tx, {.name = name,
                                 .folded = folded,
                                 .expression = expression,
                                 .people = draft.people,
                                 .now_at = now,
                                 .saved_audience_id = saved_audience_id});
    write_uses(tx, saved_audience_id, draft.audience);
    return find_saved_audience(tx, viewer, saved_audience_id);
}

Result<void> remove_saved_audience(storage::Transaction& tx, const Viewer& viewer,
                                   SavedAudienceId saved_audience_id) {
    HAAT_TRY(find_saved_audience(tx, viewer, saved_audience_id));
    std::string names;
    for (const auto& row :
         sql::saved_audience_users(tx, {.used_saved_audience_id = saved_audience_id})) {
        names += (names.empty() ? "" : ", ") + row.name;
    }
    if (!names.empty()) {
        return refuse(ErrorKind::kConflict, "registry.audience_in_use", {{"names", names}});
    }
    sql::saved_audience_uses_clear(tx, {.saved_audience_id = saved_audience_id});
    sql::saved_audience_remove(tx, {.saved_audience_id = saved_audience_id});
    return {};
}

Result<SavedAudience> find_saved_audience(storage::Transaction& tx, const Viewer& viewer,
                                          SavedAudienceId saved_audience_id) {
    const PlaceRange range = people_range(viewer);
    const auto row = sql::saved_audience_find(
        tx, {.saved_audience_id = saved_audience_id, .first = range.first, .last = range.last});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "registry.no_saved_audience");
    }
    return saved_from(*row);
}

std::vector<SavedAudience> list_saved_audiences(storage::Transaction& tx, const Viewer& viewer,
                                                SavedAudienceId after, int limit) {
    const PlaceRange range = people_range(viewer);
    std::string after_folded;
    if (after) {
        const Result<SavedAudience> last = find_saved_audience(tx, viewer, after);
        after_folded = last ? fold_name(last->name) : "";
    }
    std::vector<SavedAudience> saved;
    for (const auto& row : sql::saved_audience_list(tx, {.first = range.first,
                                                         .last = range.last,
                                                         .after_folded = after_folded,
                                                         .after_saved_audience_id = after,
                                                         .max_rows = limit})) {
        saved.push_back(saved_from(row));
    }
    return saved;
}

std::vector<SavedAudience> saved_audiences_named(storage::Transaction& tx, const Viewer& viewer,
                                                 std::string_view name) {
    const PlaceRange range = people_range(viewer);
    std::vector<SavedAudience> saved;
    for (const auto& row : sql::saved_audience_named(
             tx, {.folded = fold_name(name), .first = range.first, .last = range.last})) {
        saved.push_back(saved_from(row));
    }
    const auto own = std::ranges::find(saved, viewer.place_id, &SavedAudience::place_id);
    if (own != saved.end()) {
        SavedAudience only = std::move(*own);
        saved.clear();
        saved.push_back(std::move(only));
    }
    return saved;
}

}  // namespace haat::registry
