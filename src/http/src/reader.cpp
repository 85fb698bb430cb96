#include "reader.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/text.hpp"

namespace haat::http {
namespace json = boost::json;
namespace {

constexpr std::size_t kMaxDepth = 32;

bool is_blank(std::string_view text) {
    // White space as ECMAScript's \s has it: ASCII, no-break space, and the Unicode blanks.
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view one = first_code_points(rest, 1);
        const bool blank = one == " " || (one[0] >= '\t' && one[0] <= '\r') || one == "\u00a0" ||
                           one == "\u1680" || (one >= "\u2000" && one <= "\u200a") ||
                           one == "\u2028" || one == "\u2029" || one == "\u202f" ||
                           one == "\u205f" || one == "\u3000" || one == "\ufeff";
        if (!blank) {
            return false;
        }
        rest.remove_prefix(one.size());
    }
    return true;
}

bool fits_text(std::string_view text, const TextRule& rule) {
    if (!is_utf8(text)) {
        return false;
    }
    const std::size_t length = count_code_points(text);
    return length >= rule.min && length <= rule.max && (rule.blank_allowed || !is_blank(text));
}

}  // namespace

bool fits_rule(std::string_view text, const TokenRule& rule) {
    if (text.size() < rule.min || text.size() > rule.max) {
        return false;
    }
    return std::ranges::all_of(text, [&](char c) {
        return (rule.lower && c >= 'a' && c <= 'z') || (rule.upper && c >= 'A' && c <= 'Z') ||
               (rule.digits && c >= '0' && c <= '9') || rule.more.contains(c);
    });
}

Error bad_field(std::string_view field) {
    return {ErrorKind::kInvalid, "http.bad_field", {{"field", std::string(field)}}};
}
Error missing_field(std::string_view field) {
    return {ErrorKind::kInvalid, "http.missing_field", {{"field", std::string(field)}}};
}
Error unknown_field(std::string_view field) {
    return {ErrorKind::kInvalid,
            "http.unknown_field",
            {{"field", std::string(first_code_points(to_utf8_lossy(field), 100))}}};
}

// --- one JSON object ---------------------------------------------------------------------------

std::string Reader::path_of(std::string_view name) const { return prefix_ + std::string(name); }

void Reader::note(Error error) {
    if (!wrong_) {
        wrong_ = std::move(error);
    }
}

void Reader::refuse_field(std::string_view name) { note(bad_field(path_of(name))); }

bool Reader::has(std::string_view name) const { return object_.contains(name); }

const json::value* Reader::take(std::string_view name) {
    asked_.emplace_back(name);
    return object_.if_contains(name);
}

const json::value* Reader::need(std::string_view name) {
    const json::value* value = take(name);
    if (value == nullptr) {
        note(missing_field(path_of(name)));
    }
    return value;
}

std::optional<std::int64_t> Reader::maybe_integer(std::string_view name, std::int64_t min,
                                                  std::int64_t max) {
    const json::value* value = take(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const std::int64_t* number = value->if_int64();
    if (number == nullptr || *number < min || *number > max) {
        refuse_field(name);
        return std::nullopt;
    }
    return *number;
}

std::int64_t Reader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    return need(name) == nullptr ? min : maybe_integer(name, min, max).value_or(min);
}

