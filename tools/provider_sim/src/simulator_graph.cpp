/// The Graph API: sending, templates, media, the state of a number.
#include <algorithm>

#include "net/hmac.hpp"
#include "simulator.hpp"

namespace haat::sim {

namespace {

constexpr std::int64_t kWindowMicros = 24LL * 3600 * 1'000'000;
constexpr std::int64_t kPairMicros = 6'000'000;
constexpr std::int64_t kPairBurst = 45;
constexpr std::int64_t kTemplateReviewMs = 100;

const Problem kNoSuchObject{400, 100,
                            "Unsupported request. Object does not exist, cannot be loaded due to "
                            "missing permissions, or does not support this operation"};

/// The file of a multipart upload and its type; empty if there is none.
struct UploadedFile {
    std::string mime_type = "application/octet-stream";
    std::string bytes;
};

UploadedFile uploaded_file(const net::Request& request) {
    UploadedFile file;
    const std::string type(request.header("content-type"));
    const std::size_t at = type.find("boundary=");
    if (at == std::string::npos) return file;
    std::string boundary = type.substr(at + 9);
    std::erase(boundary, '"');
    boundary = "--" + boundary.substr(0, boundary.find(';'));
    std::size_t start = request.body.find(boundary);
    while (start != std::string::npos) {
        const std::size_t head_end = request.body.find("\r\n\r\n", start);
        const std::size_t next = request.body.find("\r\n" + boundary, start + 1);
        if (head_end == std::string::npos || next == std::string::npos) break;
        const std::string head = request.body.substr(start, head_end - start);
        const std::string content = request.body.substr(head_end + 4, next - head_end - 4);
        if (head.contains("name=\"file\"")) file.bytes = content;
        if (head.contains("name=\"type\"")) file.mime_type = content;
        start = next + 2;
    }
    return file;
}

void write_template(JsonWriter& out, const Template& form) {
    out.begin_object().field("id", form.id).field("name", form.name);
    out.field("language", form.language).field("category", form.category);
    out.field("status", form.status).key("components").begin_array();
    if (form.body) {
        out.begin_object().field("type", "BODY").field("text", *form.body).end_object();
    }
    if (!form.buttons.empty()) {
        out.begin_object().field("type", "BUTTONS").key("buttons").begin_array();
        for (const std::string& title : form.buttons) {
            out.begin_object().field("type", "QUICK_REPLY").field("text", title).end_object();
        }
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

}  // namespace

net::Response Simulator::graph(const net::Request& request, const std::string& path) {
    const std::string id = path.substr(1, path.find('/', 1) - 1);
    const std::size_t slash = path.find('/', 1);
    const std::string edge = slash == std::string::npos ? "" : path.substr(slash + 1);
    const bool is_get = request.method == "GET";
    const bool is_post = request.method == "POST";
    const std::lock_guard lock(mutex_);
    are_bulk_forms_right_ = false;
    const Number* const number = number_by_id(id);
    if (number && edge.empty() && is_get) return number_state(*number);
    if (number && edge == "media" && is_post) return upload(request);
    if (number && edge == "groups" && is_post) {
        const std::optional<json::object> body = parse_object(request.body);
        return body ? make_group(*body, *number) : problem_response({400, 100, "not JSON"});
    }
    if (id == options_.waba_id && edge == "message_templates") return templates(request);
    if (id == options_.waba_id && edge == "subscribed_apps" && is_post) {
        return json_response(200, R"({"success":true})");
    }
    if (edge.empty() || edge == "content") return media(request, id + (edge.empty() ? "" : "/"));
    return problem_response(kNoSuchObject);
}

net::Response Simulator::number_state(const Number& number) const {
    JsonWriter out;
    out.begin_object().field("id", number.id).field("display_phone_number", number.display);
    out.field("verified_name", "haat").field("quality_rating", "GREEN");
    out.key("throughput").begin_object();
    out.field("level", options_.rate_per_number > 80 ? "HIGH" : "STANDARD").end_object();
    out.field("whatsapp_business_manager_messaging_limit", "TIER_UNLIMITED").end_object();
    return json_response(200, out.take());
}

net::Response Simulator::templates(const net::Request& request) {
    if (request.method == "GET") {
        const std::optional<std::string_view> name = request.query_value("name");
        JsonWriter out;
        out.begin_object().key("data").begin_array();
        for (const auto& [key, form] : templates_) {
            if (!name || form.name == *name) write_template(out, form);
        }
        out.end_array().end_object();
        return json_response(200, out.take());
    }
    if (request.method == "DELETE") {
        const std::string name(request.query_value("name").value_or(""));
        const std::size_t removed = std::erase_if(
            templates_, [&name](const auto& entry) { return entry.first.first == name; });
        if (removed == 0) return problem_response({404, 132001, "no template " + name});
        return json_response(200, R"({"success":true})");
    }
    const std::optional<json::object> body = parse_object(request.body);
    std::optional<Template> form = body ? read_template(*body) : std::nullopt;
    if (!form || !form->body) {
        return problem_response({400, 100, "name, language and a BODY component are required"});
    }
    if (templates_.contains({form->name, form->language})) {
        return problem_response({400, 100, "There is already content in this language"});
    }
    form->id = std::to_string(300000000000000 + ++last_id_);
    form->status = "PENDING";
    JsonWriter out;
    out.begin_object().field("id", form->id).field("status", form->status);
    out.field("category", form->category).end_object();
    approve_later(*form);
    templates_[{form->name, form->language}] = std::move(*form);
    return json_response(200, out.take());
}

void Simulator::approve_later(const Template& form) {
    scheduler_.after(kTemplateReviewMs, [this, key = std::pair(form.name, form.language)] {
        const std::lock_guard lock(mutex_);
        const auto found = templates_.find(key);
        if (found == templates_.end()) return;
        found->second.status = "APPROVED";
        are_bulk_forms_right_ = false;
        JsonWriter value;
        value.begin_object().field("event", "APPROVED");
        value.field("message_template_id", found->second.id);
        value.field("message_template_name", key.first);
        value.field("message_template_language", key.second);
        value.key("reason").null().end_object();
        tell({"", "", "message_template_status_update", value.take(), ""});
    });
}

net::Response Simulator::upload(const net::Request& request) {
    UploadedFile file = uploaded_file(request);
    if (file.bytes.empty()) return problem_response({400, 100, "The parameter file is required."});
    const std::string id = std::to_string(400000000000000 + ++last_id_);
    media_[id] = {std::move(file.mime_type), std::move(file.bytes)};
    return json_response(200, "{\"id\":\"" + id + "\"}");
}

/// GET /{media-id} tells the address; GET /{media-id}/content (here "id/") gives the bytes.
net::Response Simulator::media(const net::Request& request, const std::string& id) {
    const bool is_content = id.ends_with('/');
    const auto found = media_.find(is_content ? id.substr(0, id.size() - 1) : id);
    if (found == media_.end()) return problem_response(kNoSuchObject);
    const Media& file = found->second;
    if (request.method == "DELETE") {
        media_.erase(found);
        return json_response(200, R"({"success":true})");
    }
    if (request.method != "GET") return problem_response(kNoSuchObject);
    if (is_content) {
        net::Response response;
        response.content_type = file.mime_type;
        response.body = file.bytes;
        return response;
    }
    JsonWriter out;
    const std::string scheme = request.is_secure ? "https://" : "http://";
    out.begin_object().field("messaging_product", "whatsapp").field("id", found->first);
    out.field("url",
              scheme + std::string(request.header("host")) + "/v24.0/" + found->first + "/content");
    out.field("mime_type", file.mime_type).field("sha256", net::hex(net::sha256(file.bytes)));
    out.field("file_size", file.bytes.size()).end_object();
    return json_response(200, out.take());
}

net::Response Simulator::mark_read(const json::object& body) {
    const std::string wamid = text_in(body, "message_id").value_or("");
    for (auto& [number, phone] : phones_) {
        if (Message* const message = phone.find(wamid); message && message->is_from_phone) {
            message->status = "read";
            return json_response(200, R"({"success":true})");
        }
    }
    return problem_response({400, 100, "message_id is not a message that was received"});
}

Simulator::Answer Simulator::send(const net::Request& request, Number& number) {
    const std::lock_guard lock(mutex_);
    Answer answer;
    const std::optional<json::object> body = parse_object(request.body);
    if (!body) {
        answer.response = problem_response({400, 100, "the body is not a JSON object"});
        return answer;
    }
    if (text_in(*body, "status") == "read") {
        answer.response = mark_read(*body);
        return answer;
    }
    LogEntry entry;
    entry.at_micros = now_micros();
    entry.phone_number_id = number.id;
    entry.to = text_in(*body, "to").value_or("");
    entry.type = text_in(*body, "type").value_or("");
    entry.callback_data = text_in(*body, "biz_opaque_callback_data").value_or("");
    if (const json::object* const form = object_in(*body, "template")) {
        entry.template_name = text_in(*form, "name").value_or("");
    }
    answer = decide_send(*body, number, entry);
    answer.delay_ms = pick(options_.faults.answer_delay);
    judge_.record(std::move(entry));  // before the answer is written
    return answer;
}

Simulator::Answer Simulator::decide_send(const json::object& body, Number& number,
                                         LogEntry& entry) {
    Answer answer;
    const auto refuse = [&](const Problem& problem) {
        entry.error_code = problem.code;
        answer.response = problem_response(problem);
        return answer;
    };
    for (ForcedError& forced : options_.faults.forced) {
        if (forced.count > 0) {
            --forced.count;
            return refuse({forced.http_status, forced.code, "asked for by POST /sim/faults"});
        }
    }
    if (strikes(Fault::kLostBeforeAccept)) {
        entry.error_code = -1;
        answer.response.is_cut = true;
        return answer;
    }
    if (strikes(Fault::kErrorBeforeAccept)) return refuse({500, 131000, "Something went wrong"});
    const std::expected<Send, Problem> checked = validate_send(body, templates_);
    if (!checked) return refuse(checked.error());
    if (checked->is_group) {
        if (const auto problem = group_problem(*checked, number)) return refuse(*problem);
    }
    entry.to = checked->to;
    Phone& phone = phone_of(checked->to);
    if (const auto problem = limits_problem(*checked, number, phone)) return refuse(*problem);

    entry.wamid = accept(*checked, number, phone);
    replies_.replied(checked->to);
    JsonWriter out;
    out.begin_object().field("messaging_product", "whatsapp").key("contacts").begin_array();
    out.begin_object().field("input", checked->input);
    out.field("wa_id", checked->is_group ? checked->to : checked->to.substr(1));
    out.end_object().end_array().key("messages").begin_array();
    out.begin_object().field("id", entry.wamid);
    if (checked->is_template) out.field("message_status", "accepted");
    out.end_object().end_array().end_object();
    answer.response = json_response(200, out.take());
    if (strikes(Fault::kNoAnswer)) {
        answer.is_withheld = true;
    } else if (strikes(Fault::kLostAfterAccept)) {
        answer.response.is_cut = true;
    } else if (strikes(Fault::kErrorAfterAccept)) {
        answer.response = problem_response({500, 131000, "Something went wrong"});
    } else if (strikes(Fault::kBrokenAnswer)) {
        answer.response.body.resize(answer.response.body.size() / 2);
    }
    return answer;
}

bool Simulator::takes_rate(Number& number, std::int64_t now) const {
    if (options_.rate_per_number == 0) return true;
    const std::int64_t step = 1'000'000 / options_.rate_per_number;
    number.tokens_micros = std::max(number.tokens_micros, now - 1'000'000);
    if (number.tokens_micros + step > now) return false;
    number.tokens_micros += step;
    return true;
}

std::optional<Problem> Simulator::limits_problem(const Send& send, Number& number, Phone& phone) {
    const std::int64_t now = now_micros();
    const auto last = phone.last_inbound_micros.find(number.id);
    const bool is_open =
        last != phone.last_inbound_micros.end() && now - last->second < kWindowMicros;
    if (!send.is_template && !is_open) {
        return Problem{400, 131047,
                       "Message failed to send because more than 24 hours have passed since the "
                       "customer last replied to this number."};
    }
    if (!takes_rate(number, now)) {
        return Problem{400, kRateLimitHit, "Rate limit hit: message throughput of this number"};
    }
    if (options_.has_pair_limit) {
        const std::int64_t debt = std::max(phone.pair_debt_micros, now) + kPairMicros;
        if (debt > now + kPairBurst * kPairMicros) {
            return Problem{400, 131056, "Too many messages sent from this number to this user"};
        }
        phone.pair_debt_micros = debt;
    }
    return std::nullopt;
}

std::string Simulator::accept(const Send& send, const Number& number, Phone& phone) {
    Message message;
    message.wamid = make_wamid(phone.number, false);
    message.phone_number_id = number.id;
    message.type = send.type;
    message.text = send.text;
    message.template_name = send.template_name;
    message.callback_data = send.callback_data;
    message.buttons = send.buttons;
    message.rows = send.rows;
    message.status = "accepted";
    message.at_micros = now_micros();
    const auto last = phone.last_inbound_micros.find(number.id);
    message.is_free = send.category != "marketing" && last != phone.last_inbound_micros.end() &&
                      message.at_micros - last->second < kWindowMicros;
    message.category = send.is_template ? send.category : "service";
    const std::string wamid = message.wamid;
    phone.add(std::move(message));
    if (options_.holds_statuses) {
        held_.emplace_back(phone.number, wamid);
    } else {
        advance_later(phone.number, wamid, options_.sent_after);
    }
    return wamid;
}

}  // namespace haat::sim
