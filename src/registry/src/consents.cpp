#include "registry/consents.hpp"

#include "people_store.hpp"
#include "sql/addresses.hpp"
#include "sql/consents.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

bool complete(PurposeMask purposes, const ConsentSource& source) {
    return purposes != kNoPurpose && !source.text_version.empty() && !source.evidence.empty();
}

/// The address and everybody on it.
std::int64_t change_address(storage::Transaction& tx, AddressId address_id, PurposeMask purposes,
                            bool given, const ConsentSource& source, UnixSeconds now) {
    const std::int64_t contact_id = contact_of(address_id);
    const Channel channel = channel_of(address_id);
    const auto contact = sql::contact_find(tx, {.contact_id = contact_id});
    HAAT_ASSERT(contact.has_value());
    const PurposeMask before = suppressed_on(contact->suppressed, channel);
    const PurposeMask after = given ? before - purposes : before | purposes;
    if (after != before) {
        sql::contact_set_suppressed(
            tx, {.suppressed = with_suppressed(contact->suppressed, channel, after),
                 .contact_id = contact_id});
    }
    const std::vector<Person> people = people_on_address(tx, system_viewer(), address_id);
    for (const Person& person : people) {
        change_purposes(tx, person, purposes, given, source, now);
    }
    return static_cast<std::int64_t>(people.size());
}

}  // namespace

Result<void> give_consent(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                          PurposeMask purposes, const ConsentSource& source, UnixSeconds now) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    if (!complete(purposes, source)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_consent");
    }
    change_purposes(tx, person, purposes, true, source, now);
    return {};
}

Result<void> suppress(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                      PurposeMask purposes, const ConsentSource& source, UnixSeconds now) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    // Stopping must be as easy as possible: no text version is asked for.
    if (purposes == kNoPurpose || source.evidence.empty()) {
        return refuse(ErrorKind::kInvalid, "registry.bad_consent");
    }
    change_purposes(tx, person, purposes, false, source, now);
    return {};
}

std::int64_t suppress_address(storage::Transaction& tx, AddressId address_id, PurposeMask purposes,
                              const ConsentSource& source, UnixSeconds now) {
    return change_address(tx, address_id, purposes, false, source, now);
}

std::int64_t opt_in_address(storage::Transaction& tx, AddressId address_id, PurposeMask purposes,
                            const ConsentSource& source, UnixSeconds now) {
    return change_address(tx, address_id, purposes, true, source, now);
}

std::int64_t suppression_epoch(storage::Transaction& tx) {
    return sql::counter_find(tx, {.name = "suppression"}).value;
}

std::int64_t suppression_changes_since(
    storage::Transaction& tx, std::int64_t epoch,
    const std::function<void(std::uint32_t ordinal, PurposeMask purposes)>& each) {
    sql::suppression_since(tx, {.epoch = epoch}, [&](const sql::SuppressionSinceRow& row) {
        epoch = row.epoch;
        each(static_cast<std::uint32_t>(row.ordinal), {static_cast<std::uint8_t>(row.purposes)});
    });
    return epoch;
}

Result<std::vector<ConsentRow>> consents_of(storage::Transaction& tx, const Viewer& viewer,
                                            PersonId person_id) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    std::vector<ConsentRow> consents;
    for (const auto& row : sql::consents_of_person(tx, {.ordinal = person.ordinal})) {
        consents.push_back({.purposes = {static_cast<std::uint8_t>(row.purposes)},
                            .channel = static_cast<Channel>(row.channel),
                            .given = row.is_given != 0,
                            .text_version = row.text_version,
                            .evidence = row.evidence,
                            .at = row.given_at});
    }
    return consents;
}

}  // namespace haat::registry
