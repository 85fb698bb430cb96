/// @file A simulated phone: what it holds, and by which rules its user answers.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.hpp"
#include "validate.hpp"

namespace haat::sim {

/// Answers a message that meets every condition that is set.
struct Rule {
    std::string template_name;
    std::string contains;
    bool needs_buttons = false;
    bool needs_list = false;

    std::string reply_text;
    std::optional<std::size_t> reply_button;
    std::optional<std::size_t> reply_row;
    std::int64_t after_ms = 200;
    std::int64_t times_left = 1;
};

/// One message of the thread between a phone and a business number.
struct Message {
    bool is_from_phone = false;
    std::string wamid;
    std::string phone_number_id;
    std::string type;
    std::string text;
    std::string template_name;
    std::string category;
    std::string callback_data;
    std::vector<Choice> buttons;
    std::vector<Choice> rows;
    std::string status;  ///< accepted, sent, delivered, read, failed; of the phone: received, read.
    bool is_free = false;  ///< Inside the 24-hour window.
    std::int64_t at_micros = 0;
};

struct Phone {
    std::string number;
    std::string name;
    bool exists = true;  ///< Else sends to it fail later with 131026.
    bool is_online = true;
    bool reads = true;
    std::vector<Rule> rules;
    std::deque<Message> thread;                               ///< The last 500.
    std::map<std::string, std::int64_t> last_inbound_micros;  ///< By phone number id.
    std::int64_t pair_debt_micros = 0;  ///< Until when the pair limit's burst is repaid.
    std::int64_t generation = 0;        ///< Grows with each change of settings.

    [[nodiscard]] Message* find(const std::string& wamid);
    void add(Message message);
    /// The first rule that `message` meets and that may still fire; its count is taken down.
    [[nodiscard]] const Rule* take_rule(const Message& message);
};

/// {"when":{…},"reply":{…},"after_ms":N,"times":N}; none if anything in it is unknown or missing.
[[nodiscard]] std::optional<Rule> read_rule(const json::object& from);

void write_message(JsonWriter& out, const Message& message);
void write_phone(JsonWriter& out, const Phone& phone, bool with_thread);

}  // namespace haat::sim
