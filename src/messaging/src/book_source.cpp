#include "messaging/book_source.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <ranges>

#include "base/json_writer.hpp"

namespace haat::messaging {
namespace {

using boost::json::object;

boost::json::value parsed(std::string_view json) {
    return boost::json::parse(boost::json::string_view(json.data(), json.size()));
}

BookText text_from(const object& json) {
    return {.hindi = std::string(json.at("hi").as_string()),
            .english = std::string(json.at("en").as_string())};
}

void write_text(JsonWriter& json, const BookText& text) {
    json.begin_object().field("hi", text.hindi).field("en", text.english).end_object();
}

class Hash {
 public:
    void add(std::string_view text) {
        for (const char c : text) {
            one(static_cast<unsigned char>(c));
        }
        one(0);
    }
    [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(hash_ >> 1U); }

 private:
    void one(unsigned char byte) { hash_ = (hash_ ^ byte) * 1'099'511'628'211U; }
    std::uint64_t hash_ = 14'695'981'039'346'656'037U;  // FNV-1a
};

void note_differences(std::vector<BookChange>& changes, PartKind kind, const auto& names,
                      const BookSource& before, const BookSource& after) {
    for (const std::string& name : names) {
        std::optional<std::string> body = part_of(after, kind, name);
        const bool is_new = std::ranges::none_of(changes, [&](const BookChange& change) {
            return change.kind == kind && change.name == name;
        });
        if (is_new && body != part_of(before, kind, name)) {
            changes.push_back({.kind = kind, .name = name, .body = std::move(body)});
        }
    }
}

}  // namespace

std::int64_t content_of(const BookSource& source) {
    Hash hash;
    for (const auto& [name, json] : source.dialogues) {
        hash.add(name);
        hash.add(json);
    }
    for (const auto& [key, text] : source.texts) {
        hash.add(key);
        hash.add(text.hindi);
        hash.add(text.english);
    }
    return hash.value();
}

std::string to_json(const BookSource& source) {
    JsonWriter json;
    json.begin_object().key("dialogues").begin_object();
    for (const auto& [name, text] : source.dialogues) {
        json.field(name, text);
    }
    json.end_object().key("texts").begin_object();
    for (const auto& [key, text] : source.texts) {
        json.key(key);
        write_text(json, text);
    }
    return json.end_object().end_object().take();
}

BookSource book_source_from_json(std::string_view json) {
    const boost::json::value document = parsed(json);
    BookSource source;
    for (const auto& member : document.at("dialogues").as_object()) {
        source.dialogues.emplace(std::string(member.key()), member.value().as_string());
    }
    for (const auto& member : document.at("texts").as_object()) {
        source.texts.emplace(std::string(member.key()), text_from(member.value().as_object()));
    }
    return source;
}

void add_texts(BookSource& source, std::string_view json) {
    constexpr std::string_view kElsewhere[] = {"messages.demo_",       "messages.delivery_",
                                               "messages.card_",       "messages.rule_",
                                               "messages.button_have", "messages.button_stop"};
    const boost::json::value document = parsed(json);
    for (const auto& member : document.as_object()) {
        const std::string key(member.key());
        const bool is_elsewhere = std::ranges::any_of(
            kElsewhere, [&](std::string_view start) { return key.starts_with(start); });
        if (key.starts_with("messages.") && !is_elsewhere) {
            source.texts.emplace(key, text_from(member.value().as_object()));
        }
    }
}

std::string to_json(const BookText& text) {
    JsonWriter json;
    write_text(json, text);
    return json.take();
}

BookText book_text_from_json(std::string_view json) { return text_from(parsed(json).as_object()); }

std::string_view part_kind_name(PartKind kind) {
    return kind == PartKind::kDialogue ? "dialogue" : "text";
}

std::optional<PartKind> part_kind_from_name(std::string_view name) {
    return name == "dialogue" ? std::optional(PartKind::kDialogue)
           : name == "text"   ? std::optional(PartKind::kText)
                              : std::nullopt;
}

std::optional<std::string> part_of(const BookSource& source, PartKind kind, std::string_view name) {
    if (kind == PartKind::kDialogue) {
        const auto found = source.dialogues.find(name);
        return found == source.dialogues.end() ? std::nullopt : std::optional(found->second);
    }
    const auto found = source.texts.find(name);
    return found == source.texts.end() ? std::nullopt : std::optional(to_json(found->second));
}

void apply(BookSource& source, const BookChange& change) {
    if (change.kind == PartKind::kDialogue) {
        if (change.body) {
            source.dialogues[change.name] = *change.body;
        } else {
            source.dialogues.erase(change.name);
        }
    } else if (change.body) {
        source.texts[change.name] = book_text_from_json(*change.body);
    } else {
        source.texts.erase(change.name);
    }
}

std::vector<BookChange> difference(const BookSource& before, const BookSource& after) {
    std::vector<BookChange> changes;
    for (const BookSource* source : {&before, &after}) {
        note_differences(changes, PartKind::kDialogue, std::views::keys(source->dialogues), before,
                         after);
        note_differences(changes, PartKind::kText, std::views::keys(source->texts), before, after);
    }
    return changes;
}

std::optional<std::vector<std::string>> placeholders_in(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; (at = text.find_first_of("{}", at)) != std::string_view::npos;) {
        const std::size_t close = text.find_first_of("{}", at + 1);
        if (text[at] == '}' || close == std::string_view::npos || text[close] == '{') {
            return std::nullopt;
        }
        const std::string_view name = text.substr(at + 1, close - at - 1);
        const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
        if (!is_name) {
            return std::nullopt;
        }
        names.emplace_back(name);
        at = close + 1;
    }
    return names;
}

}  // namespace haat::messaging
