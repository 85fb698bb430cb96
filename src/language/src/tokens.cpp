#include "tokens.hpp"

#include <array>
#include <cstring>

namespace haat::language {
namespace {

constexpr char32_t kBlank = U' ';

// One code point from `text` at `at`, which moves on; malformed bytes read as blanks.
char32_t decode(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned lead = byte(at++);
    if (lead < 0x80) return lead;
    int more = 0;
    char32_t value = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
        more = 1, value = lead & 0x1FU;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        more = 2, value = lead & 0x0FU;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        more = 3, value = lead & 0x07U;
    } else {
        return kBlank;
    }
    for (int i = 0; i < more; ++i) {
        const unsigned c = byte(at);
        if ((c & 0xC0U) != 0x80U) return kBlank;
        value = (value << 6U) | (c & 0x3FU);
        ++at;
    }
    return value;
}

bool is_dropped(char32_t c) {
    return (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF || c == 0xAD ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0x93C || (c >= 0x300 && c <= 0x36F);
}

// A nukta letter becomes its plain one: both are written, and no pair of words differs by it here.
char32_t plain(char32_t c) {
    switch (c) {
        case 0x958:
            return 0x915;
        case 0x959:
            return 0x916;
        case 0x95A:
            return 0x917;
        case 0x95B:
            return 0x91C;
        case 0x95C:
            return 0x921;
        case 0x95D:
            return 0x922;
        case 0x95E:
            return 0x92B;
        case 0x95F:
            return 0x92F;
        case 0x929:
            return 0x928;
        case 0x931:
            return 0x930;
        case 0x934:
            return 0x933;
        case 0x970:
            return U'.';
        default:
            break;
    }
    if (c >= U'A' && c <= U'Z') return c + 32;
    if (c >= 0xFF01 && c <= 0xFF5E) return plain(c - 0xFF01 + 0x21);  // full width
    if (c >= 0xC0 && c <= 0xFF) {
        constexpr std::string_view kLatin =
            "aaaaaaaceeeeiiiidnooooo.ouuuuy.saaaaaaaceeeeiiiidnooooo.ouuuuy.y";
        const char letter = kLatin[c - 0xC0];
        return letter == '.' ? kBlank : static_cast<char32_t>(letter);
    }
    return c;
}

bool is_devanagari_letter(char32_t c) {
    return c >= 0x900 && c <= 0x97F && c != 0x964 && c != 0x965 && !(c >= 0x966 && c <= 0x96F);
}
bool is_roman_letter(char32_t c) { return c >= U'a' && c <= U'z'; }

int digit_of(char32_t c) {
    if (c >= U'0' && c <= U'9') return static_cast<int>(c - U'0');
    if (c >= 0x966 && c <= 0x96F) return static_cast<int>(c - 0x966);
    return -1;
}

char symbol_of(char32_t c) {
    switch (c) {
        case 0x20B9:
        case 0x20A8:
            return '$';
        case 0x964:
        case 0x965:
        case U'\n':
        case U'\r':
        case U';':
        case U'!':
            return '.';
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2212:
            return '-';
        case 0xD7:
            return 'x';
        case 0xBD:
            return 'h';  // ½
        case 0xBC:
            return 'q';  // ¼
        case 0xBE:
            return 't';  // ¾
        case U'@':
        case U'/':
        case U'-':
        case U'#':
        case U'.':
        case U',':
        case U':':
        case U'?':
        case U'=':
        case U'+':
        case U'%':
        case U'(':
        case U')':
        case U'*':
        case U'&':
        case U'|':
        case U'_':
            return static_cast<char>(c);
        default:
            return '\0';
    }
}

std::uint64_t hash_of(std::span<const char32_t> word) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char32_t c : word) {
        // Chandrabindu and anusvara are one mark for spelling's sake.
        hash = (hash ^ (c == 0x901 ? 0x902 : c)) * 0x100000001b3ULL;
    }
    return hash == 0 ? 1 : hash;
}

class Tokenizer {
 public:
    Tokenizer(std::string_view text, std::vector<Token>& out) : text_(text), out_(out) { next(); }

    void run() {
        while (!done_ && out_.size() < kMostTokens) {
            if (is_devanagari_letter(c_) || is_roman_letter(c_)) {
                word();
            } else if (digit_of(c_) >= 0) {
                number();
            } else {
                mark();
            }
        }
    }

 private:
    void next() {
        do {
            begin_ = at_;
            if (at_ >= text_.size()) {
                done_ = true;
                c_ = 0;
                return;
            }
            c_ = plain(decode(text_, at_));
        } while (is_dropped(c_));
    }

