#include "registry/people.hpp"

#include <algorithm>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "people_store.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "sql/addresses.hpp"
#include "sql/people.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kMaxNameCodePoints = 100;
/// People whose ordinals lie closer than this are read in one range, of at most so many.
constexpr std::uint32_t kGapMax = 16;
constexpr std::size_t kRangeMax = 512;

std::unexpected<Error> no_person() { return refuse(ErrorKind::kNotFound, "registry.no_person"); }

PlaceRange overlap(PlaceRange a, PlaceRange b) {
    return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

bool good_name(std::string_view name) {
    return is_utf8(name) && !trim(name).empty() && count_code_points(name) <= kMaxNameCodePoints;
}

/// A phone as normalise_phone gives it; for Telegram a number of digits.
bool good_address(const NewAddress& address) {
    if (address.channel == Channel::kTelegram) {
        return parse_integer(address.external_id).has_value();
    }
    return normalise_phone(address.external_id) == address.external_id;
}

Result<void> check(storage::Transaction& tx, const Viewer& viewer, const NewPerson& person) {
    const Result<Place> place = find_place(tx, person.place_id);
    const PlaceRange range = people_range(viewer);
    if (!place || place->numbers.first < range.first || place->numbers.first > range.last) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    if (place->kind < PlaceKind::kBlock) {
        return refuse(ErrorKind::kInvalid, "registry.place_kind");
    }
    if (!good_name(person.name) || !is_utf8(person.name_latin)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_name");
    }
    if (!is_language(person.language)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_language");
    }
    if (person.group_id) {
        HAAT_TRY(find_group(tx, person.group_id));
    }
    return {};
}

Address address_from(std::int64_t contact_id, Channel channel, std::string_view external_id,
                     std::int64_t suppressed) {
    return {.address_id = address_id_of(contact_id, channel),
            .channel = channel,
            .external_id = std::string(external_id),
            .suppressed = suppressed_on(suppressed, channel)};
}

std::int64_t people_using(storage::Transaction& tx, AddressId address_id) {
    return sql::contact_people(tx, {.contact_id = contact_of(address_id),
                                    .channels = channel_bit(channel_of(address_id))})
        .people;
}

/// The address, with room for one more person.
Result<Address> address_with_room(storage::Transaction& tx, const NewAddress& wanted,
                                  UnixSeconds now) {
    if (!good_address(wanted)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_address");
    }
    Address address = ensure_address(tx, wanted.channel, wanted.external_id, now);
    if (people_using(tx, address.address_id) >= kMaxPeoplePerAddress) {
        return refuse(ErrorKind::kConflict, "registry.address_full");
    }
    return address;
}

/// What a viewer may know of an address: it exists for her only if one of her people uses it, and
/// its text comes masked.
std::optional<Address> as_seen_by(storage::Transaction& tx, const Viewer& viewer, Address address) {
    if (viewer.is_system()) {
        return address;
    }
    const PlaceRange range = people_range(viewer);
    if (sql::contact_in_range(tx, {.contact_id = contact_of(address.address_id),
                                   .channels = channel_bit(address.channel),
                                   .first = range.first,
                                   .last = range.last})
            .people == 0) {
        return std::nullopt;
    }
    address.external_id = mask_phone(address.external_id);
    return address;
}

/// One more contact of hers, or one more channel of a contact that she has.
void use_contact(PersonDraft& draft, AddressId address_id) {
    const std::int64_t contact_id = contact_of(address_id);
    const auto known = std::ranges::find(draft.contacts, contact_id, &DraftContact::contact_id);
    if (known == draft.contacts.end()) {
        draft.contacts.push_back({contact_id, channel_bit(channel_of(address_id))});
    } else {
        known->channels |= channel_bit(channel_of(address_id));
    }
}

}  // namespace

bool may_see_people(const Viewer& viewer) {
    switch (viewer.role) {
        case Role::kSystem:
        case Role::kStateOfficer:
        case Role::kDistrictOfficer:
        case Role::kBlockOfficer:
        case Role::kMobiliser:
        case Role::kPurchasePoint:
            return true;
        default:
            return false;
    }
}

PlaceRange people_range(const Viewer& viewer) {
    return may_see_people(viewer) ? viewer.places : PlaceRange{1, 0};
}

