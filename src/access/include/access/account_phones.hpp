/// @file The phone on which somebody who signs in is told things. She shows that it is hers by
/// writing a code from it, so nobody is written to whom somebody else named.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::access {

inline constexpr std::int64_t kPhoneCodeSeconds = 3'600;

struct AccountPhone {
    AddressId address_id;  ///< None: not linked.
    UnixSeconds linked_at;
    std::string language;  ///< "hi" or "en".
};

/// A code of eight digits, in place of an older one; it links the phone that writes it within an
/// hour. What is linked stays until then.
[[nodiscard]] std::string new_phone_code(storage::Transaction& tx, AccountId account_id,
                                         std::string_view language, UnixSeconds now);

/// The code in a message like "हाट 48120937" or "haat 48120937"; empty: it is none.
[[nodiscard]] std::string phone_code_in(std::string_view text);

/// Links the phone that wrote a code. The account; none if the code is unknown or too old.
std::optional<AccountId> link_phone(storage::Transaction& tx, std::string_view code,
                                    AddressId address_id, UnixSeconds now);

[[nodiscard]] AccountPhone phone_of(storage::Transaction& tx, AccountId account_id);

/// Nothing is told on it any more. Repeating is harmless.
void unlink_phone(storage::Transaction& tx, AccountId account_id);

}  // namespace haat::access
