#include "supply/sites.hpp"

#include <array>
#include <limits>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "goods.hpp"
#include "sql/sites.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"purchase_point", "packaging_house", "outlet",
                                                    "workshop"};
constexpr std::array<std::string_view, 3> kOwners = {"person", "group", "organisation"};

bool is_key(std::string_view key) {
    return key.size() >= 3 && key.size() <= 64 &&
           key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_name(std::string_view name) {
    return !trim(name).empty() && is_utf8(name) && count_code_points(name) <= 200;
}

std::string_view wrong_field(const SiteDraft& draft) {
    if (!is_key(draft.key)) return "site_key";
    if (!draft.place_id) return "place_id";
    if (draft.owner.kind == Owner::Kind::kPerson || draft.owner.id <= 0) return "owner";
    if (!is_name(draft.name_hi)) return "name_hi";
    if (!is_name(draft.name_en)) return "name_en";
    if (!is_note(draft.address)) return "address";
    if (!is_note(draft.licence)) return "licence";
    return {};
}

template <typename Row>
Site site_from(const Row& row) {
    return {.site_id = row.site_id,
            .key = row.site_key,
            .kind = *site_kind_from(row.kind),
            .place_id = row.place_id,
            .owner = row.owner_group_id ? Owner::of(*row.owner_group_id)
                                        : Owner::of(*row.owner_organisation_id),
            .name_hi = row.name_hi,
            .name_en = row.name_en,
            .address = row.address,
            .licence = row.licence};
}

}  // namespace

std::string_view name_of(SiteKind kind) { return kKinds[std::to_underlying(kind)]; }

std::optional<SiteKind> site_kind_from(std::string_view name) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (kKinds[i] == name) return static_cast<SiteKind>(i);
    }
    return std::nullopt;
}

std::string_view name_of(Owner::Kind kind) { return kOwners[std::to_underlying(kind)]; }

Result<Site> open_site(storage::Transaction& tx, const SiteDraft& draft, UnixSeconds now) {
    if (const std::string_view field = wrong_field(draft); !field.empty()) {
        return wrong(errors::kSiteInvalid, field);
    }
    const bool is_group = draft.owner.kind == Owner::Kind::kGroup;
    sql::site_add(
        tx, {.site_id = tx.new_id_as<SiteId>(),
             .site_key = draft.key,
             .kind = name_of(draft.kind),
             .place_id = draft.place_id,
             .owner_organisation_id =
                 is_group ? std::nullopt : std::optional(OrganisationId{draft.owner.id}),
             .owner_group_id = is_group ? std::optional(GroupId{draft.owner.id}) : std::nullopt,
             .name_hi = draft.name_hi,
             .name_en = draft.name_en,
             .address = draft.address,
             .licence = draft.licence,
             .opened_at = now});
    Site site = *find_site_by_key(tx, draft.key);
    if (site.kind != draft.kind || site.place_id != draft.place_id || site.owner != draft.owner) {
        return refuse(ErrorKind::kConflict, errors::kSiteKeyReused);
    }
    return site;
}

std::optional<Site> find_site(storage::Transaction& tx, SiteId site_id) {
    const auto row = sql::site_get(tx, {.site_id = site_id});
    return row ? std::optional(site_from(*row)) : std::nullopt;
}

std::optional<Site> find_site_by_key(storage::Transaction& tx, std::string_view key) {
    const auto row = sql::site_by_key(tx, {.site_key = key});
    return row ? find_site(tx, row->site_id) : std::nullopt;
}

std::vector<Site> list_sites(storage::Transaction& tx, const SiteFilter& filter) {
    const PlaceRange places =
        filter.places.value_or(PlaceRange{0, std::numeric_limits<std::int64_t>::max()});
    std::vector<Site> sites;
    for (const auto& row : sql::site_page(tx, {.after_site_id = filter.after_site_id,
                                               .kind = filter.kind ? name_of(*filter.kind) : "",
                                               .number_first = places.first,
                                               .number_last = places.last,
                                               .row_limit = filter.limit})) {
        sites.push_back(site_from(row));
    }
    return sites;
}

bool may_work_at(storage::Transaction& tx, const Viewer& viewer, SiteId site_id) {
    switch (viewer.role) {
        case Role::kSystem:
            return find_site(tx, site_id).has_value();
        case Role::kPurchasePoint:
        case Role::kPackagingHouse:
        case Role::kCashier:
            return viewer.site_id == site_id && site_id;
        case Role::kJailOfficer: {
            const std::optional<Site> site = find_site(tx, site_id);
            return site && viewer.organisation_id &&
                   site->owner == Owner::of(viewer.organisation_id);
        }
        case Role::kStateOfficer:
        case Role::kDistrictOfficer:
        case Role::kBlockOfficer:
            return sql::site_in_places(tx, {.site_id = site_id,
                                            .number_first = viewer.places.first,
                                            .number_last = viewer.places.last})
                       .sites == 1;
        case Role::kMobiliser:
        case Role::kVictimFund:
        case Role::kBuyer:
        case Role::kAuditor:
            return false;
    }
    return false;
}

}  // namespace haat::supply
