/// @file The inbox: conversations with people, and an officer's own answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "messaging/inbox.hpp"

namespace haat::flows {

/// One conversation as the inbox lists it.
struct ConversationRow {
    messaging::Conversation conversation;
    std::string last_text;  ///< Either way.
    bool last_from_her = true;
    UnixSeconds last_at;
    std::int64_t unanswered = 0;  ///< Messages of hers since a person or haat answered last.
};

/// One message of a conversation, either way.
struct ThreadMessage {
    std::string key;  ///< "in:17", "out:18"; stable.
    bool from_her = true;
    std::string text;
    UnixSeconds at;
    std::string state;  ///< "received", or a slot state's name.
    std::vector<messaging::Button> buttons;
    bool by_person = false;  ///< Written by an officer.
};

struct Thread {
    ConversationRow row;
    std::vector<ThreadMessage> messages;  ///< Oldest first, at most 200.
};

/// Conversations in the viewer's places. @return flows.not_allowed.
[[nodiscard]] Result<std::vector<ConversationRow>> list_inbox(MessagingContext& context,
                                                              const Viewer& viewer,
                                                              bool only_waiting,
                                                              std::int64_t before, int limit);

/// All that was said with one person. @return flows.not_allowed, registry.no_person.
[[nodiscard]] Result<Thread> read_thread(MessagingContext& context, const Viewer& viewer,
                                         PersonId person_id);

/// Promise: an officer's words reach her once, or the officer is told why not.
/// Safe to repeat by device id.
/// @return flows.not_allowed, registry.no_person, flows.no_conversation, flows.window_closed (she
///         has not written for 24 hours: a notice can be sent, or call her), messaging.no_text,
///         messaging.text_too_long.
[[nodiscard]] Result<ThreadMessage> answer_as_officer(MessagingContext& context, MailSender& sender,
                                                      const Viewer& viewer, PersonId person_id,
                                                      std::string_view device_id,
                                                      std::string_view text);

/// The officer is done; haat answers again. Safe to repeat.
[[nodiscard]] Result<void> close_conversation(MessagingContext& context, const Viewer& viewer,
                                              PersonId person_id);

}  // namespace haat::flows
