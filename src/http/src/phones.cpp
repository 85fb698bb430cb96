#include <algorithm>
#include <boost/json.hpp>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "net/client.hpp"
#include "net/url.hpp"
#include "reader.hpp"
#include "registry/people.hpp"
#include "views.hpp"

namespace haat::http {
namespace json = boost::json;
namespace {

constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kMessagesMax = 200;
constexpr std::size_t kButtonsMax = 10;

/// A phone of the simulator whose owner is registered; its id is that of the address.
struct Phone {
    AddressId address_id;
    std::string number;
    std::string name;
    PlaceId place_id;
    std::string language;
    std::int64_t unread = 0;
};

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    const json::string* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

/// What the simulator answers. @return http.no_simulator, http.simulator_away.
Result<json::object> ask(const Call& call, std::string method, std::string path,
                         std::string body = {}) {
    if (call.services.simulator == nullptr) {
        return refuse(ErrorKind::kNotFound, "http.no_simulator");
    }
    net::ClientRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    const net::ClientResult result = call.services.simulator->send_blocking(std::move(request));
    if (result.outcome != net::Outcome::kAnswered || result.status >= 500) {
        return refuse(ErrorKind::kUnavailable, "http.simulator_away");
    }
    if (result.status == 404) {
        return refuse(ErrorKind::kNotFound, "http.no_phone");
    }
    json::error_code error;
    const json::value value = json::parse({result.body.data(), result.body.size()}, error);
    if (error || !value.is_object() || result.status >= 400) {
        return refuse(ErrorKind::kInvalid, "http.phone_refused");
    }
    return value.get_object();
}

/// Who uses the number, if the viewer may see one of them.
std::optional<Phone> phone_of(storage::Transaction& tx, const Viewer& viewer,
                              const registry::Address& address) {
    const auto people = registry::people_on_address(tx, viewer, address.address_id);
    if (people.empty()) {
        return std::nullopt;
    }
    Phone phone;
    phone.address_id = address.address_id;
    for (const registry::Person& person : people) {
        phone.name += (phone.name.empty() ? "" : ", ") + person.name;
    }
    phone.name = first_code_points(phone.name, 200);
    phone.place_id = people.front().place_id;
    const std::string& language = people.front().language;
    // The contract names the languages that haat writes in; the others read Hindi.
    phone.language = language == "anp" || language == "ur" ? "hi" : language;
    return phone;
}

Result<Phone> find_phone(Call& call) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Phone> {
        const auto address = registry::find_address(tx, system_viewer(), AddressId{call.id});
        auto phone = address ? phone_of(tx, call.viewer, *address) : std::nullopt;
        if (!phone) {
            return refuse(ErrorKind::kNotFound, "http.no_phone");
        }
        phone->number = address->external_id;
        return std::move(*phone);
    });
}

void write_phone(JsonWriter& out, Views& views, const Phone& phone) {
    out.begin_object().field("phone_id", phone.address_id).field("name", phone.name);
    out.field("number_masked", mask_phone(phone.number)).key("place");
    views.place_ref(out, phone.place_id);
    out.field("language", phone.language).field("unread", phone.unread).end_object();
}

void write_message(JsonWriter& out, const json::object& message) {
    const bool from_phone = text_of(message, "from") == "phone";
    const std::string_view status = text_of(message, "status");
    const json::value* at = message.if_contains("at_micros");
    out.begin_object().field("message_key", first_code_points(text_of(message, "wamid"), 128));
    out.field("from", from_phone ? "person" : "haat");
    out.field("text", first_code_points(text_of(message, "text"), kTextMax));
    out.field("at", at != nullptr && at->is_int64() ? at->get_int64() / 1'000'000 : 0);
    out.key("buttons").begin_array();
    std::size_t count = 0;
    for (const std::string_view list : {"buttons", "rows"}) {
        const json::value* value = message.if_contains(list);
        if (value == nullptr || !value->is_array()) {
            continue;
        }
        for (const json::value& choice : value->get_array()) {
            if (choice.is_object() && ++count <= kButtonsMax) {
                out.begin_object().field("button_id", text_of(choice.get_object(), "id"));
                out.field("title", text_of(choice.get_object(), "title")).end_object();
            }
        }
    }
    out.end_array().field("state", status == "read"        ? "read"
                                   : status == "delivered" ? "delivered"
                                                           : "sent");
    out.end_object();
}

