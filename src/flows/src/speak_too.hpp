/// @file What is written to her unasked, heard too: by whoever asked to hear what haat says.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "messaging/outgoing.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Keeps the text that was just queued for an address to follow as a voice note (speak_answers
/// makes it). Nothing for who reads, for a channel without voice notes, and on WhatsApp while her
/// window is closed or about to be: a voice note may not be sent then, and no template holds one.
void speak_too(storage::Transaction& tx, AddressId address_id, PersonId person_id,
               const messaging::TextBody& body, UnixSeconds now);

}  // namespace haat::flows