Result<Person> add_person(storage::Transaction& tx, const Viewer& viewer, const NewPerson& person,
                          UnixSeconds now) {
    HAAT_TRY(check(tx, viewer, person));
    std::vector<ProductId> products(person.products.begin(), person.products.end());
    std::ranges::sort(products);
    products.erase(std::ranges::unique(products).begin(), products.end());
    PersonDraft draft{.kind = person.kind,
                      .name = trim(person.name),
                      .name_latin = trim(person.name_latin),
                      .place_id = person.place_id,
                      .group_id = person.group_id,
                      .language = language_number(person.language),
                      .is_synthetic = person.is_synthetic,
                      .products = products};
    for (const NewAddress& wanted : person.addresses) {
        const Address address = HAAT_TRY(address_with_room(tx, wanted, now));
        use_contact(draft, address.address_id);
        draft.suppressed = draft.suppressed | address.suppressed;
    }
    draft.suppressed_evidence = "address";
    if (person.consent) {
        if (person.consent->purposes == kNoPurpose || person.consent->text_version.empty() ||
            person.consent->evidence.empty()) {
            return refuse(ErrorKind::kInvalid, "registry.bad_consent");
        }
        draft.consent = {.purposes = person.consent->purposes,
                         .channel = person.consent->channel,
                         .text_version = person.consent->text_version,
                         .evidence = person.consent->evidence};
    }
    const PersonId person_id = insert_people(tx, std::span(&draft, 1), now).front().person_id;
    return find_person(tx, viewer, person_id);
}

Result<Person> find_person(storage::Transaction& tx, const Viewer& viewer, PersonId person_id) {
    const PlaceRange range = people_range(viewer);
    const auto row =
        sql::person_find(tx, {.person_id = person_id, .first = range.first, .last = range.last});
    if (!row) {
        return no_person();
    }
    return person_from(*row);
}

Result<Person> find_person_by_ordinal(storage::Transaction& tx, const Viewer& viewer,
                                      std::uint32_t ordinal) {
    const PlaceRange range = people_range(viewer);
    const auto row =
        sql::person_by_ordinal(tx, {.ordinal = ordinal, .first = range.first, .last = range.last});
    if (!row) {
        return no_person();
    }
    return person_from(*row);
}

std::vector<Person> find_people(storage::Transaction& tx, const Viewer& viewer,
                                std::span<const PersonId> person_ids) {
    std::vector<Person> people;
    for (const PersonId person_id : person_ids) {
        Result<Person> person = find_person(tx, viewer, person_id);
        if (person) {
            people.push_back(std::move(*person));
        }
    }
    return people;
}

std::vector<Person> list_people(storage::Transaction& tx, const Viewer& viewer,
                                const PeopleFilter& filter) {
    HAAT_ASSERT(filter.limit >= 1 && filter.limit <= 500);
    PlaceRange range = people_range(viewer);
    if (filter.place_id) {
        range = overlap(range, place_range(tx, filter.place_id));
    }
    std::vector<Person> people;
    for (const sql::PeopleBelowRow& row :
         sql::people_below(tx, {.first = range.first,
                                .last = range.last,
                                .after_ordinal = filter.after_ordinal,
                                .group_id = filter.group_id,
                                .max_rows = filter.limit})) {
        people.push_back(person_from(row));
    }
    return people;
}

Result<std::vector<ProductId>> products_of(storage::Transaction& tx, const Viewer& viewer,
                                           PersonId person_id) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    std::vector<ProductId> products;
    for (const auto& row : sql::person_products(tx, {.ordinal = person.ordinal})) {
        products.push_back(row.product_id);
    }
    return products;
}

Result<void> set_products(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                          std::span<const ProductId> products) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    const std::vector<ProductId> before = HAAT_TRY(products_of(tx, viewer, person_id));
    std::vector<ProductId> after(products.begin(), products.end());
    std::ranges::sort(after);
    after.erase(std::ranges::unique(after).begin(), after.end());
    if (after == before) {
        return {};
    }
    for (const ProductId product_id : before) {
        if (!std::ranges::binary_search(after, product_id)) {
            sql::person_product_remove(tx, {.ordinal = person.ordinal, .product_id = product_id});
        }
    }
    std::vector<sql::PersonProductAddParams> batch;
    for (const ProductId product_id : after) {
        if (!std::ranges::binary_search(before, product_id)) {
            batch.push_back({.ordinal = person.ordinal, .product_id = product_id});
        }
    }
    if (!batch.empty()) {
        sql::person_product_add(tx, batch);
    }
    note_audience_change(tx, person.ordinal, person.ordinal);
    return {};
}

Result<bool> makes_product(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                           ProductId product_id) {
    const PlaceRange range = people_range(viewer);
    const auto row = sql::person_makes(tx, {.product_id = product_id,
                                            .person_id = person_id,
                                            .first = range.first,
                                            .last = range.last});
    if (!row) {
        return no_person();
    }
    return row->makes != 0;
}

