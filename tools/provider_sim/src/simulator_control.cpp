/// The control API, /sim/…: phones, faults, templates, the judge's log. Loopback only.
#include "base/text.hpp"
#include "net/hmac.hpp"
#include "simulator.hpp"

namespace haat::sim {

namespace {

constexpr std::size_t kLogPage = 10'000;

net::Response done() { return json_response(200, R"({"success":true})"); }

/// The first member of `object` that is not known; empty if all are.
std::string unknown_member(const json::object& object,
                           std::initializer_list<std::string_view> known) {
    for (const auto& member : object) {
        const std::string_view name(member.key().data(), member.key().size());
        bool is_known = false;
        for (const std::string_view other : known) is_known = is_known || other == name;
        if (!is_known) return std::string(name);
    }
    return {};
}

/// What the user taps: a choice of a message that is in the thread, the latest that has it.
struct Tap {
    std::string kind;  ///< "button" (of a template), "button_reply", "list_reply"; empty: no tap.
    bool is_known = false;
    Choice choice;
    std::string wamid;
};

Tap find_tap(const Phone& phone, const json::object& body) {
    Tap tap;
    std::string id;
    const auto asked = [&](std::string_view key, const char* kind) {
        if (const std::optional<std::string> value = text_in(body, key)) {
            tap.kind = kind;
            id = *value;
        }
    };
    asked("payload", "button");
    asked("button_id", "button_reply");
    asked("list_id", "list_reply");
    for (const Message& message : phone.thread) {
        const bool is_template = !message.template_name.empty();
        if (message.is_from_phone || is_template != (tap.kind == "button")) continue;
        for (const Choice& choice : tap.kind == "list_reply" ? message.rows : message.buttons) {
            if (choice.id != id) continue;
            tap.is_known = true;
            tap.choice = choice;
            tap.wamid = message.wamid;
        }
    }
    return tap;
}

bool read_delay(const json::object& from, std::string_view key, DelayRange& out) {
    const json::array* const pair = array_in(from, key);
    if (!from.contains({key.data(), key.size()})) return true;
    if (!pair || pair->size() != 2 || !pair->at(0).is_int64() || !pair->at(1).is_int64()) {
        return false;
    }
    const DelayRange range{pair->at(0).as_int64(), pair->at(1).as_int64()};
    constexpr std::int64_t kDay = 86'400'000;
    if (range.low < 0 || range.high < range.low || range.high > kDay) return false;
    out = range;
    return true;
}

}  // namespace

net::Response wrong(const std::string& what) {
    JsonWriter out;
    out.begin_object().field("error", what).end_object();
    return json_response(400, out.take());
}

/// Loads answer when they have ended, everything else at once.
void Simulator::control(const net::Request& request, net::Reply reply) {
    const std::string path = request.path.substr(5);
    if (request.method == "POST" && (path == "release_statuses" || path == "status_load")) {
        const std::optional<json::object> body = parse_object(request.body);
        if (body) return release_statuses(*body, std::move(reply));
    }
    if (request.method == "POST" && path == "inbound_load") {
        const std::optional<json::object> body = parse_object(request.body);
        if (body) return load_inbound(*body, std::move(reply));
    }
    reply(control(request, path));
}

net::Response Simulator::control(const net::Request& request, const std::string& path) {
    if (request.method == "GET") {
        const std::lock_guard lock(mutex_);
        JsonWriter out;
        if (path == "summary") return summary();
        if (path == "health") return done();
        if (path == "log") {
            const std::optional<long long> after =
                parse_integer(request.query_value("after").value_or("0"));
            if (!after || *after < 0) return wrong("after");
            judge_.write_log(out, static_cast<std::uint64_t>(*after), kLogPage);
            return json_response(200, out.take());
        }
        if (path == "groups") return list_groups();
        if (path == "accepted.csv") return accepted_page(request);
        if (path == "phones") {
            out.begin_object().key("phones").begin_array();
            for (const auto& [number, phone] : phones_) write_phone(out, phone, false);
            out.end_array().end_object();
            return json_response(200, out.take());
        }
        if (path.starts_with("phones/")) {
            const auto found = phones_.find(international_number(path.substr(7)));
            if (found == phones_.end()) return json_response(404, R"({"error":"no such phone"})");
            write_phone(out, found->second, true);
            return json_response(200, out.take());
        }
        return json_response(404, R"({"error":"no such path"})");
    }
    const std::optional<json::object> body = parse_object(request.body);
    if (request.method != "POST") return json_response(405, R"({"error":"GET or POST"})");
    if (!body) return wrong("the body is not a JSON object");
    if (path == "config") return put_config(*body);
    const std::lock_guard lock(mutex_);
    if (path == "phones") return put_phones(*body);
    if (path == "faults") return put_faults(*body);
    if (path == "templates") return put_templates(*body);
    if (path == "clock") {
        clock_offset_micros_ += integer_in(*body, "advance_seconds", 0) * 1'000'000;
        return done();
    }
    if (path.starts_with("groups/")) {
        const std::size_t slash = path.rfind('/');
        const std::string group = path.substr(7, slash - 7);
        const std::string what = path.substr(slash + 1);
        if (what == "messages") return write_in_group(group, *body);
        if (what == "join" || what == "leave") return change_member(group, *body, what == "join");
    }
    if (path.starts_with("phones/") && path.ends_with("/messages")) {
        const std::string number = international_number(path.substr(7, path.size() - 16));
        return number.empty() ? wrong("number") : write_from_phone(number, *body);
    }
    return json_response(404, R"({"error":"no such path"})");
}

net::Response Simulator::put_phones(const json::object& body) {
    const json::array* const list = array_in(body, "phones");
    if (!list) return wrong("phones must be an array");
    std::vector<Phone> read;
    for (const json::value& entry : *list) {
        const json::object* const from = entry.if_object();
        const std::string number =
            from ? international_number(text_in(*from, "number").value_or("")) : std::string();
        if (number.empty()) return wrong("phones[].number");
        const std::string unknown = unknown_member(
            *from, {"number", "name", "rules", "exists", "online", "reads", "has_written"});
        if (!unknown.empty()) return wrong("unknown field phones[]." + unknown);
        Phone phone = phones_.contains(number) ? phones_[number] : Phone{};
        phone.number = number;
        phone.name = text_in(*from, "name").value_or(phone.name.empty() ? number : phone.name);
        phone.exists = bool_in(*from, "exists", true);
        phone.is_online = bool_in(*from, "online", true);
        phone.reads = bool_in(*from, "reads", true);
        if (bool_in(*from, "has_written", false)) {
            for (const Number& business : numbers_) {
                phone.last_inbound_micros[business.id] = now_micros();
            }
        }
        if (const json::array* const rules = array_in(*from, "rules")) {
            phone.rules.clear();
            for (const json::value& rule : *rules) {
                std::optional<Rule> known =
                    rule.is_object() ? read_rule(rule.as_object()) : std::nullopt;
                if (!known) return wrong("phones[].rules[] of " + number);
                phone.rules.push_back(std::move(*known));
            }
        }
        read.push_back(std::move(phone));
    }
    for (Phone& phone : read) {
        Phone& kept = phones_[phone.number] = std::move(phone);
        if (kept.is_online) deliver_waiting(kept);
    }
    return done();
}

net::Response Simulator::write_from_phone(const std::string& number, const json::object& body) {
    const std::string unknown =
        unknown_member(body, {"text", "button_id", "list_id", "payload", "audio_base64",
                              "mime_type", "context_id", "phone_number_id"});
    if (!unknown.empty()) return wrong("unknown field " + unknown);
    Phone& phone = phone_of(number);
    const std::string business = text_in(body, "phone_number_id").value_or(numbers_.front().id);
    if (!number_by_id(business)) return wrong("phone_number_id");
    std::string context = text_in(body, "context_id").value_or("");
    std::string type = "text";
    std::string text = text_in(body, "text").value_or("");
    JsonWriter content;
    content.begin_object();
    if (const auto audio = text_in(body, "audio_base64")) {
        const std::optional<std::string> bytes = net::base64_decode(*audio);
        if (!bytes) return wrong("audio_base64");
        type = "audio";
        const std::string id = std::to_string(400000000000000 + ++last_id_);
        const std::string mime = text_in(body, "mime_type").value_or("audio/ogg; codecs=opus");
        const net::Sha256 digest = net::sha256(*bytes);
        content.field("id", id).field("mime_type", mime);
        content.field("sha256", net::base64_encode(
                                    {reinterpret_cast<const char*>(digest.data()), digest.size()}));
        content.field("voice", true);
        media_[id] = {mime, *bytes};
    } else if (const Tap tap = find_tap(phone, body); !tap.kind.empty()) {
        if (!tap.is_known) return wrong(tap.kind + ": no such choice was sent to this phone");
        text = tap.choice.title;
        context = tap.wamid;
        type = tap.kind == "button" ? "button" : "interactive";
        if (tap.kind == "button") {
            content.field("payload", tap.choice.id).field("text", text);
        } else {
            content.field("type", tap.kind).key(tap.kind).begin_object();
            content.field("id", tap.choice.id).field("title", text);
            if (!tap.choice.description.empty()) {
                content.field("description", tap.choice.description);
            }
            content.end_object();
        }
    } else {
        if (text.empty()) return wrong("text, button_id, list_id, payload or audio_base64");
        content.field("body", text);
    }
    content.end_object();
    const std::string wamid = inbound(phone, business, type, text, content.take(), context);
    JsonWriter out;
    out.begin_object().field("wamid", wamid).end_object();
    return json_response(200, out.take());
}

net::Response Simulator::put_faults(const json::object& body) {
    Faults faults = bool_in(body, "reset", false) ? Faults{} : options_.faults;
    for (const auto& member : body) {
        const std::string name(member.key().data(), member.key().size());
        if (name == "reset" || name == "next" || name == "delay_ms") continue;
        const std::size_t index = fault_index(name);
        const std::int64_t per_mille = integer_in(body, name, -1);
        if (index == kFaultNames.size() || per_mille < 0 || per_mille > 1000) return wrong(name);
        faults.per_mille[index] = static_cast<std::uint32_t>(per_mille);
    }
    if (!read_delay(body, "delay_ms", faults.answer_delay)) return wrong("delay_ms");
    if (const json::array* const next = array_in(body, "next")) {
        for (const json::value& entry : *next) {
            if (!entry.is_object()) return wrong("next[]");
            const json::object& from = entry.as_object();
            const ForcedError forced{integer_in(from, "count", 1),
                                     static_cast<int>(integer_in(from, "code", 131000)),
                                     static_cast<int>(integer_in(from, "http", 400))};
            if (forced.http_status < 400 || forced.http_status > 599) return wrong("next[].http");
            faults.forced.push_back(forced);
        }
    }
    std::erase_if(faults.forced, [](const ForcedError& forced) { return forced.count <= 0; });
    options_.faults = std::move(faults);
    return done();
}

net::Response Simulator::put_templates(const json::object& body) {
    const json::array* const list = array_in(body, "templates");
    if (!list) return wrong("templates must be an array");
    std::vector<Template> read;
    for (const json::value& entry : *list) {
        std::optional<Template> form =
            entry.is_object() ? read_template(entry.as_object()) : std::nullopt;
        if (!form) return wrong("templates[]: name (a-z, 0-9, _) and language are required");
        form->status = text_in(entry.as_object(), "status").value_or("APPROVED");
        form->id = std::to_string(300000000000000 + ++last_id_);
        read.push_back(std::move(*form));
    }
    for (Template& form : read) {
        const std::pair key(form.name, form.language);
        templates_[key] = std::move(form);
    }
    are_bulk_forms_right_ = false;
    return done();
}

net::Response Simulator::put_config(const json::object& body) {
    std::string url;
    std::string secret;
    {
        const std::lock_guard lock(mutex_);
        if (const auto text = text_in(body, "webhook_url")) options_.webhook_url = *text;
        if (const auto text = text_in(body, "app_secret")) options_.app_secret = *text;
        if (!read_delay(body, "sent_ms", options_.sent_after) ||
            !read_delay(body, "delivered_ms", options_.delivered_after) ||
            !read_delay(body, "read_ms", options_.read_after)) {
            return wrong("a range is [low, high] in milliseconds");
        }
        url = options_.webhook_url;
        secret = options_.app_secret;
    }
    const bool is_aimed = body.contains("webhook_url") || body.contains("app_secret");
    try {
        if (is_aimed) webhooks_.aim(url, secret);
    } catch (const net::Failure& failure) {
        return wrong(failure.what());
    }
    return done();
}

net::Response Simulator::summary() const {
    const WebhookCounts webhooks = webhooks_.counts();
    JsonWriter out;
    out.begin_object();
    judge_.write_summary(out);
    out.field("webhooks_posted", webhooks.posted);
    out.field("webhooks_acknowledged", webhooks.acknowledged);
    out.field("webhook_updates_waiting", webhooks.waiting);
    out.field("statuses_held", held_.size() + judge_.bulk_count());
    out.field("scheduled", scheduler_.waiting());
    out.field("phones", phones_.size()).end_object();
    return json_response(200, out.take());
}

}  // namespace haat::sim
