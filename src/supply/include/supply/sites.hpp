/// @file Where goods are weighed, packed, made and sold. A site stands at a place and belongs to a
/// group (VO, CLF) or an organisation (board, company, jail).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::supply {

enum class SiteKind : std::uint8_t { kPurchasePoint, kPackagingHouse, kOutlet, kWorkshop };

/// "purchase_point"; the name in database, contract and i18n.
[[nodiscard]] std::string_view name_of(SiteKind kind);
[[nodiscard]] std::optional<SiteKind> site_kind_from(std::string_view name);

/// Who owns something. Exactly one kind of owner.
struct Owner {
    enum class Kind : std::uint8_t { kPerson, kGroup, kOrganisation };
    Kind kind = Kind::kOrganisation;
    std::int64_t id = 0;  ///< PersonId, GroupId or OrganisationId.

    friend constexpr bool operator==(const Owner&, const Owner&) = default;
    [[nodiscard]] static Owner of(PersonId person) { return {Kind::kPerson, person.value}; }
    [[nodiscard]] static Owner of(GroupId group) { return {Kind::kGroup, group.value}; }
    [[nodiscard]] static Owner of(OrganisationId body) { return {Kind::kOrganisation, body.value}; }
};

/// "person", "group", "organisation".
[[nodiscard]] std::string_view name_of(Owner::Kind kind);

struct SiteDraft {
    std::string key;  ///< Names it for good, as "khadi-mall-patna": 3..64 of a-z, 0-9, '-'.
    SiteKind kind = SiteKind::kPurchasePoint;
    PlaceId place_id;
    Owner owner;  ///< A group or an organisation.
    std::string name_hi;
    std::string name_en;
    std::string address;  ///< One line for labels; may be empty.
    std::string licence;  ///< FSSAI number for labels; may be empty.
};

struct Site {
    SiteId site_id;
    std::string key;
    SiteKind kind = SiteKind::kPurchasePoint;
    PlaceId place_id;
    Owner owner;
    std::string name_hi;
    std::string name_en;
    std::string address;
    std::string licence;
};

/// Opens a site. Safe to repeat: the same key of the same kind returns the first one.
/// @return supply.site_invalid (params: field), supply.site_key_reused.
[[nodiscard]] Result<Site> open_site(storage::Transaction& tx, const SiteDraft& draft,
                                     UnixSeconds now);

/// Sites are public knowledge; no viewer. None if there is none.
[[nodiscard]] std::optional<Site> find_site(storage::Transaction& tx, SiteId site_id);
[[nodiscard]] std::optional<Site> find_site_by_key(storage::Transaction& tx, std::string_view key);

struct SiteFilter {
    std::optional<SiteKind> kind;
    std::optional<PlaceRange> places;  ///< At or under a place.
    SiteId after_site_id;              ///< Keyset: sites with a larger id.
    std::int64_t limit = 50;           ///< 1..200.
};

/// In the order of their ids.
[[nodiscard]] std::vector<Site> list_sites(storage::Transaction& tx, const SiteFilter& filter);

/// True if the viewer works at that site, or over its place. Flows ask before they act.
[[nodiscard]] bool may_work_at(storage::Transaction& tx, const Viewer& viewer, SiteId site_id);

}  // namespace haat::supply
