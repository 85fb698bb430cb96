/// @file Writes people in bulk: ordinals by village, one batch for each table. add_person, the
/// import and the synthetic people all come through here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"

namespace haat::registry {

struct DraftConsent {
    PurposeMask purposes;
    Channel channel = Channel::kWhatsapp;
    std::string text_version;
    std::string evidence;
};

struct DraftAddress {
    Channel channel = Channel::kWhatsapp;
    AddressId address_id;
};

/// A person who has been checked: the place exists, the addresses exist and have room.
struct PersonDraft {
    PersonKind kind = PersonKind::kMember;
    std::string name;
    std::string name_latin;
    PlaceId place_id;
    GroupId group_id;
    std::string language;
    bool is_synthetic = false;
    std::vector<ProductId> products;
    std::vector<DraftAddress> addresses;
    std::optional<DraftConsent> consent;
    PurposeMask suppressed;  ///< From the start: her address had said stop, or a made-up opt-out.
    std::string suppressed_evidence;
};

/// Adds them all, in the order given. Ordinals of one village follow one another.
std::vector<Person> insert_people(storage::Transaction& tx, std::span<const PersonDraft> drafts,
                                  UnixSeconds now);

struct NumberRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// The next `count` numbers of a counter ("suppression", "audience", "ordinal"; ordinals count
/// from 1 there). Holds the counter's row until the end of the transaction.
[[nodiscard]] NumberRange take_numbers(storage::Transaction& tx, std::string_view counter,
                                       std::int64_t count);

/// The first of `count` ordinals (1..512) for people of a village.
[[nodiscard]] std::uint32_t take_ordinals(storage::Transaction& tx, PlaceId place_id,
                                          std::int64_t count);

/// Makes what is consented to and suppressed for a person so, with its consent row, epoch and
/// audience change. Does not look at the viewer.
void change_purposes(storage::Transaction& tx, const Person& person, PurposeMask purposes,
                     bool given, const ConsentSource& source, UnixSeconds now);

/// Places in which this viewer may see people; empty (1..0) if she may see nobody.
[[nodiscard]] PlaceRange people_range(const Viewer& viewer);

template <typename Row>
[[nodiscard]] Person person_from(const Row& row) {
    const std::optional<PersonKind> kind = person_kind_from_name(row.kind);
    HAAT_ASSERT(kind.has_value());
    return {.person_id = row.person_id,
            .ordinal = static_cast<std::uint32_t>(row.ordinal),
            .kind = *kind,
            .name = row.name,
            .name_latin = row.name_latin,
            .place_id = row.place_id,
            .group_id = row.group_id,
            .language = row.language,
            .consents = {static_cast<std::uint8_t>(row.consents)},
            .suppressed = {static_cast<std::uint8_t>(row.suppressed)},
            .is_synthetic = row.is_synthetic != 0,
            .created_at = row.created_at};
}

}  // namespace haat::registry
