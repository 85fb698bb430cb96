#include "broadcast_letter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "market/demands.hpp"
#include "messaging/templates.hpp"
#include "registry/organisations.hpp"

namespace haat::flows {
namespace {

/// A notice stands this long; what has not been sent by then is expired.
constexpr std::int64_t kNoticeLifeSeconds = 3 * 86'400;
constexpr std::size_t kTextMax = 900;  // of a template's parameter

std::string day_text(UnixSeconds at) {
    const Date date = date_in_india(at);
    return fmt::format("{:02}/{:02}/{}", date.day, date.month, date.year);
}

void add_buttons(const Texts& texts, Letterhead& letter,
                 std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        letter.buttons[0].push_back(texts.text(Language::kHindi, key));
        letter.buttons[1].push_back(texts.text(Language::kEnglish, key));
    }
}

/// The body of a template in one language: as the provider approved it, else as it is shipped.
std::string body_of(const MessagingContext& context, storage::Transaction& tx,
                    const std::string& name, Language language,
                    const std::vector<std::string>& params) {
    const auto form = messaging::find_template(tx, name, language_code(language));
    if (form && !form->body.empty()) {
        return messaging::filled(form->body, params);
    }
    TextParams numbered;
    for (std::size_t i = 0; i < params.size(); ++i) {
        numbered.emplace_back(std::to_string(i + 1), params[i]);
    }
    return context.texts.text(language, "templates." + name, numbered);
}

/// As the provider told; a template that names no time lives for the provider's own.
std::int64_t lifetime_of(storage::Transaction& tx, const std::string& name) {
    constexpr std::int64_t kProviderSeconds = 30 * 86'400;
    std::int64_t longest = 0;
    for (const std::string_view language : {"hi", "en"}) {
        if (const auto form = messaging::find_template(tx, name, language)) {
            longest =
                std::max(longest, form->ttl_seconds > 0 ? form->ttl_seconds : kProviderSeconds);
        }
    }
    return longest;
}

/// How many places it has: as the provider approved it, else as it is shipped; -1: neither is
/// known.
int places_of(const MessagingContext& context, storage::Transaction& tx, const std::string& name,
              Language language) {
    if (const auto form = messaging::find_template(tx, name, language_code(language))) {
        return form->params;
    }
    if (!context.texts.has("templates." + name)) {
        return -1;
    }
    int places = 0;
    while (context.texts
               .text(language, "templates." + name, {{std::to_string(places + 1), "\x01"}})
               .contains('\x01')) {
        ++places;
    }
    return places;
}

std::unexpected<Error> wrong_params(const std::string& name, Language language, int count,
                                    std::size_t given) {
    return refuse(ErrorKind::kInvalid, "flows.template_params",
                  {{"template", name},
                   {"language", std::string(language_code(language))},
                   {"count", std::to_string(count)},
                   {"given", std::to_string(given)}});
}

/// Buttons of a template that the provider told us of. A press of one that says stop stops.
void add_template_buttons(const MessagingContext& context, storage::Transaction& tx,
                          Letterhead& letter) {
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto form =
            messaging::find_template(tx, letter.template_name, language_code(language));
        const std::string stop = context.texts.text(language, "messages.button_stop");
        if (!form) {
            continue;
        }
        letter.buttons[static_cast<std::size_t>(language)] = form->buttons;
        for (std::size_t i = letter.payloads.size(); i < form->buttons.size(); ++i) {
            letter.payloads.push_back(form->buttons[i] == stop
                                          ? "broadcast_stop:0"
                                          : fmt::format("broadcast_answer:{}", i + 1));
        }
    }
}

}  // namespace

/// "haat_demand": buyer, quantity with unit, product, price, last day, in that order.
Result<Letterhead> demand_letter(MessagingContext& context, storage::Transaction& tx,
                                 const Viewer& viewer, DemandId demand_id) {
    const UnixSeconds now = context.flows.clock.now();
    const auto demand = market::find_demand(tx, viewer, demand_id, now);
    if (!demand) {
        return refuse(ErrorKind::kNotFound, "market.no_demand");
    }
    const auto product = HAAT_TRY(catalogue::find_product(tx, demand->product_id));
    const auto buyer = registry::find_organisation(tx, demand->buyer_organisation_id);
    Letterhead letter{
        .template_name = "haat_demand",
        .payloads = {fmt::format("demand_have:{}", demand_id.value), "broadcast_stop:0"},
        .expires_at = demand->deadline_at};
    add_buttons(context.texts, letter, {"messages.button_have", "messages.button_stop"});
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto at = static_cast<std::size_t>(language);
        const std::string unit = context.texts.text(language, "messages.unit_" + demand->unit);
        const std::string price =
            demand->max_price
                ? rupees_display(*demand->max_price) + " " +
                      context.texts.text(language, "messages.per_unit", {{"unit", unit}})
                : context.texts.text(language, "messages.price_open");
        const std::string who = !buyer                           ? ""
                                : language == Language::kEnglish ? buyer->name_en
                                                                 : buyer->name_hi;
        letter.params[at] = {who, quantity_plain(demand->quantity) + " " + unit,
                             product.name(language_code(language)), price,
                             day_text(demand->deadline_at)};
        letter.texts[at] = context.texts.text(language, "templates.haat_demand",
                                              {{"1", letter.params[at][0]},
                                               {"2", letter.params[at][1]},
                                               {"3", letter.params[at][2]},
                                               {"4", letter.params[at][3]},
                                               {"5", letter.params[at][4]}});
    }
    return letter;
}

