/// @file A stateful Telegram Bot API: chats that answer, that block the bot, groups that move; 429
/// with retry_after; updates to the webhook that setWebhook named, with its secret. Control below
/// /sim/telegram/.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hook_poster.hpp"
#include "judge.hpp"
#include "mishaps.hpp"

namespace haat::sim {

class TelegramSimulator {
 public:
    TelegramSimulator(std::string token, std::uint64_t seed, Scheduler& scheduler);

    /// True for paths that are this API's or its control's.
    [[nodiscard]] static bool owns(std::string_view path);
    void handle(const net::Request& request, net::Reply reply);

 private:
    struct Chat {
        std::string name;
        bool is_blocked = false;
        std::int64_t moved_to = 0;  ///< Of a group that became a supergroup.
        /// Pressed by itself when a message with buttons comes; -1: none.
        std::int64_t presses = -1;
        std::vector<std::string> texts;  ///< What the bot sent; a voice note is "(voice N bytes)".
    };
    struct Refusal {
        int code = 0;
        std::string description;
        std::string parameters;  ///< JSON; empty: none.
    };

    net::Response method(const net::Request& request, const std::string& name);
    net::Response send(const json::object& body, const std::string& what);
    net::Response send_voice(const net::Request& request);
    [[nodiscard]] Refusal refusal_for(const json::object& body, const std::string& text);
    net::Response control(const net::Request& request);
    void write_from(std::int64_t chat_id, const json::object& body);
    void press(std::int64_t chat_id, std::int64_t message_id, const json::array& keyboard,
               std::size_t index);
    void tell(const std::string& member);

    std::string token_;
    std::mutex mutex_;
    Mishaps mishaps_;
    HookPoster poster_;
    std::map<std::int64_t, Chat> chats_;
    Judge judge_;
    std::string webhook_url_;
    std::string webhook_secret_;
    std::int64_t last_id_ = 0;
    std::int64_t last_update_ = 0;
};

}  // namespace haat::sim
