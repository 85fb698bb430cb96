// Reading and writing of audience texts: a lexer, a parser by recursive descent, a printer.
#include <algorithm>
#include <optional>
#include <utility>

#include "audience_words.hpp"
#include "base/assert.hpp"
#include "base/text.hpp"
#include "registry/audience_query.hpp"

namespace haat::registry {
namespace {

using Kind = Audience::Kind;

struct Token {
    enum class Is : std::uint8_t { kEnd, kOpen, kClose, kColon, kNumber, kWord, kQuoted };
    Is is = Is::kEnd;
    std::string text;
    int at = 0;  ///< Code points from 1.
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
/// Ends a bare word. Commas too: "a, b" is a slip for "a or b" and is better refused than guessed.
bool is_special(char c) {
    return is_space(c) || c == '(' || c == ')' || c == ':' || c == '"' || c == '#' || c == ',' ||
           static_cast<unsigned char>(c) < 0x20;
}

std::unexpected<Error> wrong(std::string_view what, int at,
                             std::vector<std::pair<std::string, std::string>> more = {}) {
    std::vector<std::pair<std::string, std::string>> params{{"at", std::to_string(at)}};
    params.insert(params.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
    const std::string code = "registry.audience_" + std::string(what);
    return refuse(ErrorKind::kInvalid, code, std::move(params));
}

class Lexer {
 public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Result<Token> next() {
        while (offset_ < text_.size() && is_space(text_[offset_])) {
            step();
        }
        Token token{.at = at_};
        if (offset_ == text_.size()) {
            return token;
        }
        switch (text_[offset_]) {
            case '(':
                return single(Token::Is::kOpen);
            case ')':
                return single(Token::Is::kClose);
            case ':':
                return single(Token::Is::kColon);
            case '"':
                return quoted();
            case '#':
                step();
                token.is = Token::Is::kNumber;
                token.text = run();
                return token;
            default:
                break;
        }
        token.is = Token::Is::kWord;
        token.text = run();
        if (token.text.empty()) {
            return wrong("character", at_, {{"found", std::string(1, text_[offset_])}});
        }
        return token;
    }

 private:
    void step() {
        do {
            ++offset_;
        } while (offset_ < text_.size() &&
                 (static_cast<unsigned char>(text_[offset_]) & 0xC0U) == 0x80U);
        ++at_;
    }

    Token single(Token::Is is) {
        Token token{.is = is, .text = std::string(1, text_[offset_]), .at = at_};
        step();
        return token;
    }

    std::string run() {
        const std::size_t begin = offset_;
        while (offset_ < text_.size() && !is_special(text_[offset_])) {
            step();
        }
        return std::string(text_.substr(begin, offset_ - begin));
    }

    Result<Token> quoted() {
        Token token{.is = Token::Is::kQuoted, .at = at_};
        step();
        while (offset_ < text_.size() && text_[offset_] != '"') {
            if (text_[offset_] == '\\' && offset_ + 1 < text_.size()) {
                step();
            }
            const std::size_t begin = offset_;
            step();
            token.text += text_.substr(begin, offset_ - begin);
        }
        if (offset_ == text_.size()) {
            return wrong("quote", token.at);
        }
        step();
        return token;
    }

    std::string_view text_;
    std::size_t offset_ = 0;
    int at_ = 1;
};

class Parser {
 public:
    explicit Parser(std::string_view text) : lexer_(text) {}

    Result<Audience> parse() {
        HAAT_TRY(advance());
        if (token_.is == Token::Is::kEnd) {
            return wrong("empty", 1);
        }
        Audience audience = HAAT_TRY(either(nullptr, 0));
        if (token_.is == Token::Is::kClose) {
            return wrong("closed", token_.at);
        }
        if (token_.is != Token::Is::kEnd) {
            return not_joined();
        }
        return audience;
    }

 private:
    Result<void> advance() {
        token_ = HAAT_TRY(lexer_.next());
        return {};
    }

    [[nodiscard]] bool joins(Join join) const {
        return token_.is == Token::Is::kWord && join_from(token_.text) == join;
    }

    /// Something stands where only "and", "or" or the end may.
    std::unexpected<Error> not_joined() {
        if (last_value_.empty() || token_.is != Token::Is::kWord) {
            return wrong("join", token_.at, {{"found", token_.text}});
        }
        return wrong("join_or_quote", token_.at,
                     {{"found", token_.text},
                      {"suggestions", "\"" + last_value_ + " " + token_.text + "\""}});
    }

    /// a or b or c. `key` is set within the brackets behind a colon, where values stand.
    Result<Audience> either(const AudienceField* key, int depth) {
        std::vector<Audience> parts;
        parts.push_back(HAAT_TRY(both(key, depth)));
        while (joins(Join::kOr)) {
            HAAT_TRY(advance());
            parts.push_back(HAAT_TRY(both(key, depth)));
        }
        return any_of(std::move(parts));
    }

    Result<Audience> both(const AudienceField* key, int depth) {
        std::vector<Audience> parts;
        parts.push_back(HAAT_TRY(one(key, depth)));
        while (joins(Join::kAnd)) {
            HAAT_TRY(advance());
            parts.push_back(HAAT_TRY(one(key, depth)));
        }
        return all_of(std::move(parts));
    }

    Result<Audience> one(const AudienceField* key, int depth) {
        if (depth >= kMostAudienceDepth) {
            return wrong("deep", token_.at, {{"most", std::to_string(kMostAudienceDepth)}});
        }
        if (joins(Join::kNot)) {
            HAAT_TRY(advance());
            return none_of(HAAT_TRY(one(key, depth + 1)));
        }
        if (token_.is == Token::Is::kOpen) {
            return bracket(key, depth);
        }
        if (key != nullptr) {
            return value(*key);
        }
        if (joins(Join::kEverybody)) {
            last_value_.clear();
            HAAT_TRY(advance());
            return everybody();
        }
        return condition(depth);
    }

    Result<Audience> bracket(const AudienceField* key, int depth) {
        const int opened_at = token_.at;
        HAAT_TRY(advance());
        Audience inside = HAAT_TRY(either(key, depth + 1));
        if (token_.is == Token::Is::kEnd) {
            return wrong("open", opened_at);
        }
        if (token_.is != Token::Is::kClose) {
            return not_joined();
        }
        last_value_.clear();
        HAAT_TRY(advance());
        return inside;
    }

    /// key:value or key:(values).
    Result<Audience> condition(int depth) {
        const Token word = token_;
        if (word.is != Token::Is::kWord || join_from(word.text)) {
            return wrong("condition", word.at, {{"found", word.text}});
        }
        AudienceField field{};
        const bool known = audience_field_from(word.text, field);
        HAAT_TRY(advance());
        if (!known) {
            const std::string alike = nearest_words(word.text, field_words());
            return wrong(alike.empty() ? "key" : "key_like", word.at,
                         {{"found", word.text}, {"suggestions", alike}});
        }
        if (token_.is != Token::Is::kColon) {
            return wrong("colon", token_.at, {{"found", word.text}});
        }
        HAAT_TRY(advance());
        if (token_.is == Token::Is::kOpen) {
            return bracket(&field, depth);
        }
        return value(field);
    }

    Result<Audience> value(AudienceField field) {
        const bool bare = token_.is == Token::Is::kWord && !join_from(token_.text);
        if (!bare && token_.is != Token::Is::kQuoted && token_.is != Token::Is::kNumber) {
            return wrong("no_value", token_.at, {{"key", std::string(audience_field_name(field))}});
        }
        if (++terms_ > kMostAudienceTerms) {
            return wrong("many", token_.at, {{"most", std::to_string(kMostAudienceTerms)}});
        }
        Audience made = term(field, token_.text);
        made.at = token_.at;
        if (token_.is == Token::Is::kNumber) {
            const std::optional<long long> id = parse_integer(token_.text);
            if (!id || *id <= 0 || token_.text.size() > 18) {
                return wrong("id", token_.at, {{"found", "#" + token_.text}});
            }
            made.id = *id;
            made.text.clear();
        }
        HAAT_TRY(check_term(made));
        last_value_ = bare ? token_.text : "";
        HAAT_TRY(advance());
        if (bare && made.field == AudienceField::kContacted && token_.is == Token::Is::kWord &&
            (token_.text == "दिन" || lower(token_.text) == "days")) {
            HAAT_TRY(advance());  // "7 days" is as good as "7d"
        }
        return made;
    }

    Lexer lexer_;
    Token token_;
    std::string last_value_;  ///< The bare value just read, for "did you forget quotes".
    std::size_t terms_ = 0;
};

/// True for parts that can share one key: place:(a or b).
bool same_field(const std::vector<Audience>& parts) {
    return parts.size() > 1 && std::ranges::all_of(parts, [&](const Audience& part) {
               return part.kind == Kind::kTerm && part.field == parts.front().field;
           });
}

void print_value(std::string& out, const Audience& term, AudienceStyle style) {
    if (term.field == AudienceField::kContacted) {
        out += std::to_string(term.id) + "d";
    } else if (term.id != 0 && (style == AudienceStyle::kIds || term.text.empty())) {
        out += "#" + std::to_string(term.id);
    } else {
        out += audience_value(term.text);
    }
}

void print(std::string& out, const Audience& audience, AudienceStyle style, Kind around) {
    const bool values =
        (audience.kind == Kind::kAny || audience.kind == Kind::kAll) && same_field(audience.parts);
    if (audience.kind == Kind::kTerm) {
        out += audience_field_name(audience.field);
        out += ':';
        print_value(out, audience, style);
        return;
    }
    if (audience.is_everybody()) {
        out += "everybody";
        return;
    }
    if (audience.kind == Kind::kNot) {
        out += "not ";
        print(out, audience.parts.front(), style, Kind::kNot);
        return;
    }
    const std::string_view join = audience.kind == Kind::kAny ? " or " : " and ";
    if (values && audience.kind == Kind::kAny) {
        out += audience_field_name(audience.parts.front().field);
        out += ":(";
        for (std::size_t i = 0; i < audience.parts.size(); ++i) {
            out += i == 0 ? "" : join;
            print_value(out, audience.parts[i], style);
        }
        out += ')';
        return;
    }
    const bool brackets =
        around == Kind::kNot || (around == Kind::kAll && audience.kind == Kind::kAny);
    out += brackets ? "(" : "";
    for (std::size_t i = 0; i < audience.parts.size(); ++i) {
        out += i == 0 ? "" : join;
        print(out, audience.parts[i], style, audience.kind);
    }
    out += brackets ? ")" : "";
}

Audience joined(Kind kind, std::vector<Audience> parts) {
    std::vector<Audience> flat;
    for (Audience& part : parts) {
        if (part.kind == kind) {
            std::ranges::move(part.parts, std::back_inserter(flat));
        } else {
            flat.push_back(std::move(part));
        }
    }
    if (flat.size() == 1) {
        Audience only = std::move(flat.front());
        return only;
    }
    Audience made;
    made.kind = kind;
    made.parts = std::move(flat);
    return made;
}

/// "7", "7d", "7दिन": the number of days; 0 if it is none.
std::int64_t days_of(std::string_view text) {
    for (const std::string_view unit : {"days", "d", "D", "दिन"}) {
        if (text.ends_with(unit)) {
            text.remove_suffix(unit.size());
            break;
        }
    }
    const std::optional<long long> days = parse_integer(text);
    return days && *days >= 1 && *days <= kMostContactedDays ? *days : 0;
}

}  // namespace

Audience everybody() { return {}; }

Audience term(AudienceField field, std::int64_t id, std::string text) {
    Audience made;
    made.kind = Kind::kTerm;
    made.field = field;
    made.id = id;
    made.text = std::move(text);
    return made;
}

Audience term(AudienceField field, std::string text) { return term(field, 0, std::move(text)); }

Audience all_of(std::vector<Audience> parts) { return joined(Kind::kAll, std::move(parts)); }

Audience any_of(std::vector<Audience> parts) {
    HAAT_ASSERT(!parts.empty());
    return joined(Kind::kAny, std::move(parts));
}

Audience none_of(Audience part) {
    if (part.kind == Kind::kNot) {
        Audience inner = std::move(part.parts.front());
        return inner;
    }
    Audience made;
    made.kind = Kind::kNot;
    made.parts.push_back(std::move(part));
    return made;
}

Result<void> check_term(Audience& term) {
    constexpr std::size_t kMostNameBytes = 400;
    switch (term.field) {
        case AudienceField::kSpeaks:
        case AudienceField::kReach:
        case AudienceField::kConsent: {
            const std::string_view code = code_of(term.field, term.text);
            if (code.empty()) {
                std::string choices;
                for (const std::string& choice : codes_of(term.field)) {
                    choices += (choices.empty() ? "" : ", ") + choice;
                }
                return wrong("choice", term.at,
                             {{"found", term.text}, {"suggestions", std::move(choices)}});
            }
            term.text = code;
            return {};
        }
        case AudienceField::kContacted:
            if (!term.text.empty()) {
                term.id = days_of(term.text);
                term.text.clear();
            }
            if (term.id < 1 || term.id > kMostContactedDays) {
                return wrong("days", term.at, {{"most", std::to_string(kMostContactedDays)}});
            }
            return {};
        case AudienceField::kTag:
        case AudienceField::kStage:
            if (term.text.empty() || term.text.size() > 60 || term.id != 0) {
                return wrong("tag", term.at);
            }
            return {};
        default:
            if ((term.text.empty() && term.id <= 0) || term.text.size() > kMostNameBytes) {
                return wrong("no_value", term.at,
                             {{"key", std::string(audience_field_name(term.field))}});
            }
            return {};
    }
}

Result<Audience> parse_audience(std::string_view text) {
    if (text.size() > kMostAudienceBytes || !is_utf8(text)) {
        return wrong("long", 1, {{"most", std::to_string(kMostAudienceBytes)}});
    }
    return Parser(text).parse();
}

std::string audience_text(const Audience& audience, AudienceStyle style) {
    std::string out;
    print(out, audience, style, Kind::kTerm);
    return out;
}

std::string audience_value(std::string_view name) {
    const bool bare = !name.empty() && std::ranges::none_of(name, is_special) && !join_from(name) &&
                      name.find('\\') == std::string_view::npos;
    if (bare) {
        return std::string(name);
    }
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

}  // namespace haat::registry