Result<json::array> read_thread(const Call& call, const std::string& number) {
    const json::object answer =
        HAAT_TRY(ask(call, "GET", "/sim/phones/" + net::percent_encode(number)));
    const json::value* thread = answer.if_contains("thread");
    return thread != nullptr && thread->is_array() ? thread->get_array() : json::array();
}

}  // namespace

Result<Answer> list_phones(Call& call) {
    QueryReader query(call.request);
    const auto part = query.maybe_text("q", {.max = 80});
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const json::object answer = HAAT_TRY(ask(call, "GET", "/sim/phones"));
    const json::value* list = answer.if_contains("phones");
    if (list == nullptr || !list->is_array()) {
        return refuse(ErrorKind::kUnavailable, "http.simulator_away");
    }
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter out;
        out.begin_object().key("items").begin_array();
        std::int64_t shown = 0;
        std::int64_t position = cursor ? cursor->first : 0;
        const auto size = static_cast<std::int64_t>(list->get_array().size());
        for (; position < size && shown < paging.limit; ++position) {
            const json::value& entry = list->get_array()[static_cast<std::size_t>(position)];
            const std::string number(entry.is_object() ? text_of(entry.get_object(), "number")
                                                       : std::string_view());
            const auto address =
                registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp,
                                       number.starts_with('+') ? number : "+" + number);
            auto phone = address ? phone_of(tx, call.viewer, *address) : std::nullopt;
            if (phone && (!part || phone->name.contains(*part) || number.contains(*part))) {
                phone->number = address->external_id;
                write_phone(out, views, *phone);
                ++shown;
            }
        }
        out.end_array();
        nullable_text(out, "next", position < size ? write_cursor(position, 0) : "");
        return json_answer(out.end_object().take());
    });
}

Result<Answer> list_phone_messages(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    if (call.services.simulator == nullptr) {
        return refuse(ErrorKind::kNotFound, "http.no_simulator");
    }
    const Phone phone = HAAT_TRY(find_phone(call));
    const json::array thread = HAAT_TRY(read_thread(call, phone.number));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter out;
        out.begin_object().key("phone");
        write_phone(out, views, phone);
        out.key("messages").begin_array();
        const std::size_t start = thread.size() > kMessagesMax ? thread.size() - kMessagesMax : 0;
        for (std::size_t i = start; i < thread.size(); ++i) {
            if (thread[i].is_object()) {
                write_message(out, thread[i].get_object());
            }
        }
        return json_answer(out.end_array().end_object().take());
    });
}

Result<Answer> send_from_phone(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const auto text = in.maybe_text("text", kMessageText);
    const auto button_id = in.maybe_text("button_id", {.max = 64});
    if (in.has("text") == in.has("button_id")) {
        in.refuse_field(in.has("text") ? "button_id" : "text");
    }
    HAAT_TRY(in.done());
    if (call.services.simulator == nullptr) {
        return refuse(ErrorKind::kNotFound, "http.no_simulator");
    }
    const Phone phone = HAAT_TRY(find_phone(call));
    JsonWriter asked;
    asked.begin_object();
    asked.field(text ? "text" : "button_id", text ? *text : *button_id).end_object();
    HAAT_TRY(ask(call, "POST", "/sim/phones/" + net::percent_encode(phone.number) + "/messages",
                 asked.take()));
    const json::array thread = HAAT_TRY(read_thread(call, phone.number));
    for (std::size_t i = thread.size(); i > 0; --i) {
        const json::value& message = thread[i - 1];
        if (message.is_object() && text_of(message.get_object(), "from") == "phone") {
            JsonWriter out;
            write_message(out, message.get_object());
            return json_answer(out.take(), 201);
        }
    }
    return refuse(ErrorKind::kUnavailable, "http.simulator_away");
}

}  // namespace haat::http
