#include "registry/senders.hpp"

#include <string>
#include <unordered_map>

#include "people_store.hpp"
#include "sql/addresses.hpp"
#include "sql/senders.hpp"

namespace haat::registry {
namespace {

struct Known {
    std::int64_t contact_id = 0;
    std::int64_t channels = 0;
    Sender sender;
};
using KnownByName = std::unordered_map<std::string_view, Known>;

/// An element of a PostgreSQL array given as text.
void append_element(std::string& list, std::string_view text) {
    list += list.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            list += '\\';
        }
        list += c;
    }
    list += '"';
}

void find_contacts(storage::Transaction& tx, KnownByName& known) {
    if (tx.engine() == storage::Engine::kSqlite) {
        for (auto& [name, contact] : known) {
            if (const auto row = sql::contact_by_external(tx, {.external_id = name})) {
                contact.contact_id = row->contact_id;
                contact.channels = row->channels;
            }
        }
        return;
    }
    std::string list = "{";
    for (const auto& [name, contact] : known) {
        append_element(list, name);
    }
    sql::contacts_named(tx, {.external_ids = list + "}"}, [&](const sql::ContactsNamedRow& row) {
        Known& contact = known.at(row.external_id);
        contact.contact_id = row.contact_id;
        contact.channels = row.channels;
    });
}

/// Contacts that nobody knew, and the channel for those that were not on it.
void add_missing(storage::Transaction& tx, KnownByName& known, Channel channel) {
    const std::uint8_t bit = channel_bit(channel);
    std::vector<sql::ContactAddParams> added;
    for (auto& [name, contact] : known) {
        if (contact.contact_id == 0) {
            added.push_back({.contact_id = 0, .external_id = name, .channels = bit});
        } else if ((contact.channels & bit) == 0) {
            sql::contact_set_channels(
                tx, {.channels = contact.channels | bit, .contact_id = contact.contact_id});
        }
    }
    if (added.empty()) {
        return;
    }
    std::int64_t next = take_numbers(tx, "contact", static_cast<std::int64_t>(added.size())).first;
    for (sql::ContactAddParams& contact : added) {
        contact.contact_id = next++;
        known.at(contact.external_id).contact_id = contact.contact_id;
    }
    sql::contact_add(tx, added);
}

void find_people(storage::Transaction& tx, KnownByName& known, Channel channel) {
    const std::uint8_t bit = channel_bit(channel);
    if (tx.engine() == storage::Engine::kSqlite) {
        for (auto& [name, contact] : known) {
            if (contact.contact_id == 0) {
                continue;
            }
            if (const auto row =
                    sql::first_person_on(tx, {.contact_id = contact.contact_id, .channels = bit})) {
                contact.sender = {{}, row->person_id, row->place_id};
            }
        }
        return;
    }
    std::unordered_map<std::int64_t, Known*> by_contact;
    std::string list = "{";
    for (auto& [name, contact] : known) {
        if (contact.contact_id != 0) {
            append_element(list, std::to_string(contact.contact_id));
            by_contact[contact.contact_id] = &contact;
        }
    }
    sql::first_people_on(
        tx, {.contact_ids = list + "}", .channels = bit}, [&](const sql::FirstPeopleOnRow& row) {
            by_contact.at(row.contact_id)->sender = {{}, row.person_id, row.place_id};
        });
}

}  // namespace

std::vector<Sender> ensure_senders(storage::Transaction& tx, Channel channel,
                                   std::span<const std::string_view> external_ids) {
    KnownByName known;
    known.reserve(external_ids.size());
    for (const std::string_view name : external_ids) {
        known.try_emplace(name);
    }
    if (known.empty()) {
        return {};
    }
    find_contacts(tx, known);
    find_people(tx, known, channel);  // of the contacts that were known
    add_missing(tx, known, channel);
    std::vector<Sender> senders;
    senders.reserve(external_ids.size());
    for (const std::string_view name : external_ids) {
        const Known& contact = known.at(name);
        senders.push_back(contact.sender);
        senders.back().address_id = address_id_of(contact.contact_id, channel);
    }
    return senders;
}

}  // namespace haat::registry
