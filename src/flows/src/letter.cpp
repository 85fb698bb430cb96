#include "letter.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/assert.hpp"
#include "registry/people.hpp"

namespace haat::flows {

Letter::Letter(storage::Transaction& tx, PersonId person_id, std::string_view text_key,
               registry::MessagePurpose purpose) {
    Result<registry::Person> person = registry::find_person(tx, system_viewer(), person_id);
    HAAT_ASSERT(person.has_value());  // lots, offers and lines name people that exist
    outgoing_.person_id = person_id;
    outgoing_.text_key = text_key;
    outgoing_.purpose = purpose;
    language_ = person->language;
    put("name", std::move(person->name));
}

Letter& Letter::put(std::string_view name, std::string value) {
    outgoing_.params.emplace_back(name, std::move(value));
    return *this;
}

Letter& Letter::amount(std::string_view name, Paise value) {
    return put(name, rupees_display(value));
}

Letter& Letter::day(std::string_view name, UnixSeconds at) {
    const Date date = date_in_india(at);
    return put(name, fmt::format("{:02}/{:02}/{}", date.day, date.month, date.year));
}

Letter& Letter::goods(const catalogue::Product& product, Milli quantity, std::string_view unit) {
    put("product", product.name(language_));
    put("quantity", quantity_plain(quantity));
    outgoing_.params_by_key.emplace_back("unit", fmt::format("messages.unit_{}", unit));
    return *this;
}

Letter& Letter::organisation(std::string_view name, const registry::Organisation& body) {
    return put(name, language_ == "en" ? body.name_en : body.name_hi);
}

Letter& Letter::site(const supply::Site& site) {
    return put("site", language_ == "en" ? site.name_en : site.name_hi);
}

Letter& Letter::button(std::string id, std::string_view text_key) {
    outgoing_.buttons.push_back({std::move(id), std::string(text_key)});
    return *this;
}

void Letter::send(storage::Transaction& tx, FlowContext& context) const {
    context.messages.send(tx, outgoing_);
}

}  // namespace haat::flows
