/// What WhatsApp's Groups API is asked and tells. Source: docs/formats/whatsapp.md.
#include <algorithm>

#include "base/json_writer.hpp"
#include "json_fast.hpp"
#include "messaging/group_chats.hpp"

namespace haat::messaging {
namespace {

using json_fast::object;
using json_fast::text_in;
using Kind = GroupEvent::Kind;

std::vector<std::string> phones_in(const object& from, std::string_view key) {
    std::vector<std::string> phones;
    json_fast::each_object_in(from, key, [&](const object& participant) {
        const std::string_view digits = text_in(participant, "wa_id");
        if (!digits.empty()) {
            phones.push_back((digits.front() == '+' ? "" : "+") + std::string(digits));
        }
    });
    return phones;
}

/// False if it tells nothing that is kept.
bool take_kind(const object& from, GroupEvent& event) {
    const std::string_view type = text_in(from, "type");
    const std::optional<object> error = json_fast::first_in(from, "errors");
    if (type == "group_create") {
        event.kind = error ? Kind::kRefused : Kind::kMade;
        if (error) {
            const auto code = json_fast::as<std::int64_t>(json_fast::find(*error, "code"));
            event.error_code = static_cast<int>(code.value_or(-1));
        }
        return error || !event.group_id.empty();
    }
    if (event.group_id.empty() || error) {
        return false;  // what we asked for was not done: all is as it was
    }
    if (type == "group_delete") {
        event.kind = Kind::kDeleted;
    } else if (type == "group_suspend") {
        event.kind = Kind::kSuspended;
    } else if (type == "group_suspend_cleared") {
        event.kind = Kind::kAllowed;
    } else if (type == "group_participants_add") {
        event.kind = Kind::kJoined;
        event.phones = phones_in(from, "added_participants");
    } else if (type == "group_participants_remove") {
        event.kind = Kind::kLeft;
        event.phones = phones_in(from, "removed_participants");
    } else {
        return false;
    }
    return true;
}

void read_change(const object& change, const std::vector<std::string>& ours,
                 std::vector<GroupEvent>& events) {
    const std::optional<object> content = json_fast::object_in(change, "value");
    if (!content) {
        return;
    }
    const std::string number(text_in(*content, "metadata", "phone_number_id"));
    if (std::ranges::find(ours, number) == ours.end()) {
        return;
    }
    json_fast::each_object_in(*content, "groups", [&](const object& from) {
        GroupEvent event{.number = number,
                         .group_id = std::string(text_in(from, "group_id")),
                         .request_id = std::string(text_in(from, "request_id")),
                         .title = std::string(text_in(from, "subject")),
                         .invite_link = std::string(text_in(from, "invite_link"))};
        if (take_kind(from, event)) {
            events.push_back(std::move(event));
        }
    });
    json_fast::each_object_in(*content, "messages", [&](const object& message) {
        const std::string_view group_id = text_in(message, "group_id");
        if (!group_id.empty()) {
            events.push_back(
                {.kind = Kind::kSaid, .number = number, .group_id = std::string(group_id)});
        }
    });
}

}  // namespace

std::vector<GroupEvent> read_group_events(std::string_view body,
                                          const std::vector<std::string>& ours) {
    std::vector<GroupEvent> events;
    // Hardly any webhook is about a group: one search spares the others a second reading.
    if (body.find("\"group_id\"") == std::string_view::npos &&
        body.find("\"group_create\"") == std::string_view::npos) {
        return events;
    }
    const std::optional<object> document = json_fast::as<object>(json_fast::read(body));
    if (!document) {
        return events;
    }
    json_fast::each_object_in(*document, "entry", [&](const object& entry) {
        json_fast::each_object_in(entry, "changes",
                                  [&](const object& change) { read_change(change, ours, events); });
    });
    return events;
}

std::string new_group_json(std::string_view title) {
    JsonWriter json;
    json.begin_object().field("messaging_product", "whatsapp").field("subject", title);
    json.field("join_approval_mode", "auto_approve").end_object();
    return json.take();
}

}  // namespace haat::messaging