/// "haat_broadcast": the text.
Result<Letterhead> notice_letter(const MessagingContext& context, std::string_view text_hi,
                                 std::string_view text_en) {
    Letterhead letter{.template_name = "haat_broadcast",
                      .payloads = {"broadcast_stop:0"},
                      .expires_at = {context.flows.clock.now().value + kNoticeLifeSeconds}};
    add_buttons(context.texts, letter, {"messages.button_stop"});
    const std::array<std::string_view, 2> wished{text_hi, text_en};
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto at = static_cast<std::size_t>(language);
        // One language is enough: everybody reads that one.
        const std::string_view own = trim(wished[at]).empty() ? wished[1 - at] : wished[at];
        std::string text(trim(own));
        std::ranges::replace(text, '\n', ' ');
        if (text.empty() || count_code_points(text) > kTextMax) {
            return refuse(ErrorKind::kInvalid, "flows.no_broadcast_text",
                          {{"most", std::to_string(kTextMax)}});
        }
        letter.texts[at] = context.texts.text(language, "templates.haat_broadcast", {{"1", text}});
        letter.params[at] = {std::move(text)};
    }
    return letter;
}

namespace {

/// Its texts with the places filled.
Result<Letterhead> filled_letter(MessagingContext& context, storage::Transaction& tx,
                                 const PlanText& text) {
    if (!messaging::find_template(tx, text.template_name, "hi") &&
        !context.texts.has("templates." + text.template_name)) {
        return refuse(ErrorKind::kNotFound, "messaging.no_template");
    }
    Letterhead letter{.template_name = text.template_name,
                      .expires_at = {context.flows.clock.now().value + kNoticeLifeSeconds}};
    letter.params[0] = text.params_hi.empty() ? text.params_en : text.params_hi;
    letter.params[1] = text.params_en.empty() ? text.params_hi : text.params_en;
    for (const Language language : {Language::kHindi, Language::kEnglish}) {
        const auto at = static_cast<std::size_t>(language);
        const int places = places_of(context, tx, text.template_name, language);
        if (places >= 0 && letter.params[at].size() != static_cast<std::size_t>(places)) {
            return wrong_params(text.template_name, language, places, letter.params[at].size());
        }
        for (std::string& param : letter.params[at]) {
            std::ranges::replace(param, '\n', ' ');  // the provider refuses line ends in places
        }
        letter.texts[at] = body_of(context, tx, text.template_name, language, letter.params[at]);
    }
    add_template_buttons(context, tx, letter);
    return letter;
}

Result<Letterhead> letter_by_name(MessagingContext& context, storage::Transaction& tx,
                                  const Viewer& viewer, const PlanText& text) {
    if (text.template_name == "haat_demand" && text.demand_id) {
        return demand_letter(context, tx, viewer, text.demand_id);
    }
    if (text.template_name != "haat_broadcast") {
        return filled_letter(context, tx, text);
    }
    if (text.params_hi.size() > 1) {
        return wrong_params(text.template_name, Language::kHindi, 1, text.params_hi.size());
    }
    if (text.params_en.size() > 1) {
        return wrong_params(text.template_name, Language::kEnglish, 1, text.params_en.size());
    }
    return notice_letter(context, text.params_hi.empty() ? "" : text.params_hi.front(),
                         text.params_en.empty() ? "" : text.params_en.front());
}

}  // namespace

Result<Letterhead> template_letter(MessagingContext& context, storage::Transaction& tx,
                                   const Viewer& viewer, const PlanText& text) {
    Letterhead letter = HAAT_TRY(letter_by_name(context, tx, viewer, text));
    letter.lifetime_seconds = lifetime_of(tx, text.template_name);
    return letter;
}

std::string params_json(const Letterhead& letter) {
    JsonWriter json;
    json.begin_object();
    const auto list = [&](std::string_view key, const std::vector<std::string>& items) {
        json.key(key).begin_array();
        for (const std::string& item : items) {
            json.string(item);
        }
        json.end_array();
    };
    list("hi", letter.params[0]);
    list("en", letter.params[1]);
    list("buttons", letter.payloads);
    json.field("text_hi", letter.texts[0]).field("text_en", letter.texts[1]).end_object();
    return json.take();
}

}  // namespace haat::flows
