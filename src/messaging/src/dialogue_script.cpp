#include "dialogue_script.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <initializer_list>
#include <stdexcept>

namespace haat::messaging {
namespace {

using boost::json::object;
using boost::json::value;

void only(const object& json, std::initializer_list<std::string_view> fields) {
    for (const auto& member : json) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(fields, name) == fields.end()) {
            throw std::runtime_error("unknown field " + std::string(name));
        }
    }
}

std::string text_at(const object& json, const char* field) {
    const value* found = json.if_contains(field);
    if (found != nullptr && !found->is_string()) {
        throw std::runtime_error("no text in " + std::string(field));
    }
    return found == nullptr ? std::string() : std::string(found->as_string());
}

const value& need(const object& json, const char* field) {
    const value* found = json.if_contains(field);
    if (found == nullptr) {
        throw std::runtime_error("missing field " + std::string(field));
    }
    return *found;
}

std::string need_text(const object& json, const char* field) {
    need(json, field);
    return text_at(json, field);
}

bool flag_at(const object& json, const char* field) {
    const value* found = json.if_contains(field);
    return found != nullptr && found->as_bool();
}

std::map<std::string, std::string> texts_at(const object& json, const char* field) {
    std::map<std::string, std::string> texts;
    if (const value* found = json.if_contains(field)) {
        for (const auto& member : found->as_object()) {
            texts.emplace(member.key(), member.value().as_string());
        }
    }
    return texts;
}

Takes takes_from(std::string_view name) {
    constexpr std::string_view kNames[] = {"",       "goods", "quantity", "price",
                                           "number", "text",  "amount"};
    const auto at = std::ranges::find(kNames, name);
    if (at == std::end(kNames)) {
        throw std::runtime_error("unknown answer " + std::string(name));
    }
    return static_cast<Takes>(at - std::begin(kNames));
}

Who who_from(std::string_view name) {
    if (name == "known") return Who::kKnown;
    if (name == "stranger") return Who::kStranger;
    if (!name.empty()) throw std::runtime_error("unknown who " + std::string(name));
    return Who::kAnyone;
}

ScriptStep step_from(const object& json) {
    only(json,
         {"say", "ask", "do", "begin", "with", "on", "choices", "list", "none", "take", "slot",
          "next", "again", "guests", "number", "which", "wait_hours", "remind_hours"});
    ScriptStep step{.say = text_at(json, "say"),
                    .ask = text_at(json, "ask"),
                    .act = text_at(json, "do"),
                    .with = texts_at(json, "with"),
                    .on = texts_at(json, "on"),
                    .begin = text_at(json, "begin"),
                    .list = text_at(json, "list"),
                    .none = text_at(json, "none"),
                    .takes = takes_from(text_at(json, "take")),
                    .slot = text_at(json, "slot"),
                    .next = text_at(json, "next"),
                    .again = text_at(json, "again"),
                    .guests = text_at(json, "guests"),
                    .number = text_at(json, "number"),
                    .which = text_at(json, "which")};
    if (const value* hours = json.if_contains("wait_hours")) {
        step.wait_hours = hours->as_int64();
    }
    if (const value* hours = json.if_contains("remind_hours")) {
        step.remind_hours = hours->as_int64();
    }
    if (const value* choices = json.if_contains("choices")) {
        for (const value& choice : choices->as_array()) {
            const object& fields = choice.as_object();
            only(fields, {"id", "text", "next"});
            step.choices.push_back({.id = need_text(fields, "id"),
                                    .text_key = need_text(fields, "text"),
                                    .next = text_at(fields, "next")});
        }
    }
    return step;
}

void read_starts(const object& json, Script& script) {
    only(json, {"who", "intents", "words", "buttons", "events", "always"});
    script.who = who_from(text_at(json, "who"));
    script.always = flag_at(json, "always");
    script.events = texts_at(json, "events");
    for (const auto& [name, step] : texts_at(json, "intents")) {
        const auto intent = language::intent_from_name(name);
        if (!intent) {
            throw std::runtime_error("unknown intent " + name);
        }
        script.intents.emplace(*intent, step);
    }
    if (const value* words = json.if_contains("words")) {
        for (const value& word : words->as_array()) {
            script.words.push_back(
                fold_command(std::string_view(word.as_string().data(), word.as_string().size())));
        }
    }
    if (const value* buttons = json.if_contains("buttons")) {
        for (const auto& member : buttons->as_object()) {
            const object& start = member.value().as_object();
            only(start, {"step", "number"});
            script.buttons.emplace(member.key(),
                                   ScriptStart{need_text(start, "step"), text_at(start, "number")});
        }
    }
}

}  // namespace

Script script_from_json(std::string_view json) {
    const value parsed = boost::json::parse(boost::json::string_view(json.data(), json.size()));
    const object& fields = parsed.as_object();
    only(fields, {"dialogue", "starts", "drops", "first", "steps"});
    Script script{.name = need_text(fields, "dialogue"),
                  .drops = flag_at(fields, "drops"),
                  .first = need_text(fields, "first")};
    if (const value* starts = fields.if_contains("starts")) {
        read_starts(starts->as_object(), script);
    }
    for (const auto& member : need(fields, "steps").as_object()) {
        script.steps.emplace(member.key(), step_from(member.value().as_object()));
    }
    return script;
}

}  // namespace haat::messaging
