/// @file The table from the dialogue's named actions to what they do. Private to flows.
#pragma once

#include <optional>

#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "messaging/dialogue.hpp"
#include "messaging/inbox.hpp"
#include "registry/people.hpp"

namespace haat::flows {

/// One message being answered, in one transaction.
struct Answering {
    MessagingContext& context;
    MailSender& sender;
    storage::Transaction& tx;
    const messaging::Inbound& inbound;
    std::optional<registry::Person> person;  ///< None for a stranger.
    messaging::Conversation& conversation;
    UnixSeconds now{};

    [[nodiscard]] Language language() const {
        return language_from_code(person ? person->language : "hi");
    }
    void reply(std::string_view text_key, const TextParams& params,
               const std::vector<messaging::DialogueButton>& buttons = {}) const;
};

/// Does one action. kAnswerOrder is not among them: it has a transaction of its own, before.
void carry_out(Answering& answering, const messaging::Action& action);

/// "20 किलो आम का अचार, ₹180 प्रति किलो": the goods of an offer in her language, one a line.
[[nodiscard]] std::string describe(const Answering& answering,
                                   const std::vector<messaging::PendingOffer>& offers);

}  // namespace haat::flows
