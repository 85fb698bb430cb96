#include "registry/organisations.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "registry/places.hpp"
#include "sql/organisations.hpp"

namespace haat::registry {
namespace {

template <typename Row>
Organisation organisation_from(const Row& row) {
    const std::optional<OrganisationKind> kind = organisation_kind_from_name(row.kind);
    HAAT_ASSERT(kind.has_value());
    return {.organisation_id = row.organisation_id,
            .kind = *kind,
            .code = row.code,
            .name_en = row.name_en,
            .name_hi = row.name_hi,
            .place_id = row.place_id,
            .gstin = row.gstin,
            .is_synthetic = row.is_synthetic != 0};
}

bool good_code(std::string_view code) {
    return !code.empty() && code.size() <= 40 && std::ranges::all_of(code, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool good_name(std::string_view name) {
    return is_utf8(name) && !trim(name).empty() && count_code_points(name) <= 120;
}

}  // namespace

Result<Organisation> ensure_organisation(storage::Transaction& tx,
                                         const NewOrganisation& organisation, UnixSeconds now) {
    if (!good_code(organisation.code)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_code");
    }
    if (!good_name(organisation.name_en) || !good_name(organisation.name_hi)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_name");
    }
    HAAT_TRY(find_place(tx, organisation.place_id));
    return organisation_from(
        sql::organisation_add(tx, {.new_organisation_id = tx.new_id_as<OrganisationId>(),
                                   .kind = organisation_kind_name(organisation.kind),
                                   .code = organisation.code,
                                   .name_en = trim(organisation.name_en),
                                   .name_hi = trim(organisation.name_hi),
                                   .place_id = organisation.place_id,
                                   .gstin = organisation.gstin,
                                   .is_synthetic = organisation.is_synthetic ? 1 : 0,
                                   .created_at = now}));
}

Result<Organisation> find_organisation(storage::Transaction& tx, OrganisationId organisation_id) {
    const auto row = sql::organisation_find(tx, {.organisation_id = organisation_id});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "registry.no_organisation");
    }
    return organisation_from(*row);
}

Result<Organisation> find_organisation(storage::Transaction& tx, std::string_view code) {
    const auto row = sql::organisation_by_code(tx, {.code = code});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "registry.no_organisation");
    }
    return organisation_from(*row);
}

std::vector<Organisation> list_organisations(storage::Transaction& tx, OrganisationKind kind) {
    std::vector<Organisation> organisations;
    for (const auto& row : sql::organisations_of_kind(tx, {.kind = organisation_kind_name(kind)})) {
        organisations.push_back(organisation_from(row));
    }
    return organisations;
}

}  // namespace haat::registry
