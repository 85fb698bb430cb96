/// The Groups API: groups of at most eight people, made later than asked for, joined by a link.
#include <algorithm>

#include "simulator.hpp"

namespace haat::sim {

namespace {

constexpr std::size_t kMembersMax = 8;
constexpr std::size_t kSubjectMax = 128;
constexpr std::int64_t kMadeAfterMs = 50;

void begin_value(JsonWriter& out, const std::string& display, const std::string& number) {
    out.begin_object().field("messaging_product", "whatsapp").key("metadata").begin_object();
    out.field("display_phone_number", display).field("phone_number_id", number).end_object();
    out.key("groups").begin_array().begin_object();
}

}  // namespace

/// POST /{phone-number-id}/groups: the id and the link come by webhook.
net::Response Simulator::make_group(const json::object& body, const Number& number) {
    const std::string subject = text_in(body, "subject").value_or("");
    const std::string mode = text_in(body, "join_approval_mode").value_or("auto_approve");
    if (text_in(body, "messaging_product") != "whatsapp" || subject.empty() ||
        subject.size() > 4 * kSubjectMax ||
        (mode != "auto_approve" && mode != "approval_required")) {
        return problem_response({400, 100, "messaging_product, subject or join_approval_mode"});
    }
    const std::string request_id = "request" + std::to_string(++last_id_);
    const std::string group_id = "Y2FwaV9ncm91cDo" + std::to_string(++last_id_) + "ZD";
    scheduler_.after(kMadeAfterMs, [this, request_id, group_id, subject, mode, id = number.id] {
        const std::lock_guard lock(mutex_);
        const Number* const holder = number_by_id(id);
        Group& group = groups_[group_id];
        group.number = id;
        phone_of(group_id).name = subject;
        JsonWriter value;
        begin_value(value, holder->display, id);
        value.field("group_id", group_id).field("type", "group_create");
        value.field("request_id", request_id).field("subject", subject);
        value.field("invite_link", "https://chat.whatsapp.com/" + group_id);
        value.field("join_approval_mode", mode).end_object().end_array().end_object();
        tell({"", "", "group_lifecycle_update", value.take(), ""});
    });
    JsonWriter out;
    out.begin_object().field("messaging_product", "whatsapp").field("request_id", request_id);
    return json_response(200, out.end_object().take());
}

/// Why this may not go into that group.
std::optional<Problem> Simulator::group_problem(const Send& send, const Number& number) const {
    const auto group = groups_.find(send.to);
    if (group == groups_.end() || group->second.number != number.id) {
        return Problem{400, 131041, "no such group of this number"};
    }
    if (group->second.members.empty()) {
        return Problem{400, 131020, "nobody else is in this group"};
    }
    if (send.type == "interactive" || send.type == "location") {
        return Problem{400, 131051, "groups take text, media and templates"};
    }
    return std::nullopt;
}

/// POST /sim/groups/{id}/join or /leave {"number"}: by its link, or out of it.
net::Response Simulator::change_member(const std::string& group_id, const json::object& body,
                                       bool joins) {
    const auto found = groups_.find(group_id);
    const std::string number = international_number(text_in(body, "number").value_or(""));
    if (found == groups_.end() || number.empty()) return wrong("group or number");
    Group& group = found->second;
    if (joins && group.members.size() >= kMembersMax) return wrong("the group is full");
    if (joins == group.members.contains(number)) return wrong("she is there already, or not");
    if (joins) {
        group.members.insert(number);
    } else {
        group.members.erase(number);
    }
    JsonWriter value;
    begin_value(value, number_by_id(group.number)->display, group.number);
    value.field("group_id", group_id);
    value.field("type", joins ? "group_participants_add" : "group_participants_remove");
    value.field(joins ? "reason" : "initiated_by", joins ? "invite_link" : "participant");
    value.key(joins ? "added_participants" : "removed_participants").begin_array().begin_object();
    value.field("wa_id", number.substr(1)).end_object().end_array();
    value.end_object().end_array().end_object();
    tell({"", "", "group_participants_update", value.take(), ""});
    return json_response(200, R"({"success":true})");
}

/// POST /sim/groups/{id}/messages {"number","text"}: a member writes.
net::Response Simulator::write_in_group(const std::string& group_id, const json::object& body) {
    const auto found = groups_.find(group_id);
    const std::string number = international_number(text_in(body, "number").value_or(""));
    const std::string text = text_in(body, "text").value_or("");
    if (found == groups_.end() || !found->second.members.contains(number) || text.empty()) {
        return wrong("group, number or text");
    }
    JsonWriter content;
    content.begin_object().field("body", text).end_object();
    phone_of(group_id).last_inbound_micros[found->second.number] = now_micros();
    group_of_message_ = group_id;
    inbound(phone_of(number), found->second.number, "text", text, content.take(), "");
    group_of_message_.clear();
    return json_response(200, R"({"success":true})");
}

net::Response Simulator::list_groups() const {
    JsonWriter out;
    out.begin_object().key("groups").begin_array();
    for (const auto& [id, group] : groups_) {
        out.begin_object().field("group_id", id).field("phone_number_id", group.number);
        out.key("members").begin_array();
        for (const std::string& member : group.members) out.string(member);
        out.end_array().key("texts").begin_array();
        for (const Message& message : phones_.at(id).thread) out.string(message.text);
        out.end_array().end_object();
    }
    return json_response(200, out.end_array().end_object().take());
}

}  // namespace haat::sim
