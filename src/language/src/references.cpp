#include "references.hpp"

#include <algorithm>

#include "context.hpp"
#include "numbers.hpp"

namespace haat::language {
namespace {

class Finder {
 public:
    explicit Finder(Message& message) : m_(message) {}

    Reference run() {
        for (std::size_t i = 0; i < m_.size(); ++i) {
            if (m_.span_of[i] < 0) phone(i);
        }
        for (std::size_t i = 0; i < m_.size(); ++i) {
            if (m_.span_of[i] < 0) size(i);
        }
        for (std::size_t i = 0; i < m_.size() && found_.text.empty(); ++i) {
            if (m_.has(i, Cue::kOrder) || m_.tokens[i].symbol == '#') beside_order(i);
        }
        for (std::size_t i = 0; i < m_.size() && found_.text.empty(); ++i) {
            if (const std::size_t end = code_end(i);
                end != 0 && m_.tokens[i].kind == TokenKind::kWord) {
                take(i, end, true);
            }
        }
        for (std::size_t i = 0; i < m_.size() && found_.text.empty(); ++i) bare(i);
        for (std::size_t i = 0; i < m_.size(); ++i) {
            if (m_.span_of[i] < 0) after_number_word(i);
            if (m_.span_of[i] < 0) before_number_word(i);
        }
        return found_;
    }

 private:
    [[nodiscard]] bool number(std::size_t at) const {
        return at < m_.size() && m_.tokens[at].kind == TokenKind::kNumber;
    }
    [[nodiscard]] char raw(std::size_t at) const { return m_.text[m_.tokens[at].begin]; }

    void ignore(std::size_t begin, std::size_t end, Ignored why) {
        add_span(m_, {.kind = Kind::kIgnored,
                      .begin = static_cast<std::uint16_t>(begin),
                      .end = static_cast<std::uint16_t>(end),
                      .value = static_cast<std::int32_t>(why)});
    }

    void phone(std::size_t at) {
        if (!number(at)) return;
        const Token& token = m_.tokens[at];
        const auto five = [&](std::size_t i) { return number(i) && m_.tokens[i].digits == 5; };
        std::size_t end = at + 1;
        bool is = token.digits >= 10 && !token.decimal;
        if (!is && five(at) && five(at + 1) && m_.tokens[at].key.letters[0] >= '6') {
            is = true;
            end = at + 2;
        }
        const bool hidden = at + 1 < m_.size() && m_.tokens[at + 1].glued && token.digits >= 3 &&
                            (raw(at + 1) == 'x' || raw(at + 1) == 'X' || raw(at + 1) == '*') &&
                            m_.tokens[at + 1].end - m_.tokens[at + 1].begin >= 2;
        if (hidden) is = true, end = at + 2;
        if (!is && token.digits >= 5 && token.key.letters[0] == '0') is = true;
        if (!is) return;
        m_.all.add(Cue::kHasPhone);
        ignore(at, end, Ignored::kPhone);
    }

    // "14x16 inch", "6 by 4 feet", "size 38".
    void size(std::size_t at) {
        if (m_.has(at, Cue::kSize) && number(at + 1) && !measures(m_, at + 2) &&
            m_.span_of[at + 1] < 0) {
            const bool range = number(at + 3) && !measures(m_, at + 4) && m_.span_of[at + 3] < 0 &&
                               (m_.may_be(at + 2, Kind::kDateMarker) || m_.has(at + 2, Cue::kAnd) ||
                                m_.tokens[at + 2].symbol == '-');  // "size 6 se 9"
            ignore(at + 1, range ? at + 4 : at + 2, Ignored::kSize);
            return;
        }
        if (!m_.number_like(at)) return;
        const bool cross = at + 2 < m_.size() && number(at) && number(at + 2) &&
                           m_.tokens[at + 1].end > 0 &&
                           (raw(at + 1) == 'x' || raw(at + 1) == 'X' ||
                            m_.tokens[at + 1].symbol == 'x' || raw(at + 1) == '*') &&
                           m_.tokens[at + 1].key.size <= 2;
        const bool by =  // "6 by 4 feet", "तीन बाई छह फीट"
            at + 3 < m_.size() && m_.number_like(at + 2) && m_.has(at + 3, Cue::kSize) &&
            (m_.may_be(at + 1, Kind::kDateMarker) || m_.has(at + 1, Cue::kPrefix));
        if (cross || by) {
            std::size_t end = at + 3;
            if (m_.has(end, Cue::kSize)) ++end;
            ignore(at, end, Ignored::kSize);
        } else if (number(at) && m_.has(at + 1, Cue::kSize)) {
            ignore(at, at + 2, Ignored::kSize);
        }
    }

