/// @file Telegram Bot API: what is sent, what an answer means, what an update says. Pure functions;
/// who sends is delivery.hpp. There are no receipts: a message stops at accepted.
/// Source: docs/formats/telegram.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "messaging/channel.hpp"
#include "messaging/outgoing.hpp"
#include "net/client.hpp"

namespace haat::messaging::telegram {

struct Settings {
    std::string base_url = "https://api.telegram.org";
    std::string bot_token;       ///< Empty: no Telegram.
    std::string webhook_secret;  ///< 1..256 of A-Z a-z 0-9 _ -
    std::string bot_name;        ///< Without '@'; for links.
};

/// sendMessage as plain text; each button is a row of its own.
/// @param chat_id  As stored in addresses: decimal, negative for groups.
/// @param body     Text of 1..4,096 UTF-16 units; button ids of 1..64 bytes.
[[nodiscard]] net::ClientRequest send_request(const Settings& settings, std::string_view chat_id,
                                              const TextBody& body);
/// sendVoice with the file itself.
/// @param ogg      Ogg/Opus, at most 50 MB.
/// @param caption  At most 1,024 UTF-16 units; may be empty.
[[nodiscard]] net::ClientRequest send_voice_request(const Settings& settings,
                                                    std::string_view chat_id, std::string_view ogg,
                                                    std::string_view caption);
/// Ends the little clock on a pressed button. Its answer does not matter.
[[nodiscard]] net::ClientRequest answer_callback_request(const Settings& settings,
                                                         std::string_view callback_id);
/// Where updates go; repeat at each start.
/// @param url  "https://haat.example/hooks/telegram".
[[nodiscard]] net::ClientRequest set_webhook_request(const Settings& settings,
                                                     std::string_view url);

/// Decides by error_code. 429 is tried again after retry_after_seconds; 400 with migrate_to_chat_id
/// is tried again at `moved_to`, which the address becomes; other 400 and 403 (blocked, kicked,
/// deactivated) reject; 401 and 404 (no such bot) stop the channel; a 5xx proves nothing.
/// The message id is "chat:message", as Telegram counts messages in each chat.
[[nodiscard]] SendOutcome outcome_of(const net::ClientResult& result);

/// What changed about a chat, beside what was written in it.
struct ChatChange {
    enum class Kind : std::uint8_t {
        kStarted,      ///< `value`: the code of the link she came by; may be empty.
        kBlocked,      ///< She blocked the bot: a stop to everything.
        kUnblocked,    ///< She unblocked it. Not yet a yes to messages.
        kSharedPhone,  ///< `value`: her own number, "+91…", as Telegram vouches.
        kJoinedGroup,  ///< The bot may write there. `value`: the group's title.
        kLeftGroup,
        kMoved,  ///< `value`: the chat id that the group has now.
    };
    Kind kind = Kind::kStarted;
    std::string chat_id;
    std::string value;
};

struct Update {
    std::int64_t update_id = 0;  ///< The same when Telegram repeats it.
    /// Messages of private chats; "/start", "/stop" and "/help" come as "start", "stop" and "help".
    /// What people say to each other in groups is counted as ignored and kept nowhere.
    Webhook webhook;
    std::vector<ChatChange> changes;
    std::string callback_id;  ///< Of a pressed button; to be answered.
};

/// @return messaging.webhook_unreadable: not the JSON it should be.
[[nodiscard]] Result<Update> read_update(std::string_view body);

/// True if the header X-Telegram-Bot-Api-Secret-Token is ours. Constant time.
[[nodiscard]] bool secret_fits(const Settings& settings, std::string_view header);

/// "https://t.me/<bot>?start=<code>". @param code  1..64 of A-Z a-z 0-9 _ -
[[nodiscard]] std::string start_link(const Settings& settings, std::string_view code);

}  // namespace haat::messaging::telegram
