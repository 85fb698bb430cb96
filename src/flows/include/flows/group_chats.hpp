/// @file Promise: an officer writes into a group of a chat app once, and only while nobody in it
/// said stop. Source: docs/formats/whatsapp.md, docs/formats/telegram.md.
///
/// Whoever may send broadcasts may use the groups of her places; outside of them a group does not
/// exist (messaging.no_group_chat).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "messaging/group_chats.hpp"

namespace haat::flows {

struct GroupChatWish {
    std::string device_id;
    PlaceId place_id;
    std::string title;
};
/// Asks WhatsApp for a group on the first of our numbers that does not rest. It is `asked` until a
/// webhook tells its end, also if the provider did not answer: it is never asked for twice.
/// @return flows.not_allowed, flows.no_provider, messaging.no_group_title,
/// messaging.no_group_place.
[[nodiscard]] Result<messaging::GroupChat> make_group_chat(MessagingContext& context,
                                                           const Viewer& viewer,
                                                           const GroupChatWish& wish);

[[nodiscard]] Result<std::vector<messaging::GroupChat>> list_group_chats(MessagingContext& context,
                                                                         const Viewer& viewer);
[[nodiscard]] Result<messaging::GroupChat> put_group_chat(MessagingContext& context,
                                                          const Viewer& viewer,
                                                          messaging::GroupChatId group_chat_id,
                                                          PlaceId place_id);

struct GroupMessage {
    MailId mail_id;
    std::string text;
    std::string state;  ///< As screens show it: "queued", "accepted", …, "failed".
    UnixSeconds created_at;
};
/// Queues a text, safe to repeat by its device id; after a silent day it goes as a template.
/// @return flows.not_allowed, messaging.no_group_chat, messaging.group_closed,
///         messaging.group_stopped,
///         messaging.ticket_device_reused, messaging.no_text, messaging.text_too_long.
[[nodiscard]] Result<GroupMessage> write_to_group(MessagingContext& context, MailSender& sender,
                                                  const Viewer& viewer,
                                                  messaging::GroupChatId group_chat_id,
                                                  std::string_view device_id,
                                                  std::string_view text);
/// What was written there, newest first, at most 50.
[[nodiscard]] Result<std::vector<GroupMessage>> read_group_messages(
    MessagingContext& context, const Viewer& viewer, messaging::GroupChatId group_chat_id);

}  // namespace haat::flows