std::optional<std::string> Reader::maybe_text(std::string_view name, const TextRule& rule) {
    const json::value* value = take(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const json::string* text = value->if_string();
    if (text == nullptr || !fits_text({text->data(), text->size()}, rule)) {
        refuse_field(name);
        return std::nullopt;
    }
    return std::string(text->data(), text->size());
}

std::string Reader::text(std::string_view name, const TextRule& rule) {
    return need(name) == nullptr ? std::string() : maybe_text(name, rule).value_or("");
}

std::optional<std::string> Reader::maybe_token(std::string_view name, const TokenRule& rule) {
    const json::value* value = take(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const json::string* text = value->if_string();
    if (text == nullptr || !fits_rule({text->data(), text->size()}, rule)) {
        refuse_field(name);
        return std::nullopt;
    }
    return std::string(text->data(), text->size());
}

std::string Reader::token(std::string_view name, const TokenRule& rule) {
    return need(name) == nullptr ? std::string() : maybe_token(name, rule).value_or("");
}

std::vector<std::int64_t> Reader::id_list(std::string_view name, const json::value* value,
                                          std::size_t min_items, std::size_t max_items) {
    std::vector<std::int64_t> ids;
    if (value == nullptr) {
        return ids;
    }
    const json::array* list = value->if_array();
    if (list == nullptr || list->size() < min_items || list->size() > max_items) {
        refuse_field(name);
        return ids;
    }
    std::set<std::int64_t> seen;
    for (const json::value& item : *list) {
        const std::int64_t* number = item.if_int64();
        if (number == nullptr || *number < 1 || *number > kMaxId || !seen.insert(*number).second) {
            refuse_field(name);
            return {};
        }
        ids.push_back(*number);
    }
    return ids;
}

std::vector<std::int64_t> Reader::maybe_ids(std::string_view name, std::size_t max_items) {
    return id_list(name, take(name), 0, max_items);
}

std::vector<std::int64_t> Reader::ids(std::string_view name, std::size_t max_items) {
    return id_list(name, need(name), 1, max_items);
}

std::vector<std::string> Reader::maybe_tokens(std::string_view name, const TokenRule& rule,
                                              std::size_t max_items) {
    std::vector<std::string> tokens;
    const json::value* value = take(name);
    if (value == nullptr) {
        return tokens;
    }
    const json::array* list = value->if_array();
    if (list == nullptr || list->size() > max_items) {
        refuse_field(name);
        return tokens;
    }
    std::set<std::string> seen;
    for (const json::value& item : *list) {
        const json::string* text = item.if_string();
        if (text == nullptr || !fits_rule({text->data(), text->size()}, rule) ||
            !seen.emplace(text->data(), text->size()).second) {
            refuse_field(name);
            return {};
        }
        tokens.emplace_back(text->data(), text->size());
    }
    return tokens;
}

std::vector<std::string> Reader::texts(std::string_view name, const TextRule& rule,
                                       std::size_t max_items) {
    std::vector<std::string> texts;
    const json::value* value = need(name);
    if (value == nullptr) {
        return texts;
    }
    const json::array* list = value->if_array();
    if (list == nullptr || list->size() > max_items) {
        refuse_field(name);
        return texts;
    }
    for (const json::value& item : *list) {
        const json::string* text = item.if_string();
        if (text == nullptr || !fits_text({text->data(), text->size()}, rule)) {
            refuse_field(name);
            return {};
        }
        texts.emplace_back(text->data(), text->size());
    }
    return texts;
}

bool Reader::boolean(std::string_view name) {
    const json::value* value = need(name);
    if (value != nullptr && !value->is_bool()) {
        refuse_field(name);
    }
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> Reader::nullable_integer(std::string_view name, std::int64_t min,
                                                     std::int64_t max) {
    const json::value* value = need(name);
    return value == nullptr || value->is_null() ? std::nullopt : maybe_integer(name, min, max);
}

std::optional<std::string> Reader::nullable_text(std::string_view name, const TextRule& rule) {
    const json::value* value = need(name);
    return value == nullptr || value->is_null() ? std::nullopt : maybe_text(name, rule);
}

void Reader::objects(std::string_view name, std::size_t min_items, std::size_t max_items,
                     const std::function<void(Reader&)>& each) {
    const json::value* value = need(name);
    if (value == nullptr) {
        return;
    }
    const json::array* list = value->if_array();
    if (list == nullptr || list->size() < min_items || list->size() > max_items) {
        refuse_field(name);
        return;
    }
    std::size_t index = 0;
    for (const json::value& item : *list) {
        const std::string path = path_of(name) + "." + std::to_string(index++);
        const json::object* object = item.if_object();
        if (object == nullptr) {
            note(bad_field(path));
            return;
        }
        Reader inner(*object, path + ".", wrong_);
        each(inner);
        inner.check_unknown();
    }
}

void Reader::object(std::string_view name, const std::function<void(Reader&)>& each) {
    const json::value* value = need(name);
    if (value == nullptr) {
        return;
    }
    const json::object* object = value->if_object();
    if (object == nullptr) {
        refuse_field(name);
        return;
    }
    Reader inner(*object, path_of(name) + ".", wrong_);
    each(inner);
    inner.check_unknown();
}

void Reader::check_unknown() {
    for (const json::key_value_pair& pair : object_) {
        const std::string_view key(pair.key().data(), pair.key().size());
        if (std::ranges::find(asked_, key) == asked_.end()) {
            note(unknown_field(path_of(key)));
            return;
        }
    }
}

Result<void> Reader::done() {
    check_unknown();
    if (wrong_) {
        return std::unexpected(*wrong_);
    }
    return {};
}

// --- a body ------------------------------------------------------------------------------------

struct Body::Parsed {
    json::value value;
    std::optional<Error> wrong;
};

Body::Body(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Body::Body(Body&&) noexcept = default;
Body& Body::operator=(Body&&) noexcept = default;
Body::~Body() = default;

Result<Body> Body::parse(std::string_view text) {
    auto parsed = std::make_unique<Parsed>();
    json::parse_options options;
    options.max_depth = kMaxDepth;
    json::error_code error;
    parsed->value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !parsed->value.is_object()) {
        return refuse(ErrorKind::kInvalid, "http.bad_json");
    }
    return Body(std::move(parsed));
}

Reader Body::root() { return {parsed_->value.get_object(), "", parsed_->wrong}; }

// --- a query -----------------------------------------------------------------------------------

void QueryReader::note(Error error) {
    if (!wrong_) {
        wrong_ = std::move(error);
    }
}

void QueryReader::refuse_field(std::string_view name) { note(bad_field(name)); }

std::optional<std::string_view> QueryReader::take(std::string_view name) {
    asked_.push_back(name);
    std::optional<std::string_view> found;
    for (const auto& [key, value] : request_.query) {
        if (key != name) {
            continue;
        }
        if (found) {
            refuse_field(name);
        }
        found = value;
    }
    return found;
}

std::optional<std::int64_t> QueryReader::maybe_integer(std::string_view name, std::int64_t min,
                                                       std::int64_t max) {
    const auto text = take(name);
    if (!text) {
        return std::nullopt;
    }
    const auto number = parse_integer(*text);
    if (!number || *number < min || *number > max) {
        refuse_field(name);
        return std::nullopt;
    }
    return *number;
}

std::optional<std::string> QueryReader::maybe_text(std::string_view name, const TextRule& rule) {
    const auto text = take(name);
    if (!text) {
        return std::nullopt;
    }
    if (!fits_text(*text, rule)) {
        refuse_field(name);
        return std::nullopt;
    }
    return std::string(*text);
}

std::string QueryReader::text(std::string_view name, const TextRule& rule) {
    if (!request_.query_value(name)) {
        note(missing_field(name));
    }
    return maybe_text(name, rule).value_or("");
}

std::optional<std::string> QueryReader::maybe_token(std::string_view name, const TokenRule& rule) {
    const auto text = take(name);
    if (!text) {
        return std::nullopt;
    }
    if (!fits_rule(*text, rule)) {
        refuse_field(name);
        return std::nullopt;
    }
    return std::string(*text);
}

Result<void> QueryReader::done() {
    for (const auto& [key, value] : request_.query) {
        if (std::ranges::find(asked_, key) == asked_.end()) {
            note(unknown_field(key));
        }
    }
    if (wrong_) {
        return std::unexpected(*wrong_);
    }
    return {};
}

Paging read_paging(QueryReader& query) {
    Paging paging;
    paging.limit = query.maybe_integer("limit", 1, 200).value_or(50);
    paging.after = query.maybe_token("after", kCursor);
    return paging;
}

std::optional<Cursor> read_cursor(QueryReader& query, const Paging& paging) {
    if (!paging.after) {
        return std::nullopt;
    }
    const std::string_view text = *paging.after;
    const std::size_t dot = text.find('.');
    const auto first = parse_integer(text.substr(0, dot));
    const auto second =
        dot == std::string_view::npos ? std::nullopt : parse_integer(text.substr(dot + 1));
    if (!first || !second || *first < 0 || *second < 0 || *first > kMaxId || *second > kMaxId) {
        query.refuse_field("after");
        return std::nullopt;
    }
    return Cursor{*first, *second};
}

std::string write_cursor(std::int64_t first, std::int64_t second) {
    return std::to_string(first) + "." + std::to_string(second);
}

}  // namespace haat::http
