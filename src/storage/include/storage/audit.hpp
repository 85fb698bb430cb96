/// @file The audit record: every change made by a person, append-only, in the same transaction as
/// the change.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::storage {

/// Appends one line: who did what to what. `action` is a stable dotted name ("broadcast.create"),
/// `subject` names the thing without personal data ("broadcast:17"), `details_json` a JSON object
/// without names and phone numbers.
void audit(Transaction& tx, UnixSeconds now, AccountId account_id, std::string_view action,
           std::string_view subject, std::string_view details_json);

}  // namespace haat::storage
