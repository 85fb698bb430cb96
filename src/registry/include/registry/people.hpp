/// @file People, and their addresses on channels. A phone number is not a key: several people share
/// one, and one person has several. A person's ordinal is handed out once, village by village with
/// slack, and never reassigned.
///
/// Every query of personal rows takes a Viewer. Outside her scope a person does not exist:
/// registry.no_person, as if the id had never been given. Phones come masked unless haat itself
/// asks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

enum class PersonKind : std::uint8_t {
    kMember,     ///< A didi: member of a self-help group.
    kFarmer,     ///< A producer outside the groups.
    kMobiliser,  ///< Community mobiliser: reports for those without a phone.
};
[[nodiscard]] std::string_view person_kind_name(PersonKind kind);
[[nodiscard]] std::optional<PersonKind> person_kind_from_name(std::string_view name);

/// At most this many people share one address (domain default 4).
inline constexpr int kMaxPeoplePerAddress = 6;

struct Person {
    PersonId person_id;
    std::uint32_t ordinal = 0;
    PersonKind kind = PersonKind::kMember;
    std::string name;        ///< As she or her group writes it.
    std::string name_latin;  ///< In Latin letters; may be empty.
    PlaceId place_id;
    GroupId group_id;      ///< Her SHG; none for farmers outside the groups.
    std::string language;  ///< One of kLanguages.
    PurposeMask consents;  ///< Given and not withdrawn.
    PurposeMask suppressed;
    bool is_synthetic = false;  ///< Made up for a demonstration; say so wherever she shows.
    UnixSeconds created_at;
};

/// One address of hers.
struct PersonAddress {
    AddressId address_id;
    Channel channel = Channel::kWhatsapp;
    std::string external_id;  ///< "+919812345678"; masked unless haat itself asks.
    int people = 1;           ///< How many share it.
};

struct NewAddress {
    Channel channel = Channel::kWhatsapp;
    std::string_view external_id;  ///< Phones as normalise_phone gives them; Telegram: chat id.
};

/// A consent that comes with a new person.
struct NewConsent {
    PurposeMask purposes;
    Channel channel = Channel::kWhatsapp;
    std::string_view text_version;  ///< Which notice she saw, as "2026-11/hi"; 1..40 bytes.
    std::string_view evidence;      ///< "form:VO-17/23", "wamid:…", "officer:12"; 1..200 bytes.
};

struct NewPerson {
    PersonKind kind = PersonKind::kMember;
    std::string_view name;  ///< 1..100 code points.
    std::string_view name_latin;
    PlaceId place_id;  ///< A village; a panchayat or block if her village is not known.
    GroupId group_id;
    std::string_view language = "hi";
    bool is_synthetic = false;
    std::span<const NewAddress> addresses;
    std::span<const ProductId> products;
    std::optional<NewConsent> consent;
};

/// True if that role may see named producers at all.
[[nodiscard]] bool may_see_people(const Viewer& viewer);

/// Adds a person. About 10 row writes.
/// @return registry.no_place, registry.place_kind, registry.bad_name, registry.bad_language,
///         registry.bad_address, registry.address_full (more than 6 people on one).
[[nodiscard]] Result<Person> add_person(storage::Transaction& tx, const Viewer& viewer,
                                        const NewPerson& person, UnixSeconds now);

[[nodiscard]] Result<Person> find_person(storage::Transaction& tx, const Viewer& viewer,
                                         PersonId person_id);
[[nodiscard]] Result<Person> find_person_by_ordinal(storage::Transaction& tx, const Viewer& viewer,
                                                    std::uint32_t ordinal);

/// Those whose ids are given, without the ones outside the viewer's scope.
[[nodiscard]] std::vector<Person> find_people(storage::Transaction& tx, const Viewer& viewer,
                                              std::span<const PersonId> person_ids);

/// People below a place (none: all that the viewer may see), by ordinal after `after`, at most
/// `limit` (1..500). `group_id` narrows to one SHG.
struct PeopleFilter {
    PlaceId place_id;
    GroupId group_id;
    std::int64_t after_ordinal = -1;
    int limit = 50;
};
[[nodiscard]] std::vector<Person> list_people(storage::Transaction& tx, const Viewer& viewer,
                                              const PeopleFilter& filter);

/// What she makes.
[[nodiscard]] Result<std::vector<ProductId>> products_of(storage::Transaction& tx,
                                                         const Viewer& viewer, PersonId person_id);
