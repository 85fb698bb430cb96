/// How the phones of the demonstration answer: as producers do, each in her own words.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>

#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "base/texts.hpp"
#include "command.hpp"
#include "demo_story.hpp"

namespace haat::app {
namespace {

/// {0} kilograms at {1} rupees, in Hindi, Hinglish, Bhojpuri, Maithili, English, and as people
/// type.
constexpr std::array kWays{
    "{0} किलो आम का अचार है {1} रुपये किलो",
    "mere paas {0} kilo aam ka achar hai {1} rupaye kilo",
    "दीदी हमरा लगे {0} किलो आम के अचार बा, {1} रुपया किलो",
    "aam ka achaar {0}kg @ {1}",
    "हमरा पास {0} किलो आमक अचार अछि, भाव {1} टका किलो",
    "I have {0} kg mango pickle, {1} rs per kg",
    "आम अचार {0} किलो, {1} रु किलो",
    "{0} kg aam achar hai, rate {1} rs kg",
};

void write_reply(JsonWriter& json, std::string_view when_key, std::string_view when_value,
                 std::string_view reply_json, int after_ms, int times) {
    json.begin_object().key("when").begin_object();
    if (when_value.empty()) {
        json.field(when_key, true);
    } else {
        json.field(when_key, when_value);
    }
    json.end_object().key("reply").raw(reply_json);
    json.field("after_ms", after_ms).field("times", times).end_object();
}

std::string text_reply(std::string_view text) {
    JsonWriter json;
    json.begin_object().field("text", text).end_object();
    return json.take();
}

void write_phone(JsonWriter& json, const DemoPhone& phone, Random& random) {
    json.begin_object().field("number", phone.number).field("name", phone.name);
    json.key("rules").begin_array();
    const bool answers = !random.chance(1, 8);  // the others stay silent
    if (answers) {
        const auto way = kWays[random.below(kWays.size())];
        const std::uint32_t kilograms = 5 + random.below(36);
        const std::uint32_t rupees = 150 + 5 * random.below(11);
        const int after = 100 + static_cast<int>(random.below(1500));
        write_reply(json, "template", "haat_demand",
                    text_reply(fmt::format(fmt::runtime(way), kilograms, rupees)), after, 1);
        // The first button says yes, the second no; one in twelve says no to an order.
        write_reply(json, "buttons", "",
                    random.chance(1, 12) ? R"({"button":1})" : R"({"button":0})",
                    100 + static_cast<int>(random.below(700)), 6);
    }
    json.end_array().end_object();
}

void add_templates(WebUser& simulator) {
    JsonWriter json;
    json.begin_object().key("templates").begin_array();
    struct Template {
        const char* name;
        std::vector<const char*> buttons;
    };
    const std::vector<Template> templates{
        {"haat_demand", {"messages.button_have", "messages.button_stop"}},
        {"haat_broadcast", {"messages.button_stop"}},
        {"haat_notice", {}},
        {"haat_question", {"messages.button_yes", "messages.button_no"}},
        {"haat_consent", {"messages.button_agree", "messages.button_disagree"}},
    };
    for (const Template& each : templates) {
        for (const Language language : {Language::kHindi, Language::kEnglish}) {
            std::string body = texts().text(
                language, std::string("templates.") + each.name,
                {{"1", "{{1}}"}, {"2", "{{2}}"}, {"3", "{{3}}"}, {"4", "{{4}}"}, {"5", "{{5}}"}});
            json.begin_object().field("name", each.name);
            json.field("language", language_code(language)).field("body", body);
            json.key("buttons").begin_array();
            for (const char* key : each.buttons) {
                json.string(texts().text(language, key));
            }
            json.end_array().end_object();
        }
    }
    json.end_array().end_object();
    (void)simulator.must_post("/sim/templates", json.text());
}

}  // namespace

void set_up_phones(WebUser& simulator, const DemoWorld& world, const std::string& webhook_url,
                   std::uint64_t seed) {
    JsonWriter config;
    config.begin_object().field("webhook_url", webhook_url).end_object();
    (void)simulator.must_post("/sim/config", config.text());
    add_templates(simulator);
    Random random(seed);
    constexpr std::size_t kPerCall = 200;
    for (std::size_t from = 0; from < world.phones.size(); from += kPerCall) {
        JsonWriter json;
        json.begin_object().key("phones").begin_array();
        for (std::size_t i = from; i < std::min(from + kPerCall, world.phones.size()); ++i) {
            write_phone(json, world.phones[i], random);
        }
        json.end_array().end_object();
        (void)simulator.must_post("/sim/phones", json.text());
    }
}

}  // namespace haat::app
