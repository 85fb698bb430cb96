#include "flows/read_history.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "allowed.hpp"
#include "history_broadcasts.hpp"
#include "mail_state.hpp"
#include "messaging/inbox.hpp"
#include "messaging/mail.hpp"
#include "messaging/media.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using Kind = HistoryItem::Kind;

struct Address {
    AddressId address_id;
    registry::Channel channel = registry::Channel::kWhatsapp;
};

/// Collects the newest of every source; what is not among the newest of all is dropped again.
struct Collecting {
    const MessagingContext& context;
    storage::Transaction& tx;
    HistoryPlace before;
    int limit;
    std::vector<HistoryItem> items{};

    void messages(const Address& address);
    void mail(const Address& address);
    void events(const Address& address);
};

void Collecting::messages(const Address& address) {
    for (messaging::InboundRow& row :
         messaging::messages_before(tx, address.address_id, before.at, before.id, limit)) {
        HistoryItem item;
        item.kind = Kind::kIn;
        item.id = row.inbound_id.value;
        item.at = row.received_at;
        item.channel = address.channel;
        item.what = std::move(row.kind);
        item.text = std::move(row.text);
        if (const auto media = messaging::find_media(tx, row.inbound_id);
            media && item.what != "text") {
            item.media = messaging::media_state_name(media->state);
            item.is_audio = media->kind == messaging::MediaKind::kAudio;
        }
        items.push_back(std::move(item));
    }
}

void Collecting::mail(const Address& address) {
    for (messaging::MailRow& row :
         messaging::mail_before(tx, address.address_id, before.at, before.id, limit)) {
        HistoryItem item;
        item.kind = Kind::kOut;
        item.id = row.mail_id.value;
        item.at = row.created_at;
        item.channel = address.channel;
        item.state = mail_state(context.delivery, row);
        item.text = std::move(row.text);
        for (messaging::Button& button : row.buttons) {
            item.buttons.push_back(std::move(button.title));
        }
        item.by = row.by_account_id;
        items.push_back(std::move(item));
    }
}

void Collecting::events(const Address& address) {
    for (messaging::TicketEvent& event :
         messaging::ticket_events_before(tx, address.address_id, before.at, before.id, limit)) {
        HistoryItem item;
        item.kind = Kind::kEvent;
        item.id = event.ticket_event_id;
        item.at = event.at;
        item.channel = address.channel;
        item.text = event.text;
        item.by = event.account_id;
        item.event = std::move(event);
        items.push_back(std::move(item));
    }
}

History read_history(const MessagingContext& context, storage::Transaction& tx,
                     const std::vector<Address>& addresses, PersonId person_id,
                     std::optional<HistoryPlace> before, int limit) {
    constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
    // One more than is shown tells whether there is more.
    Collecting collecting{context, tx, before.value_or(HistoryPlace{{kEver}, kEver}), limit + 1};
    for (const Address& address : addresses) {
        collecting.messages(address);
        collecting.mail(address);
        collecting.events(address);
    }
    std::vector<HistoryItem>& items = collecting.items;
    if (const auto person = registry::find_person(tx, system_viewer(), person_id)) {
        std::ranges::move(broadcasts_to(context, tx, *person, collecting.before, limit + 1),
                          std::back_inserter(items));
    }
    std::ranges::sort(items, [](const HistoryItem& a, const HistoryItem& b) {
        return std::tuple(a.at, a.id) > std::tuple(b.at, b.id);
    });
    History history;
    if (items.size() > static_cast<std::size_t>(limit)) {
        items.resize(static_cast<std::size_t>(limit));
        history.next = HistoryPlace{items.back().at, items.back().id};
    }
    std::ranges::reverse(items);
    history.items = std::move(items);
    return history;
}

std::vector<Address> addresses_of(storage::Transaction& tx, PersonId person_id) {
    std::vector<Address> addresses;
    if (const auto all = registry::addresses_of(tx, system_viewer(), person_id)) {
        for (const registry::PersonAddress& address : *all) {
            addresses.push_back({address.address_id, address.channel});
        }
    }
    return addresses;
}

}  // namespace

Result<History> read_ticket_history(MessagingContext& context, const Viewer& viewer,
                                    InboundId ticket_id, std::optional<HistoryPlace> before,
                                    int limit) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<History> {
        const messaging::Ticket ticket = HAAT_TRY(messaging::find_ticket(tx, viewer, ticket_id));
        std::vector<Address> addresses;
        if (ticket.person_id) {
            addresses = addresses_of(tx, ticket.person_id);
        }
        // What she wrote from an address that is hers no longer stays with the ticket.
        const bool is_there = std::ranges::any_of(addresses, [&](const Address& address) {
            return address.address_id == ticket.address_id;
        });
        if (!is_there) {
            const auto address = registry::find_address(tx, system_viewer(), ticket.address_id);
            addresses.push_back(
                {ticket.address_id, address ? address->channel : registry::Channel::kWhatsapp});
        }
        return read_history(context, tx, addresses, ticket.person_id, before, limit);
    });
}

Result<History> read_person_history(MessagingContext& context, const Viewer& viewer,
                                    PersonId person_id, std::optional<HistoryPlace> before,
                                    int limit) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<History> {
        HAAT_TRY(registry::find_person(tx, viewer, person_id));
        return read_history(context, tx, addresses_of(tx, person_id), person_id, before, limit);
    });
}

}  // namespace haat::flows
