#include "book_texts.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <ranges>
#include <set>

#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace haat::messaging {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr std::size_t kButtonMax = 20;
/// WhatsApp takes 1,024 with buttons; what is filled in needs room too.
constexpr std::size_t kAskMax = 900;
constexpr std::size_t kSayMax = 3'500;

/// Values that every text of a dialogue may say.
constexpr std::string_view kAlways[] = {"name", "goods"};

void add_fills(Names& names, std::string_view action, std::span<const ActionSpec> actions) {
    const auto spec = std::ranges::find(actions, action, &ActionSpec::name);
    if (spec != actions.end()) {
        names.insert(spec->fills.begin(), spec->fills.end());
    }
}

/// What the steps of a dialogue can have found out.
Names filled_by(const Script& script, std::span<const ActionSpec> actions) {
    Names names(std::begin(kAlways), std::end(kAlways));
    for (const ScriptStep& step : std::views::values(script.steps)) {
        add_fills(names, step.act, actions);
        add_fills(names, step.list, actions);
        if (!step.number.empty()) {
            names.insert("number");
        }
        if (!step.slot.empty()) {
            names.insert(step.slot);
            names.insert(step.slot + "_title");
        }
    }
    return names;
}

std::unexpected<Error> bad(std::string_view key, std::string_view why, std::string_view where) {
    return refuse(
        ErrorKind::kInvalid, "messaging.bad_text",
        {{"key", std::string(key)}, {"why", std::string(why)}, {"where", std::string(where)}});
}

/// What the shipped text of the same key names is filled by who sends it.
void add_shipped(Names& names, const BookSource& shipped, std::string_view key) {
    const auto text = shipped.texts.find(key);
    if (text == shipped.texts.end()) {
        return;
    }
    for (const std::string* one : {&text->second.hindi, &text->second.english}) {
        if (const auto named = placeholders_in(*one)) {
            names.insert(named->begin(), named->end());
        }
    }
}

Result<void> check_filled(std::string_view key, const BookText& text, const Names& filled) {
    for (const std::string* one : {&text.hindi, &text.english}) {
        const auto named = placeholders_in(*one);
        if (!named) {
            return bad(key, "bad_braces", *one);
        }
        for (const std::string& name : *named) {
            if (!filled.contains(name)) {
                return bad(key, "not_filled", "{" + name + "}");
            }
        }
    }
    return {};
}

Result<void> check_length(std::string_view key, const BookText& text, std::size_t most,
                          std::string_view why) {
    for (const std::string* one : {&text.hindi, &text.english}) {
        if (count_code_points(*one) > most) {
            return bad(key, why, *one);
        }
    }
    return {};
}

bool is_button(std::string_view key) {
    return key.starts_with("messages.button_") || key == "messages.list_label";
}

/// Whatever says it.
Result<void> check_text(std::string_view key, const BookText& text) {
    constexpr std::string_view kStart = "messages.";
    const bool is_key = key.size() > kStart.size() && key.size() <= 64 && key.starts_with(kStart) &&
                        std::ranges::all_of(key.substr(kStart.size()), [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                        });
    if (!is_key) {
        return bad(key, "bad_key", key);
    }
    if (trim(text.hindi).empty()) {
        return bad(key, "no_hindi", key);
    }
    if (trim(text.english).empty()) {
        return bad(key, "no_english", key);
    }
    if (is_button(key)) {
        HAAT_TRY(check_length(key, text, kButtonMax, "long_button"));
    }
    return check_length(key, text, kSayMax, "long_text");
}

/// The texts of one dialogue; `said` gets their keys.
Result<void> check_said(const BookSource& source, const Script& script,
                        std::span<const ActionSpec> actions, const BookSource& shipped,
                        Names& said) {
    const Names filled = filled_by(script, actions);
    for (const ScriptStep& step : std::views::values(script.steps)) {
        for (const std::string* key : {&step.say, &step.ask}) {
            if (key->empty()) {
                continue;
            }
            const BookText& text = source.texts.find(*key)->second;
            Names names = filled;
            add_shipped(names, shipped, *key);
            HAAT_TRY(check_filled(*key, text, names));
            HAAT_TRY(check_length(*key, text, key == &step.ask ? kAskMax : kSayMax, "long_text"));
            said.insert(*key);
        }
        for (const ScriptChoice& choice : step.choices) {
            const BookText& text = source.texts.find(choice.text_key)->second;
            HAAT_TRY(check_filled(choice.text_key, text, {}));
            HAAT_TRY(check_length(choice.text_key, text, kButtonMax, "long_button"));
            said.insert(choice.text_key);
        }
    }
    return {};
}

std::int64_t line_at(std::string_view json, std::size_t at) {
    return 1 + std::ranges::count(json.substr(0, at), '\n');
}

}  // namespace

Result<void> check_texts(const BookSource& source,
                         const std::map<std::string, Script, std::less<>>& scripts,
                         std::span<const ActionSpec> actions, const BookSource& shipped) {
    for (const auto& [key, text] : source.texts) {
        HAAT_TRY(check_text(key, text));
    }
    Names said;
    for (const Script& script : std::views::values(scripts)) {
        HAAT_TRY(check_said(source, script, actions, shipped, said));
    }
    for (const auto& [key, text] : source.texts) {
        if (!said.contains(key)) {
            Names names;
            add_shipped(names, shipped, key);
            HAAT_TRY(check_filled(key, text, names));
        }
    }
    return {};
}

std::string texts_json(const BookSource& source) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [key, text] : source.texts) {
        json.key(key).begin_object();
        json.field("hi", text.hindi).field("en", text.english).end_object();
    }
    return json.end_object().take();
}

std::int64_t line_of(std::string_view json, std::string_view name) {
    const std::size_t at = json.find("\"" + std::string(name) + "\"");
    return at == std::string_view::npos ? 0 : line_at(json, at);
}

std::int64_t line_of_error(std::string_view json) {
    boost::json::stream_parser parser;
    boost::system::error_code error;
    const std::size_t read = parser.write_some(json.data(), json.size(), error);
    if (!error) {
        parser.finish(error);
    }
    return error || read < json.size() ? line_at(json, read) : 0;
}

}  // namespace haat::messaging
