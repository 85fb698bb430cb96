/// @file Who writes to us, for many messages at once: a webhook every tenth of a millisecond leaves
/// no time for questions to the database one by one.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

struct Sender {
    AddressId address_id;
    PersonId person_id;  ///< The first by ordinal of those on the address; none for a stranger.
    PlaceId place_id;    ///< Hers.
};

/// One for each of `external_ids` (phones as normalise_phone gives them; Telegram: chat id), in
/// their order; the same may come several times. Addresses that are new are made. PostgreSQL: four
/// round trips for all; SQLite: two indexed reads each. For haat itself.
[[nodiscard]] std::vector<Sender> ensure_senders(storage::Transaction& tx, Channel channel,
                                                 std::span<const std::string_view> external_ids);

}  // namespace haat::registry
