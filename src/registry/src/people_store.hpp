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

/// Text of drafts is borrowed: it must outlive insert_people.
struct DraftConsent {
    PurposeMask purposes;
    Channel channel = Channel::kWhatsapp;
    std::string_view text_version;
    std::string_view evidence;
};

// A contact is a phone, a chat or a provider's user id; with a channel it is an address. The id of
// an address is made of both, so no row is stored for it.

[[nodiscard]] constexpr AddressId address_id_of(std::int64_t contact_id, Channel channel) {
    return {contact_id * 8 + static_cast<std::int64_t>(channel)};
}
[[nodiscard]] constexpr std::int64_t contact_of(AddressId address_id) {
    return address_id.value / 8;
}
[[nodiscard]] constexpr Channel channel_of(AddressId address_id) {
    return static_cast<Channel>(address_id.value % 8);
}

/// A contact's `suppressed` holds the purposes of each channel, four bits each.
[[nodiscard]] constexpr PurposeMask suppressed_on(std::int64_t suppressed, Channel channel) {
    const unsigned shift = 4U * (static_cast<unsigned>(channel) - 1U);
    return {static_cast<std::uint8_t>((static_cast<std::uint64_t>(suppressed) >> shift) & 15U)};
}
[[nodiscard]] constexpr std::int64_t with_suppressed(std::int64_t suppressed, Channel channel,
                                                     PurposeMask purposes) {
    const unsigned shift = 4U * (static_cast<unsigned>(channel) - 1U);
    const std::uint64_t others =
        static_cast<std::uint64_t>(suppressed) & ~(std::uint64_t{15} << shift);
    return static_cast<std::int64_t>(others | (std::uint64_t{purposes.bits} << shift));
}

/// A contact that a new person uses.
struct DraftContact {
    std::int64_t contact_id = 0;
    std::uint8_t channels = 0;  ///< Mask of channel_bit.
};

/// A person who has been checked: the place exists, the addresses exist and have room.
struct PersonDraft {
    PersonKind kind = PersonKind::kMember;
    std::string_view name;
    std::string_view name_latin;
    PlaceId place_id;
    GroupId group_id;
    std::int64_t language = 0;  ///< language_number.
    bool is_synthetic = false;
    std::span<const ProductId> products;  ///< None twice.
    std::vector<DraftContact> contacts;
    std::optional<DraftConsent> consent;
    PurposeMask suppressed;  ///< From the start: her address had said stop, or a made-up opt-out.
    std::string_view suppressed_evidence;
};

struct InsertedPerson {
    PersonId person_id;
    std::uint32_t ordinal = 0;
};

/// Adds them all, in the order given. Ordinals of one village follow one another. About 10 µs each.
std::vector<InsertedPerson> insert_people(storage::Transaction& tx,
                                          std::span<const PersonDraft> drafts, UnixSeconds now);

/// Makes a contact that exists an address on this channel.
Address widen_contact(storage::Transaction& tx, std::int64_t contact_id, Channel channel);

/// attach_address for an address that exists, whatever the viewer. Looks up no text: an import may
/// have no index of them. Refuses: registry.address_full.
Result<AddressId> attach_known(storage::Transaction& tx, const Person& person,
                               const Address& address, UnixSeconds now);

struct NumberRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// The next `count` numbers of a counter ("suppression", "audience", "contact", "ordinal"; ordinals
/// count from 1 there). Holds the counter's row until the end of the transaction.
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
    HAAT_ASSERT(row.kind >= 0 && row.kind <= 2);
    return {.person_id = row.person_id,
            .ordinal = static_cast<std::uint32_t>(row.ordinal),
            .kind = static_cast<PersonKind>(row.kind),
            .name = row.name,
            .name_latin = row.name_latin,
            .place_id = row.place_id,
            .group_id = row.group_id,
            .language = std::string(language_code(row.language)),
            .consents = {static_cast<std::uint8_t>(row.consents)},
            .suppressed = {static_cast<std::uint8_t>(row.suppressed)},
            .is_synthetic = row.is_synthetic != 0,
            .created_at = row.created_at};
}

}  // namespace haat::registry
