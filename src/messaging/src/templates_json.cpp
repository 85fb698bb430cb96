/// What the provider says about templates, numbers and the account, and what it is told. Everything
/// read here comes from outside: a field of the wrong type is as good as absent.
#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "messaging/templates.hpp"

namespace haat::messaging {
namespace {

using boost::json::object;
using boost::json::value;

const object kNoObject;
const boost::json::array kNoArray;

const object& object_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : kNoObject;
}

const boost::json::array& array_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains(key);
    return found != nullptr && found->is_array() ? found->get_array() : kNoArray;
}

/// Text, or a number as text.
std::string text_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains(key);
    if (found == nullptr) {
        return {};
    }
    if (found->is_string()) {
        return std::string(found->get_string());
    }
    return found->is_int64() ? std::to_string(found->get_int64()) : std::string();
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::string first_of(const object& from, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        if (std::string text = text_in(from, key); !text.empty()) {
            return text;
        }
    }
    return {};
}

std::string status_from(const std::string& told) {
    const std::string status = lower(told);
    if (status == "reinstated" || status == "unpaused") {
        return "approved";
    }
    if (status == "pending_deletion") {
        return "deleted";
    }
    if (status == "limit_exceeded" || status == "archived") {
        return "disabled";
    }
    constexpr std::array<std::string_view, 8> kKnown{
        "approved", "pending", "rejected", "paused", "disabled", "in_appeal", "flagged", "deleted"};
    return std::ranges::find(kKnown, status) != kKnown.end() ? status : std::string("pending");
}

std::string quality_from(const std::string& told) {
    const std::string quality = lower(told);
    return quality == "green" || quality == "yellow" || quality == "red" ? quality
                                                                         : std::string("unknown");
}

std::string category_from(const std::string& told) {
    const std::string category = lower(told);
    return category == "marketing" || category == "authentication" ? category
                                                                   : std::string("utility");
}

/// "NONE" is the provider's word for no reason.
std::string reason_from(const std::string& told) { return told == "NONE" ? std::string() : told; }

value parsed(std::string_view json) {
    boost::system::error_code error;
    boost::json::parse_options limits;
    limits.max_depth = 32;
    value document = is_utf8(json)
                         ? boost::json::parse(boost::json::string_view(json.data(), json.size()),
                                              error, {}, limits)
                         : value(nullptr);
    return error ? value(nullptr) : document;
}

void read_components(const object& from, MessageTemplate& form) {
    for (const value& item : array_in(from, "components")) {
        if (!item.is_object()) {
            continue;
        }
        const object& component = item.get_object();
        const std::string type = lower(text_in(component, "type"));
        if (type == "body") {
            form.body = text_in(component, "text");
        } else if (type == "buttons") {
            for (const value& button : array_in(component, "buttons")) {
                if (button.is_object()) {
                    form.buttons.push_back(text_in(button.get_object(), "text"));
                }
            }
        }
    }
    form.params = count_places(form.body);
}

AccountEvent template_event(AccountEvent::Kind kind, const object& from) {
    AccountEvent event{.kind = kind};
    event.provider_template_id = text_in(from, "message_template_id");
    event.template_name = text_in(from, "message_template_name");
    event.template_language = text_in(from, "message_template_language");
    event.detail = reason_from(text_in(from, "reason"));
    return event;
}

