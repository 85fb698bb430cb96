/// @file Who would rather listen than read: her wish, and the texts that follow as voice notes. The
/// text itself was sent already; flows/speak_answers makes the sound, outside of any transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

/// From now on she hears answers too, or does not any more. Safe to repeat.
void set_spoken_wish(storage::Transaction& tx, PersonId person_id, bool wanted, UnixSeconds now);
[[nodiscard]] bool wants_spoken(storage::Transaction& tx, PersonId person_id);

struct SpokenAnswer {
    std::int64_t spoken_id = 0;  ///< Given when it is kept; in the order of what was said.
    AddressId address_id;        ///< WhatsApp or Telegram.
    PersonId person_id;
    std::uint32_t ordinal = 0;
    std::string language;  ///< "hi", "en".
    std::string text;
    std::int64_t tries = 0;
    UnixSeconds said_at;
};
/// Keeps a text that is to be spoken, with what caused it.
void add_spoken(storage::Transaction& tx, const SpokenAnswer& answer);
/// Those whose time has come, in the order in which they were said.
[[nodiscard]] std::vector<SpokenAnswer> spoken_waiting(storage::Transaction& tx, UnixSeconds now,
                                                       int limit);
/// Looks at it again then.
void put_off_spoken(storage::Transaction& tx, std::int64_t spoken_id, UnixSeconds until);
/// Its voice note is queued, or there will be none. False if somebody else was first.
[[nodiscard]] bool take_spoken(storage::Transaction& tx, std::int64_t spoken_id);

}  // namespace haat::messaging
