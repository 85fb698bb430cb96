/// @file Bodies that are not producers: buyers, jails, boards, producer companies, the trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

enum class OrganisationKind : std::uint8_t { kBuyer, kJail, kBoard, kCompany, kTrust };
[[nodiscard]] std::string_view organisation_kind_name(OrganisationKind kind);
[[nodiscard]] std::optional<OrganisationKind> organisation_kind_from_name(std::string_view name);

struct Organisation {
    OrganisationId organisation_id;
    OrganisationKind kind = OrganisationKind::kBuyer;
    std::string code;  ///< Unique, ASCII, as "beur-jail"; 1..40 bytes.
    std::string name_en;
    std::string name_hi;
    PlaceId place_id;
    std::string gstin;  ///< May be empty.
    bool is_synthetic = false;
};

struct NewOrganisation {
    OrganisationKind kind = OrganisationKind::kBuyer;
    std::string_view code;
    std::string_view name_en;
    std::string_view name_hi;
    PlaceId place_id;
    std::string_view gstin;
    bool is_synthetic = false;
};

/// The organisation with that code; made if there is none. Repeating returns the first.
/// @return registry.bad_code, registry.bad_name, registry.no_place.
[[nodiscard]] Result<Organisation> ensure_organisation(storage::Transaction& tx,
                                                       const NewOrganisation& organisation,
                                                       UnixSeconds now);
/// registry.no_organisation if there is none.
[[nodiscard]] Result<Organisation> find_organisation(storage::Transaction& tx,
                                                     OrganisationId organisation_id);
[[nodiscard]] Result<Organisation> find_organisation(storage::Transaction& tx,
                                                     std::string_view code);
[[nodiscard]] std::vector<Organisation> list_organisations(storage::Transaction& tx,
                                                           OrganisationKind kind);

}  // namespace haat::registry