Result<void> add_product(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                         ProductId product_id) {
    if (HAAT_TRY(makes_product(tx, viewer, person_id, product_id))) {
        return {};
    }
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    const sql::PersonProductAddParams added{.ordinal = person.ordinal, .product_id = product_id};
    sql::person_product_add(tx, std::span(&added, 1));
    note_audience_change(tx, person.ordinal, person.ordinal);
    return {};
}

Result<void> set_language(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                          std::string_view language) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    if (!is_language(language)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_language");
    }
    if (sql::person_set_language(
            tx, {.language = language_number(language), .person_id = person_id}) != 0) {
        note_audience_change(tx, person.ordinal, person.ordinal);
    }
    return {};
}

Result<void> set_name(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                      std::string_view name) {
    HAAT_TRY(find_person(tx, viewer, person_id));
    if (!good_name(name)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_name");
    }
    sql::person_set_name(tx, {.name = trim(name), .person_id = person_id});
    return {};
}

Address ensure_address(storage::Transaction& tx, Channel channel, std::string_view external_id,
                       UnixSeconds /*now*/) {
    const auto found = sql::contact_by_external(tx, {.external_id = external_id});
    if (!found) {
        const sql::ContactAddParams contact{.contact_id = take_numbers(tx, "contact", 1).first,
                                            .external_id = external_id,
                                            .channels = channel_bit(channel),
                                            .suppressed = 0};
        sql::contact_add(tx, std::span(&contact, 1));
        return address_from(contact.contact_id, channel, external_id, 0);
    }
    return widen_contact(tx, found->contact_id, channel);
}

Address widen_contact(storage::Transaction& tx, std::int64_t contact_id, Channel channel) {
    const auto row = sql::contact_find(tx, {.contact_id = contact_id});
    HAAT_ASSERT(row.has_value());
    if ((row->channels & channel_bit(channel)) == 0) {
        sql::contact_set_channels(
            tx, {.channels = row->channels | channel_bit(channel), .contact_id = contact_id});
    }
    return address_from(contact_id, channel, row->external_id, row->suppressed);
}

bool move_address(storage::Transaction& tx, AddressId address_id, std::string_view external_id) {
    const std::int64_t contact_id = contact_of(address_id);
    const auto row = sql::contact_find(tx, {.contact_id = contact_id});
    // A phone is an address on several channels, and only one of them would have moved.
    if (!row || row->channels != channel_bit(channel_of(address_id)) ||
        sql::contact_by_external(tx, {.external_id = external_id})) {
        return false;
    }
    sql::contact_move(tx, {.external_id = external_id, .contact_id = contact_id});
    return true;
}

std::optional<Address> find_address(storage::Transaction& tx, const Viewer& viewer, Channel channel,
                                    std::string_view external_id) {
    const auto row = sql::contact_by_external(tx, {.external_id = external_id});
    if (!row || (row->channels & channel_bit(channel)) == 0) {
        return std::nullopt;
    }
    return as_seen_by(tx, viewer,
                      address_from(row->contact_id, channel, external_id, row->suppressed));
}

std::optional<Address> find_address(storage::Transaction& tx, const Viewer& viewer,
                                    AddressId address_id) {
    const auto row = sql::contact_find(tx, {.contact_id = contact_of(address_id)});
    const Channel channel = channel_of(address_id);
    if (!row || std::ranges::find(kChannels, channel) == kChannels.end() ||
        (row->channels & channel_bit(channel)) == 0) {
        return std::nullopt;
    }
    return as_seen_by(
        tx, viewer,
        address_from(contact_of(address_id), channel, row->external_id, row->suppressed));
}

std::vector<Person> people_on_address(storage::Transaction& tx, const Viewer& viewer,
                                      AddressId address_id) {
    const PlaceRange range = people_range(viewer);
    std::vector<Person> people;
    for (const sql::PeopleOnRow& row :
         sql::people_on(tx, {.contact_id = contact_of(address_id),
                             .channels = channel_bit(channel_of(address_id)),
                             .first = range.first,
                             .last = range.last})) {
        people.push_back(person_from(row));
    }
    return people;
}

Result<std::vector<PersonAddress>> addresses_of(storage::Transaction& tx, const Viewer& viewer,
                                                PersonId person_id) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    std::vector<PersonAddress> addresses;
    for (const auto& row : sql::person_contacts(tx, {.ordinal = person.ordinal})) {
        for (const Channel channel : kChannels) {
            if ((row.channels & channel_bit(channel)) == 0) {
                continue;
            }
            const AddressId address_id = address_id_of(row.contact_id, channel);
            addresses.push_back(
                {.address_id = address_id,
                 .channel = channel,
                 .external_id = viewer.is_system() ? row.external_id : mask_phone(row.external_id),
                 .people = static_cast<int>(people_using(tx, address_id))});
        }
    }
    std::ranges::sort(addresses, {}, [](const PersonAddress& address) {
        return std::pair(address.channel, address.address_id);
    });
    return addresses;
}