std::string digits_of(const std::string& text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

void read_event(const std::string& field, const object& from, std::vector<AccountEvent>& events) {
    using Kind = AccountEvent::Kind;
    if (field == "message_template_status_update") {
        AccountEvent event = template_event(Kind::kTemplateStatus, from);
        event.value = status_from(text_in(from, "event"));
        events.push_back(std::move(event));
    } else if (field == "message_template_quality_update") {
        AccountEvent event = template_event(Kind::kTemplateQuality, from);
        event.value = quality_from(text_in(from, "new_quality_score"));
        events.push_back(std::move(event));
    } else if (field == "template_category_update") {
        AccountEvent event = template_event(Kind::kTemplateCategory, from);
        event.value = category_from(text_in(from, "new_category"));
        events.push_back(std::move(event));
    } else if (field == "phone_number_quality_update") {
        AccountEvent event{.kind = Kind::kNumberQuality};
        event.display_number = digits_of(text_in(from, "display_phone_number"));
        event.value = lower(text_in(from, "event"));
        event.detail = text_in(from, "current_limit");
        events.push_back(std::move(event));
    } else if (field == "business_capability_update") {
        AccountEvent event{.kind = Kind::kCapability};
        event.value = first_of(
            from, {"max_daily_conversations_per_business", "max_daily_conversation_per_business",
                   "max_daily_conversation_per_phone"});
        events.push_back(std::move(event));
    } else if (field == "account_update" || field == "account_alerts") {
        AccountEvent event{.kind = Kind::kAccount};
        event.value = lower(first_of(from, {"event", "alert_type"}));
        event.detail = first_of(object_in(from, "ban_info"), {"waba_ban_state"});
        for (const value& item : array_in(from, "restriction_info")) {
            if (item.is_object()) {
                event.detail += (event.detail.empty() ? "" : ", ") +
                                text_in(item.get_object(), "restriction_type");
            }
        }
        events.push_back(std::move(event));
    }
}

}  // namespace

int count_places(std::string_view body) {
    int places = 0;
    while (body.find("{{" + std::to_string(places + 1) + "}}") != std::string_view::npos) {
        ++places;
    }
    return places;
}

std::string filled(std::string_view body, const std::vector<std::string>& params) {
    std::string out;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t open = body.find("{{", at);
        const std::size_t close = open == std::string_view::npos ? open : body.find("}}", open);
        if (close == std::string_view::npos) {
            return out.append(body.substr(at));
        }
        out.append(body.substr(at, open - at));
        const auto number = parse_integer(std::string(body.substr(open + 2, close - open - 2)));
        if (number && *number >= 1 && static_cast<std::size_t>(*number) <= params.size()) {
            out.append(params[static_cast<std::size_t>(*number - 1)]);
        } else {
            out.append(body.substr(open, close + 2 - open));
        }
        at = close + 2;
    }
    return out;
}

Result<TemplatePage> read_template_page(std::string_view json) {
    const value document = parsed(json);
    if (!document.is_object() || !document.get_object().contains("data")) {
        return refuse(ErrorKind::kUnavailable, "messaging.provider_unreadable");
    }
    TemplatePage page;
    for (const value& item : array_in(document.get_object(), "data")) {
        if (!item.is_object()) {
            continue;
        }
        const object& from = item.get_object();
        MessageTemplate form;
        form.provider_id = text_in(from, "id");
        form.name = text_in(from, "name");
        form.language = text_in(from, "language");
        form.category = category_from(text_in(from, "category"));
        form.status = status_from(text_in(from, "status"));
        form.quality = quality_from(text_in(object_in(from, "quality_score"), "score"));
        form.rejection_reason = reason_from(text_in(from, "rejected_reason"));
        const value* ttl = from.if_contains("message_send_ttl_seconds");
        if (ttl != nullptr && ttl->is_int64()) {
            form.ttl_seconds = std::max<std::int64_t>(0, ttl->get_int64());  // -1: the usual time
        }
        read_components(from, form);
        if (!form.name.empty() && !form.language.empty()) {
            page.templates.push_back(std::move(form));
        }
    }
    const object& paging = object_in(document.get_object(), "paging");
    if (paging.contains("next")) {
        page.after = text_in(object_in(paging, "cursors"), "after");
    }
    return page;
}

