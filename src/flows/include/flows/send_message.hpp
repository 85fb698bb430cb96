/// @file Messages to one person: her language, her address, buttons, and what is sent instead while
/// her 24-hour window is closed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/texts.hpp"
#include "flows/messages_out.hpp"
#include "messaging/dialogue_book.hpp"
#include "messaging/inbox.hpp"
#include "messaging/mail.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// The MessageSender of a running haat: queues mail in the transaction of its cause.
class MailSender final : public MessageSender {
 public:
    /// @param wake  Told after the commit that there is mail; may be called from any thread.
    /// @param dialogues  A question about an order is remembered for them; borrowed, may be null.
    /// @param channels   Those that have a sender, the best first.
    MailSender(const Texts& texts, const Clock& clock, std::function<void()> wake,
               const messaging::DialogueBooks* dialogues = nullptr,
               std::vector<registry::Channel> channels = {registry::Channel::kWhatsapp})
        : texts_(texts),
          clock_(clock),
          wake_(std::move(wake)),
          dialogues_(dialogues),
          channels_(std::move(channels)) {}

    void send(storage::Transaction& tx, const Outgoing& message) override;

    /// Answers a message of hers directly; no opt-out stops a direct answer.
    void answer(storage::Transaction& tx, const messaging::Inbound& inbound,
                messaging::TextBody body);

    /// Writes to an address that need not have written, in Hindi: as it is while its window is
    /// open, else inside a template. The caller has looked whether it said stop.
    void write_first(storage::Transaction& tx, AddressId address_id, messaging::TextBody body);
    /// The same, with whatever else the mail says; its purpose, template and end are set here.
    [[nodiscard]] Result<MailId> write_first(storage::Transaction& tx, messaging::NewMail mail);

    /// Queues any mail; wakes delivery after the commit. Refuses what messaging::add_mail refuses.
    [[nodiscard]] Result<MailId> queue(storage::Transaction& tx, const messaging::NewMail& mail);

 private:
    const Texts& texts_;
    const Clock& clock_;
    std::function<void()> wake_;
    const messaging::DialogueBooks* dialogues_;
    std::vector<registry::Channel> channels_;
};

}  // namespace haat::flows