    // The code point after the current one, without moving.
    [[nodiscard]] char32_t peek() const {
        std::size_t at = at_;
        char32_t c = 0;
        do {
            if (at >= text_.size()) return 0;
            c = plain(decode(text_, at));
        } while (is_dropped(c));
        return c;
    }

    Token& add(TokenKind kind, std::size_t begin) {
        Token& token = out_.emplace_back();
        token.kind = kind;
        token.begin = static_cast<std::uint32_t>(begin);
        token.glued = glued_;
        glued_ = true;
        return token;
    }

    void word() {
        std::array<char32_t, 48> letters{};
        std::size_t size = 0;
        const std::size_t begin = begin_;
        const bool devanagari = is_devanagari_letter(c_);
        std::size_t end = at_;
        while (!done_) {
            const bool letter = devanagari ? is_devanagari_letter(c_) : is_roman_letter(c_);
            const bool apostrophe = (c_ == U'\'' || c_ == 0x2019) && is_roman_letter(peek());
            // Dots inside short forms: कि.ग्रा., k.g.
            const bool dot =
                c_ == U'.' && size > 0 && size <= 3 &&
                (devanagari ? is_devanagari_letter(peek()) : is_roman_letter(peek())) &&
                (size == 1 || devanagari);
            if (!letter && !apostrophe && !dot) break;
            if (letter && size < letters.size()) letters[size++] = c_;
            end = at_;
            next();
        }
        const std::span<const char32_t> spelling(letters.data(), size);
        Token& token = add(TokenKind::kWord, begin);
        token.devanagari = devanagari;
        token.end = static_cast<std::uint32_t>(end);
        token.surface = hash_of(spelling);
        token.key = tight_key(spelling);
    }

    void number() {
        Token& token = add(TokenKind::kNumber, begin_);
        std::int64_t value = 0;
        std::int64_t place = kScale / 10;
        std::size_t end = at_;
        while (!done_) {
            const int digit = digit_of(c_);
            if (digit >= 0) {
                if (token.decimal) {
                    value += digit * place;
                    place /= 10;
                } else if (++token.digits <= 12) {
                    value = value * 10 + digit * kScale;
                }
                token.key.push(static_cast<char>('0' + digit));
            } else if (c_ == U',' && !token.decimal && token.digits <= 3 + 9 && grouping()) {
                // Indian commas
            } else if (c_ == U'.' && !token.decimal && digit_of(peek()) >= 0) {
                token.decimal = true;
            } else {
                break;
            }
            end = at_;
            next();
        }
        if (token.digits <= 12) token.number = value;
        token.end = static_cast<std::uint32_t>(end);
    }

    // A comma groups if three digits follow it, or two and then another comma (1,20,000).
    [[nodiscard]] bool grouping() const {
        std::size_t at = at_;
        int count = 0;
        char32_t c = 0;
        while (at < text_.size() && count < 4) {
            c = plain(decode(text_, at));
            if (digit_of(c) < 0) break;
            ++count;
            c = 0;
        }
        return count == 3 || (count == 2 && c == U',');
    }

    void mark() {
        const char symbol = symbol_of(c_);
        if (symbol == '\0') {
            glued_ = c_ == U'\'' || c_ == U'"';
            next();
            return;
        }
        if (symbol == '.' && after_currency()) {  // "rs. 40", "रु. किलो"
            next();
            return;
        }
        if (symbol == ':' && after_six()) {  // "छ: किलो": a colon for the visarga
            next();
            return;
        }
        const bool breaks = symbol == '.' || symbol == ',' || symbol == '?' || symbol == ':' ||
                            symbol == '(' || symbol == ')' || symbol == '|' || symbol == '*';
        Token& token = add(breaks ? TokenKind::kBreak : TokenKind::kSymbol, begin_);
        token.symbol = symbol;
        token.end = static_cast<std::uint32_t>(at_);
        token.key.push(symbol);
        next();
        if (symbol == '/' && c_ == U'-') {  // "450/-" is money
            token.symbol = '$';
            token.key = {};
            token.key.push('$');
            next();
        }
    }

    [[nodiscard]] bool after_six() const {
        return glued_ && !out_.empty() &&
               text_.substr(out_.back().begin, out_.back().end - out_.back().begin) == "छ";
    }

    [[nodiscard]] bool after_currency() const {
        if (!glued_ || out_.empty() || out_.back().kind != TokenKind::kWord) return false;
        const std::string_view key = out_.back().key.view();
        return key == "rs" || key == "ru";
    }

    std::string_view text_;
    std::vector<Token>& out_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    char32_t c_ = 0;
    bool done_ = false;
    bool glued_ = false;
};

}  // namespace

void tokenize(std::string_view text, std::vector<Token>& out) { Tokenizer(text, out).run(); }

}  // namespace haat::language
