/// @file Mail: one message to one person. It is queued in the transaction of its cause, so it is
/// sent if and only if the cause was kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "messaging/journal.hpp"
#include "messaging/outgoing.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct NewMail {
    std::string device_id;    ///< Of the client that asks; empty: haat itself. Unique if given.
    AccountId by_account_id;  ///< The officer who wrote it; none: haat itself.
    AddressId address_id;
    PersonId person_id;         ///< None for a stranger.
    std::uint32_t ordinal = 0;  ///< Of the person; 0 for a stranger.
    /// None: a direct answer to her own message, which no opt-out stops.
    std::optional<registry::MessagePurpose> purpose;
    TextBody body;
    /// Sent instead while her window is closed; none: it is rejected then.
    std::optional<TemplateBody> instead;
    UnixSeconds expires_at;
};

/// Queues a message; delivery hears of it after the commit (Delivery::wake in after_commit is the
/// caller's: flows/send_message does it).
/// @return messaging.text_too_long, messaging.no_text, messaging.bad_buttons.
[[nodiscard]] Result<MailId> add_mail(storage::Transaction& tx, const NewMail& mail,
                                      UnixSeconds now);

/// A message as the inbox shows it.
struct MailRow {
    MailId mail_id;
    PersonId person_id;
    AccountId by_account_id;
    std::optional<std::uint32_t> slot;
    std::string text;
    std::vector<Button> buttons;
    bool is_voice = false;
    UnixSeconds created_at;
};

/// Mail to an address, newest first, at most `limit`.
[[nodiscard]] std::vector<MailRow> mail_to(storage::Transaction& tx, AddressId address_id,
                                           int limit);

/// The same before a moment, and at that moment before an id: for pages of a history.
[[nodiscard]] std::vector<MailRow> mail_before(storage::Transaction& tx, AddressId address_id,
                                               UnixSeconds before_at, std::int64_t before_id,
                                               int limit);

/// The latest words of an officer to an address since then.
struct OfficersWords {
    AccountId account_id;
    UnixSeconds at;
};
[[nodiscard]] std::optional<OfficersWords> last_words_of_officer(storage::Transaction& tx,
                                                                 AddressId address_id,
                                                                 UnixSeconds since);

/// The message that was queued with this device id.
[[nodiscard]] std::optional<MailRow> find_mail_by_device(storage::Transaction& tx,
                                                         std::string_view device_id);

}  // namespace haat::messaging
