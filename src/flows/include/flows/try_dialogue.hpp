/// @file Promise: an officer sees what haat would answer before anybody else does. A whole
/// conversation with a made-up person is carried out for real, in a transaction that is never kept:
/// her offer is really added, found and withdrawn, and afterwards nothing of it is there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/channel_sms.hpp"
#include "messaging/outgoing.hpp"

namespace haat::flows {

/// She writes, or presses.
struct TriedMessage {
    std::string text;
    std::string button_id;  ///< Of a button of an answer before; else empty.
};

struct DialogueTry {
    bool of_draft = false;  ///< Else of what is published.
    bool is_stranger = false;
    bool is_mobiliser = false;  ///< With an SHG of three more made-up women; else no stranger.
    std::string name;           ///< Hers.
    std::string language;       ///< As registry has them.
    registry::Channel channel = registry::Channel::kWhatsapp;
    /// From the beginning: the conversation is carried out anew each time. 1..40.
    std::vector<TriedMessage> messages;
};

struct TriedReply {
    messaging::TextBody body;
    std::string shown;  ///< On this channel: an SMS numbers the choices.
    messaging::sms::Segments segments;
    bool is_spoken = false;  ///< It follows as a voice note.
};

struct TriedTurn {
    std::string intent;    ///< How her message was understood.
    std::string dialogue;  ///< That waits for her answer now; empty: none does.
    std::string step;
    std::vector<TriedReply> replies;
};

/// One turn for each message. Holds the writer about 1 ms a message.
/// @return flows.not_allowed, flows.no_dialogues, flows.bad_try (an action failed), what draft_book
/// refuses.
[[nodiscard]] Result<std::vector<TriedTurn>> try_dialogue(MessagingContext& context,
                                                          const Viewer& viewer,
                                                          const DialogueTry& wish);

}  // namespace haat::flows