/// Replaces what she makes. Repeating changes nothing.
[[nodiscard]] Result<void> set_products(storage::Transaction& tx, const Viewer& viewer,
                                        PersonId person_id, std::span<const ProductId> products);
/// One query. @return registry.no_person
[[nodiscard]] Result<bool> makes_product(storage::Transaction& tx, const Viewer& viewer,
                                         PersonId person_id, ProductId product_id);
/// Adds one product that she turned out to make (an offer of hers). Repeating changes nothing.
[[nodiscard]] Result<void> add_product(storage::Transaction& tx, const Viewer& viewer,
                                       PersonId person_id, ProductId product_id);
[[nodiscard]] Result<void> set_language(storage::Transaction& tx, const Viewer& viewer,
                                        PersonId person_id, std::string_view language);
[[nodiscard]] Result<void> set_name(storage::Transaction& tx, const Viewer& viewer,
                                    PersonId person_id, std::string_view name);

// --- addresses -------------------------------------------------------------------------------

struct Address {
    AddressId address_id;
    Channel channel = Channel::kWhatsapp;
    std::string external_id;
    PurposeMask suppressed;  ///< What the address as such said stop to.
};

/// The address that a message came from; made if it is new, without any person. For haat itself.
[[nodiscard]] Address ensure_address(storage::Transaction& tx, Channel channel,
                                     std::string_view external_id, UnixSeconds now);
/// The provider knows an address by another id from now on, as a Telegram group that grew. False,
/// and nothing changes, if that id is an address already. For haat itself.
[[nodiscard]] bool move_address(storage::Transaction& tx, AddressId address_id,
                                std::string_view external_id);
[[nodiscard]] std::optional<Address> find_address(storage::Transaction& tx, const Viewer& viewer,
                                                  Channel channel, std::string_view external_id);
[[nodiscard]] std::optional<Address> find_address(storage::Transaction& tx, const Viewer& viewer,
                                                  AddressId address_id);

/// Who uses this address, by ordinal; empty for a stranger.
[[nodiscard]] std::vector<Person> people_on_address(storage::Transaction& tx, const Viewer& viewer,
                                                    AddressId address_id);

/// Her addresses, by channel; phones masked unless haat itself asks.
[[nodiscard]] Result<std::vector<PersonAddress>> addresses_of(storage::Transaction& tx,
                                                              const Viewer& viewer,
                                                              PersonId person_id);

/// Lets her use one more address. What the address said stop to holds for her too. Repeating
/// changes nothing. @return registry.bad_address, registry.address_full.
[[nodiscard]] Result<AddressId> attach_address(storage::Transaction& tx, const Viewer& viewer,
                                               PersonId person_id, const NewAddress& address,
                                               UnixSeconds now);

/// One row for the sender. Text is borrowed for the call.
struct SendAddress {
    std::uint32_t ordinal = 0;
    PersonId person_id;
    AddressId address_id;
    std::string_view external_id;
    std::string_view language;
};

/// Addresses on one channel of the people with ordinals first..last (inclusive), by ordinal: one
/// range query, for the sender of a chunk. The callback may not use `tx`.
void addresses_in(storage::Transaction& tx, std::uint32_t ordinal_first, std::uint32_t ordinal_last,
                  Channel channel, const std::function<void(const SendAddress&)>& each);

/// The same of these people, whose ordinals ascend: one query on PostgreSQL; on SQLite, where a
/// query costs little, one for each run of neighbours.
void addresses_at(storage::Transaction& tx, std::span<const std::uint32_t> ordinals,
                  Channel channel, const std::function<void(const SendAddress&)>& each);

/// The same without texts, several times as fast: for planning. A person may have several.
void address_ids_in(storage::Transaction& tx, std::uint32_t ordinal_first,
                    std::uint32_t ordinal_last, Channel channel,
                    const std::function<void(std::uint32_t ordinal, AddressId address_id)>& each);

/// Addresses that were given out on one channel have different numbers, counted from 1 and with few
/// gaps: for a bit of each.
[[nodiscard]] std::size_t address_number(AddressId address_id);

/// Says that people with these ordinals changed, so that audience indexes read them again. The
/// functions above do so themselves.
void note_audience_change(storage::Transaction& tx, std::uint32_t ordinal_first,
                          std::uint32_t ordinal_last);

}  // namespace haat::registry
