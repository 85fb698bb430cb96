/// @file Strong ids: two kinds of id never mix by accident. A column or parameter of an .sql file
/// whose name is `offer_id` or ends in `_offer_id` gets the type OfferId in C++ (tools/dev reads
/// this list). Ids are positive and below 2^53, so they survive JavaScript.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace haat {

/// `Tag` makes the kinds distinct; 0 means "none" and is never stored.
template <typename Tag>
struct Id {
    std::int64_t value = 0;

    friend constexpr auto operator<=>(Id, Id) = default;
    [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
};

}  // namespace haat

template <typename Tag>
struct std::hash<haat::Id<Tag>> {
    std::size_t operator()(haat::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};

#define HAAT_ID(Name)  \
    struct Name##Tag;  \
    using Name = Id<Name##Tag>

namespace haat {

HAAT_ID(AccountId);      // somebody who signs in (access)
HAAT_ID(SessionId);      // a signed-in browser (access)
HAAT_ID(AuditId);        // one audited change (storage)
HAAT_ID(PlaceId);        // a node of the place tree (registry)
HAAT_ID(PersonId);       // a producer, mobiliser or other person (registry)
HAAT_ID(AddressId);      // a phone number or other address on a channel (registry)
HAAT_ID(GroupId);        // an SHG, VO or CLF (registry)
HAAT_ID(OrganisationId); // a buyer, jail or other body (registry)
HAAT_ID(SavedAudienceId);  // a saved audience (registry)
HAAT_ID(ConsentId);      // one consent given or withdrawn (registry)
HAAT_ID(ProductId);      // a product of the catalogue (catalogue)
HAAT_ID(MailId);         // one message to one person (messaging)
HAAT_ID(BroadcastId);    // one message to many (messaging)
HAAT_ID(InboundId);      // one received message (messaging)
HAAT_ID(DemandId);       // what a buyer wants (market)
HAAT_ID(OfferId);        // what a producer has (market)
HAAT_ID(OrderId);        // a demand met from offers (market)
HAAT_ID(OrderLineId);    // one producer's part of an order (market)
HAAT_ID(SiteId);         // purchase point, packaging house, outlet, workshop (supply)
HAAT_ID(LotId);          // goods that stay together (supply)
HAAT_ID(ConsignmentId);  // lots on their way to a site (supply)
HAAT_ID(SaleId);         // one sale at an outlet (supply)
HAAT_ID(EntryId);        // one ledger entry (ledger)
HAAT_ID(RuleId);         // one version of a share-out rule (ledger)
HAAT_ID(ShareOutId);     // the share-out of one sale (ledger)
HAAT_ID(SealedId);       // a sealed identity; says nothing by itself (vault)

}  // namespace haat