Result<void> check_new_template(const NewTemplate& form) {
    const int places = count_places(form.body);
    const auto occurrences = [&] {
        std::size_t count = 0;
        for (std::size_t at = form.body.find("{{"); at != std::string::npos;
             at = form.body.find("{{", at + 2)) {
            ++count;
        }
        return count;
    }();
    const std::string_view body = trim(form.body);
    if (body.empty() || occurrences != static_cast<std::size_t>(places) || body.starts_with("{{") ||
        body.ends_with("}}")) {
        return refuse(ErrorKind::kInvalid, "messaging.template_places", {{"field", "body"}});
    }
    if (form.examples.size() != static_cast<std::size_t>(places)) {
        return refuse(ErrorKind::kInvalid, "messaging.template_places", {{"field", "examples"}});
    }
    constexpr std::int64_t kTtlLeast = 30;
    constexpr std::int64_t kTtlMost = 43'200;
    const bool ttl_fits = form.category == "utility" && form.ttl_seconds >= kTtlLeast &&
                          form.ttl_seconds <= kTtlMost;
    if (form.ttl_seconds != 0 && !ttl_fits) {
        return refuse(ErrorKind::kInvalid, "messaging.template_ttl");
    }
    return {};
}

std::string new_template_json(const NewTemplate& form) {
    std::string category = form.category;
    std::ranges::transform(category, category.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    JsonWriter json;
    json.begin_object().field("name", form.name).field("language", form.language);
    json.field("category", category);
    if (form.ttl_seconds > 0) {
        json.field("message_send_ttl_seconds", form.ttl_seconds);
    }
    json.key("components").begin_array();
    json.begin_object().field("type", "BODY").field("text", form.body);
    if (!form.examples.empty()) {
        json.key("example").begin_object().key("body_text").begin_array().begin_array();
        for (const std::string& example : form.examples) {
            json.string(example);
        }
        json.end_array().end_array().end_object();
    }
    json.end_object();
    if (!form.footer.empty()) {
        json.begin_object().field("type", "FOOTER").field("text", form.footer).end_object();
    }
    if (!form.buttons.empty()) {
        json.begin_object().field("type", "BUTTONS").key("buttons").begin_array();
        for (const std::string& title : form.buttons) {
            json.begin_object().field("type", "QUICK_REPLY").field("text", title).end_object();
        }
        json.end_array().end_object();
    }
    return json.end_array().end_object().take();
}

Result<MessageTemplate> read_new_template_answer(int status, std::string_view json) {
    const value document = parsed(json);
    const object& answer = document.is_object() ? document.get_object() : kNoObject;
    if (status != 200 || !answer.contains("id")) {
        const std::string reason =
            first_of(object_in(answer, "error"), {"error_user_msg", "message"});
        return refuse(ErrorKind::kInvalid, "messaging.template_refused",
                      {{"reason", reason.empty() ? std::to_string(status) : reason}});
    }
    MessageTemplate form;
    form.provider_id = text_in(answer, "id");
    form.status = status_from(text_in(answer, "status"));
    form.category = category_from(text_in(answer, "category"));
    return form;
}

Result<NumberState> read_number_state(std::string_view json) {
    const value document = parsed(json);
    if (!document.is_object() || !document.get_object().contains("id")) {
        return refuse(ErrorKind::kUnavailable, "messaging.provider_unreadable");
    }
    const object& from = document.get_object();
    NumberState state;
    state.provider_number_id = text_in(from, "id");
    state.display = text_in(from, "display_phone_number");
    state.name = text_in(from, "verified_name");
    const std::string status = lower(text_in(from, "status"));
    state.status = status.empty() ? "connected" : status;
    state.quality = quality_from(text_in(from, "quality_rating"));
    state.limit_tier = text_in(from, "whatsapp_business_manager_messaging_limit");
    state.throughput = text_in(object_in(from, "throughput"), "level");
    return state;
}

std::vector<AccountEvent> read_account_events(std::string_view body) {
    std::vector<AccountEvent> events;
    // Almost every webhook is messages or statuses: one search spares those a second parse.
    if (body.find("_update\"") == std::string_view::npos &&
        body.find("account_alerts") == std::string_view::npos) {
        return events;
    }
    const value document = parsed(body);
    if (!document.is_object()) {
        return events;
    }
    for (const value& entry : array_in(document.get_object(), "entry")) {
        if (!entry.is_object()) {
            continue;
        }
        for (const value& change : array_in(entry.get_object(), "changes")) {
            if (change.is_object()) {
                read_event(text_in(change.get_object(), "field"),
                           object_in(change.get_object(), "value"), events);
            }
        }
    }
    return events;
}

}  // namespace haat::messaging