    // Where a code that begins at `at` ends: "HT-204", "4521"; 0 if none does. `named`: "order"
    // stands before it.
    [[nodiscard]] std::size_t code_end(std::size_t at, bool named = false) const {
        if (at >= m_.size() || m_.span_of[at] >= 0) return 0;
        const Token& token = m_.tokens[at];
        if (token.kind == TokenKind::kNumber) {
            if (token.decimal || token.digits > 9 || token.digits < 1) return 0;
            const bool counts = measures(m_, at + 1) && !m_.has(at + 1, Cue::kPhone);
            return counts || m_.has_any(at + 1, {Cue::kPeople, Cue::kOtherUnit}) ? 0 : at + 1;
        }
        if (token.kind != TokenKind::kWord || token.devanagari || token.end - token.begin > 4)
            return 0;
        std::size_t next = at + 1;
        const bool hyphen =
            next < m_.size() && m_.tokens[next].symbol == '-' && m_.tokens[next].glued;
        if (hyphen) ++next;
        if (!number(next) || !m_.tokens[next].glued || m_.tokens[next].decimal) return 0;
        const bool capital = raw(at) >= 'A' && raw(at) <= 'Z';
        if (hyphen && capital && token.end - token.begin == 1) return next + 1;  // "L-55"
        // "order PK-7": letters that would be a unit by themselves
        if (hyphen && capital && named && !m_.may_be(at, Kind::kCurrency)) return next + 1;
        if (m_.may_be(at, Kind::kCurrency) || m_.may_be(at, Kind::kUnit) ||
            m_.may_be(at, Kind::kRate) || m_.may_be(at, Kind::kProduct) ||
            m_.may_be(at, Kind::kMonth) || m_.has(at, Cue::kOrder) || m_.has(at, Cue::kPhone)) {
            return 0;
        }
        return hyphen || m_.tokens[next].digits >= 2 ? next + 1 : 0;
    }

    void beside_order(std::size_t order) {
        std::size_t at = order + 1;
        // "want to order 200 paper bags": a verb
        if (order > 0 && m_.has(order - 1, Cue::kIf) && m_.may_be(at + 1, Kind::kProduct)) return;
        for (int skipped = 0; skipped < 4 && at < m_.size(); ++skipped, ++at) {
            if (const std::size_t end = code_end(at, true); end != 0) {
                take(at, end, true);
                return;
            }
            const Token& token = m_.tokens[at];
            const bool filler = token.symbol == '#' || token.symbol == '.' || token.symbol == ':' ||
                                token.symbol == '-' || token.symbol == '(' ||
                                m_.has_any(at, {Cue::kPhone, Cue::kConnector, Cue::kOrder});
            if (!filler) break;
        }
        // "3309 वाला ऑर्डर", "4521 number order"
        for (std::size_t back = 1; back <= 4 && back <= order; ++back) {
            const std::size_t i = order - back;
            if (number(i) && code_end(i) != 0 && m_.tokens[i].digits >= 2) {
                std::size_t begin = i;
                if (i >= 1 && code_end(i - 1) == i + 1) begin = i - 1;
                if (i >= 2 && code_end(i - 2) == i + 1) begin = i - 2;
                take(begin, i + 1, true);
                return;
            }
            if (!m_.has_any(i, {Cue::kWala, Cue::kPhone, Cue::kConnector}) &&
                m_.tokens[i].symbol != '.') {
                return;
            }
        }
    }

    // A number of four or five digits that stands alone may be an order: "4521 मंजूर है".
    void bare(std::size_t at) {
        if (!number(at) || m_.span_of[at] >= 0) return;
        const Token& token = m_.tokens[at];
        if (token.decimal || token.digits < 3 || token.digits > 6 || measures(m_, at + 1)) return;
        const std::size_t length = token.end - token.begin;
        if (length != token.digits && length != token.digits * 3U) return;  // 4,521 is an amount
        const bool answered =
            m_.all.has_any({Cue::kAccept, Cue::kDecline, Cue::kSent, Cue::kNotGive, Cue::kNotGot,
                            Cue::kNotCome, Cue::kBad}) ||
            m_.has_any(at + 1, {Cue::kAcceptWeak});
        if (!answered || m_.all.has(Cue::kPrice) || m_.may_be(at + 1, Kind::kRate)) return;
        if (m_.may_be(at + 1, Kind::kProduct) || m_.has(at + 1, Cue::kSize)) return;
        const bool first =
            at == 0 || m_.has(at + 1, Cue::kWala) ||
            m_.has_any(at + 1, {Cue::kAccept, Cue::kDecline}) ||
            (m_.breaks(at - 1) && m_.has_any(at + 1, {Cue::kConnector, Cue::kAcceptWeak}));
        if (first) take(at, at + 1, false);
    }

    // "OTP 4567", "khata number 1234".
    void after_number_word(std::size_t at) {
        if (!m_.has(at, Cue::kPhone)) return;
        for (std::size_t i = at + 1; i < m_.size() && i <= at + 3; ++i) {
            if (number(i) && m_.span_of[i] < 0 && m_.tokens[i].digits >= 3) {
                if (!measures(m_, i + 1)) ignore(i, i + 1, Ignored::kOther);
                return;
            }
        }
    }

    // "6 number se 10 number tak", "78 number laayi hai", "एक नंबर माल": sizes, marks, grades.
    void before_number_word(std::size_t at) {
        if (!m_.number_like(at) || m_.tokens[at].digits > 3) return;
        const auto is_number_word = [&](std::size_t i) {  // "number", "numbar", "नंबर"
            const std::string_view key = m_.tokens[i].key.view();
            return key.starts_with("namba") || key.starts_with("numb");
        };
        if (!m_.has(at + 1, Cue::kPhone) || !is_number_word(at + 1)) return;
        ignore(at, at + 2, Ignored::kSize);
    }

    void take(std::size_t begin, std::size_t end, bool spoken_of) {
        for (std::size_t i = begin; i < end; ++i) {
            const Token& token = m_.tokens[i];
            if (token.kind == TokenKind::kWord) {
                for (char c : m_.text.substr(token.begin, token.end - token.begin)) {
                    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
                    found_.text += c;
                }
            } else {
                found_.text += token.key.view();
            }
        }
        found_.spoken_of = spoken_of;
        ignore(begin, end, Ignored::kReference);
    }

    Message& m_;
    Reference found_;
};

}  // namespace

Reference find_references(Message& message) {
    message.span_of.resize(message.size(), -1);
    return Finder(message).run();
}

}  // namespace haat::language