Result<AddressId> attach_address(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                                 const NewAddress& wanted, UnixSeconds now) {
    const Person person = HAAT_TRY(find_person(tx, viewer, person_id));
    if (!good_address(wanted)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_address");
    }
    return attach_known(tx, person, ensure_address(tx, wanted.channel, wanted.external_id, now),
                        now);
}

Result<AddressId> attach_known(storage::Transaction& tx, const Person& person,
                               const Address& address, UnixSeconds now) {
    for (const Person& user : people_on_address(tx, system_viewer(), address.address_id)) {
        if (user.person_id == person.person_id) {
            return address.address_id;
        }
    }
    if (people_using(tx, address.address_id) >= kMaxPeoplePerAddress) {
        return refuse(ErrorKind::kConflict, "registry.address_full");
    }
    const std::int64_t contact_id = contact_of(address.address_id);
    const std::uint8_t channels = channel_bit(address.channel);
    if (sql::person_contact_widen(
            tx, {.channels = channels, .ordinal = person.ordinal, .contact_id = contact_id}) == 0) {
        const sql::PersonContactAddParams row{
            .ordinal = person.ordinal, .contact_id = contact_id, .channels = channels};
        sql::person_contact_add(tx, std::span(&row, 1));
    }
    sql::person_widen(tx, {.channels = channels, .ordinal = person.ordinal});
    note_audience_change(tx, person.ordinal, person.ordinal);
    const PurposeMask stopped = address.suppressed - person.suppressed;
    if (stopped != kNoPurpose) {
        change_purposes(tx, person, stopped, false,
                        {.channel = address.channel, .text_version = "", .evidence = "address"},
                        now);
    }
    return address.address_id;
}

void addresses_in(storage::Transaction& tx, std::uint32_t ordinal_first, std::uint32_t ordinal_last,
                  Channel channel, const std::function<void(const SendAddress&)>& each) {
    sql::contacts_between(tx,
                          {.ordinal_first = ordinal_first,
                           .ordinal_last = ordinal_last,
                           .channels = channel_bit(channel)},
                          [&](const sql::ContactsBetweenRow& row) {
                              each({.ordinal = static_cast<std::uint32_t>(row.ordinal),
                                    .person_id = row.person_id,
                                    .address_id = address_id_of(row.contact_id, channel),
                                    .external_id = row.external_id,
                                    .language = language_code(row.language)});
                          });
}

void addresses_at(storage::Transaction& tx, std::span<const std::uint32_t> ordinals,
                  Channel channel, const std::function<void(const SendAddress&)>& each) {
    if (tx.engine() == storage::Engine::kPostgres) {
        std::string list = "{";
        for (const std::uint32_t ordinal : ordinals) {
            list += (list.size() > 1 ? "," : "") + std::to_string(ordinal);
        }
        sql::contacts_at(tx, {.ordinals = list + "}", .channels = channel_bit(channel)},
                         [&](const sql::ContactsAtRow& row) {
                             each({.ordinal = static_cast<std::uint32_t>(row.ordinal),
                                   .person_id = row.person_id,
                                   .address_id = address_id_of(row.contact_id, channel),
                                   .external_id = row.external_id,
                                   .language = language_code(row.language)});
                         });
        return;
    }
    for (std::size_t from = 0; from < ordinals.size();) {
        std::size_t to = from + 1;
        while (to < ordinals.size() && to - from < kRangeMax &&
               ordinals[to] - ordinals[to - 1] <= kGapMax) {
            ++to;
        }
        const auto part = ordinals.subspan(from, to - from);
        std::size_t at = 0;
        addresses_in(tx, part.front(), part.back(), channel, [&](const SendAddress& address) {
            while (at < part.size() && part[at] < address.ordinal) {
                ++at;
            }
            if (at < part.size() && part[at] == address.ordinal) {
                each(address);
            }
        });
        from = to;
    }
}

void address_ids_in(storage::Transaction& tx, std::uint32_t ordinal_first,
                    std::uint32_t ordinal_last, Channel channel,
                    const std::function<void(std::uint32_t ordinal, AddressId address_id)>& each) {
    sql::contact_ids_between(tx,
                             {.ordinal_first = ordinal_first,
                              .ordinal_last = ordinal_last,
                              .channels = channel_bit(channel)},
                             [&](const sql::ContactIdsBetweenRow& row) {
                                 each(static_cast<std::uint32_t>(row.ordinal),
                                      address_id_of(row.contact_id, channel));
                             });
}

std::size_t address_number(AddressId address_id) {
    return static_cast<std::size_t>(contact_of(address_id));
}

}  // namespace haat::registry
