#include "phone.hpp"

#include <algorithm>

namespace haat::sim {

namespace {

constexpr std::size_t kThreadLimit = 500;

bool only(const json::object& object, std::initializer_list<std::string_view> known) {
    return std::all_of(object.begin(), object.end(), [&known](const auto& member) {
        const std::string_view name(member.key().data(), member.key().size());
        return std::find(known.begin(), known.end(), name) != known.end();
    });
}

std::optional<std::size_t> index_in(const json::object& from, std::string_view key) {
    const std::int64_t value = integer_in(from, key, -1);
    if (value < 0) return std::nullopt;
    return static_cast<std::size_t>(value);
}

void write_choices(JsonWriter& out, std::string_view key, const std::vector<Choice>& choices) {
    if (choices.empty()) return;
    out.key(key).begin_array();
    for (const Choice& choice : choices) {
        out.begin_object().field("id", choice.id).field("title", choice.title);
        if (!choice.description.empty()) out.field("description", choice.description);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

Message* Phone::find(const std::string& wamid) {
    const auto found = std::find_if(thread.rbegin(), thread.rend(),
                                    [&wamid](const Message& m) { return m.wamid == wamid; });
    return found == thread.rend() ? nullptr : &*found;
}

void Phone::add(Message message) {
    thread.push_back(std::move(message));
    if (thread.size() > kThreadLimit) thread.pop_front();
}

const Rule* Phone::take_rule(const Message& message) {
    for (Rule& rule : rules) {
        const bool is_met =
            rule.times_left > 0 &&
            (rule.template_name.empty() || rule.template_name == message.template_name) &&
            (rule.contains.empty() || message.text.contains(rule.contains)) &&
            (!rule.needs_buttons || !message.buttons.empty()) &&
            (!rule.needs_list || !message.rows.empty()) &&
            (!rule.reply_button || *rule.reply_button < message.buttons.size()) &&
            (!rule.reply_row || *rule.reply_row < message.rows.size());
        if (is_met) {
            --rule.times_left;
            return &rule;
        }
    }
    return nullptr;
}

std::optional<Rule> read_rule(const json::object& from) {
    const json::object* const when = object_in(from, "when");
    const json::object* const reply = object_in(from, "reply");
    if (!when || !reply || !only(from, {"when", "reply", "after_ms", "times"}) ||
        !only(*when, {"template", "contains", "buttons", "list", "any"}) ||
        !only(*reply, {"text", "button", "list"}) || when->empty() || reply->size() != 1) {
        return std::nullopt;
    }
    Rule rule;
    rule.template_name = text_in(*when, "template").value_or("");
    rule.contains = text_in(*when, "contains").value_or("");
    rule.needs_buttons = bool_in(*when, "buttons", false);
    rule.needs_list = bool_in(*when, "list", false);
    rule.reply_text = text_in(*reply, "text").value_or("");
    rule.reply_button = index_in(*reply, "button");
    rule.reply_row = index_in(*reply, "list");
    rule.after_ms = integer_in(from, "after_ms", rule.after_ms);
    rule.times_left = integer_in(from, "times", rule.times_left);
    const bool has_reply = !rule.reply_text.empty() || rule.reply_button || rule.reply_row;
    if (!has_reply || rule.after_ms < 0) return std::nullopt;
    return rule;
}

void write_message(JsonWriter& out, const Message& message) {
    out.begin_object().field("from", message.is_from_phone ? "phone" : "business");
    out.field("wamid", message.wamid).field("phone_number_id", message.phone_number_id);
    out.field("type", message.type).field("text", message.text);
    if (!message.template_name.empty()) out.field("template", message.template_name);
    if (!message.callback_data.empty()) out.field("callback_data", message.callback_data);
    write_choices(out, "buttons", message.buttons);
    write_choices(out, "rows", message.rows);
    out.field("status", message.status).field("at_micros", message.at_micros).end_object();
}

void write_phone(JsonWriter& out, const Phone& phone, bool with_thread) {
    out.begin_object().field("number", phone.number).field("name", phone.name);
    out.field("exists", phone.exists).field("online", phone.is_online);
    out.field("reads", phone.reads).field("messages", phone.thread.size());
    if (with_thread) {
        out.key("thread").begin_array();
        for (const Message& message : phone.thread) write_message(out, message);
        out.end_array();
    }
    out.end_object();
}

}  // namespace haat::sim
