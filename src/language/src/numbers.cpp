#include "numbers.hpp"

#include <algorithm>

namespace haat::language {
namespace {

constexpr std::int64_t kLargest = 1'000'000'000'000 * kScale / 10;  // 10^11
constexpr std::int64_t kQuarter = kScale / 4;

const Meaning* meaning_at(const Message& m, std::size_t at, Kind kind) {
    if (at >= m.size()) return nullptr;
    for (std::uint32_t i = m.first_candidate[at]; i < m.first_candidate[at + 1]; ++i) {
        if (m.candidates[i].meaning.kind == kind && m.candidates[i].length == 1) {
            return &m.candidates[i].meaning;
        }
    }
    return nullptr;
}

bool carries_classifier(const Token& token) {
    const std::string_view key = token.key.view();
    return key.size() > 2 && (key.ends_with("go") || key.ends_with("ta") || key.ends_with("To"));
}

// "35 kar do": do it, not two. By its letters, for "kar" is one word with "ka" and "ke".
bool is_verb_kar(const Token& token) {
    return token.key.view() == "kar" || token.key.view() == "kr";
}

// One number without range: a small state machine over words, digits and multipliers.
class NumberParser {
 public:
    NumberParser(const Message& message, std::size_t at) : m_(message), begin_(at), at_(at) {}

    std::optional<Span> run() {
        while (at_ < m_.size() && take()) ++at_;
        take_and_a_half();
        if (!any_) return std::nullopt;
        if (pending_fraction_ && !settle_fraction_alone()) return std::nullopt;
        Span span{.kind = Kind::kNumber,
                  .begin = static_cast<std::uint16_t>(begin_),
                  .end = static_cast<std::uint16_t>(at_),
                  .article = article_ && at_ == begin_ + 1,
                  .counted = counted_};
        span.number = span.low = total_ + current_;
        return span;
    }

 private:
    bool take() {
        const Token& token = m_.tokens[at_];
        if (token.kind == TokenKind::kBreak) return false;
        if (token.kind == TokenKind::kSymbol) return take_half_sign(token.symbol);
        if (token.kind == TokenKind::kNumber) return take_digits(token);
        if (const Meaning* meaning = meaning_at(m_, at_, Kind::kMultiplier)) {
            return take_multiplier(*meaning, token);
        }
        if (const Meaning* meaning = meaning_at(m_, at_, Kind::kFraction)) {
            return take_fraction(static_cast<Fraction>(meaning->value));
        }
        if (const Meaning* meaning = meaning_at(m_, at_, Kind::kNumber)) {
            return take_word(*meaning, token);
        }
        static constexpr Meaning kEnglishOne{.kind = Kind::kNumber, .value = 1};
        return any_ && token.key.view() == "one" && take_english_units(kEnglishOne, token);
    }

    // Where "and a half" that begins at `at` ends; 0 if it does not stand there.
    [[nodiscard]] std::size_t and_a_half(std::size_t at) const {
        if (!m_.has(at, Cue::kAnd)) return 0;
        const std::size_t half = at + (m_.has(at + 1, Cue::kOne) ? 2 : 1);
        const Meaning* meaning = meaning_at(m_, half, Kind::kFraction);
        const bool is =
            meaning != nullptr && static_cast<Fraction>(meaning->value) == Fraction::kHalf;
        return is ? half + 1 : 0;
    }

    // "two and a half", "one and a half"
    void take_and_a_half() {
        const bool one = !any_ && m_.has(at_, Cue::kOne);
        const std::size_t end = pending_fraction_ ? 0 : and_a_half(one ? at_ + 1 : at_);
        if (end == 0 || !(any_ || one)) return;
        current_ += (one ? kScale : 0) + 2 * kQuarter;
        any_ = true;
        article_ = false;
        at_ = end;
    }

    // A unit count may follow nothing, a fraction or a larger multiplier ("do sau | pachas").
    [[nodiscard]] bool may_add(std::int64_t value) const {
        if (!any_ || pending_fraction_) return true;
        return last_multiplier_ > 0 && value < last_multiplier_;
    }

    bool add(std::int64_t value) {
        if (!may_add(value)) return false;
        if (pending_fraction_) {
            value += pending_delta_;
            pending_fraction_ = false;
        }
        current_ += value;
        part_ = value;
        last_multiplier_ = 0;
        any_ = true;
        return current_ < kLargest;
    }

    bool take_digits(const Token& token) {
        if (token.digits > 9 || (any_ && !pending_fraction_ && last_multiplier_ == 0)) return false;
        return add(token.number);
    }

    // "twenty two": English names the tens and then the rest.
    bool take_english_units(const Meaning& meaning, const Token& token) {
        const std::int64_t tens = part_ / kScale;
        const Token& before = m_.tokens[at_ - 1];
        const bool follows = !pending_fraction_ && last_multiplier_ == 0 && part_ % kScale == 0 &&
                             tens % 10 == 0 && tens >= 20 && tens <= 90 && meaning.value >= 1 &&
                             meaning.value <= 9 && before.key.view().ends_with("ti") &&
                             !token.devanagari && !before.devanagari;
        if (!follows) return false;
        current_ += meaning.value * kScale;
        part_ += meaning.value * kScale;
        return true;
    }

    // "mere pas do gay hai": more than one animal is counted
    [[nodiscard]] bool animals(const Meaning& number) const {
        const Meaning* goods = meaning_at(m_, at_ + 1, Kind::kProduct);
        return number.value > 1 && goods != nullptr &&
               m_.lexicon.products[static_cast<std::size_t>(goods->value)].animal;
    }

    bool take_word(const Meaning& meaning, const Token& token) {
        const bool weak = m_.has(at_, Cue::kWeakNumber) && !carries_classifier(token);
        // "9 hazar ek": nine thousand each, but "ek sau ek rupaye" is 101
        const bool one = meaning.value == 1 && last_multiplier_ > 0;
        if (one && !measures(m_, at_ + 1) && !(begin_ == 0 && at_ + 1 == m_.size())) return false;
        const bool adds = last_multiplier_ > 0;
        const bool rate_before = at_ > 0 && m_.tokens[at_ - 1].symbol == '@';
        const bool rate_behind =
            at_ + 1 < m_.size() && (m_.tokens[at_ + 1].symbol == '/' || m_.has(at_ + 1, Cue::kPer));
        const bool rated = rate_before || rate_behind;
        if (at_ > 0 && is_verb_kar(m_.tokens[at_ - 1]) && m_.has(at_, Cue::kDoIt)) return false;
        // "उतना घटा दो": do, not two
        const bool orders = m_.has(at_, Cue::kDoIt) && at_ > 0 && !measures(m_, at_ + 1) &&
                            !m_.may_be(at_ + 1, Kind::kProduct) &&
                            m_.has_any(at_ - 1, {Cue::kVerb, Cue::kChanged, Cue::kRemove,
                                                 Cue::kSend, Cue::kTell, Cue::kTake});
        if (orders) return false;
        if (any_ && take_english_units(meaning, token)) return true;
        // "chhe gudiya": at the head of a clause, goods behind it
        const bool counts = (at_ == 0 || m_.breaks(at_ - 1)) &&
                            m_.may_be(at_ + 1, Kind::kProduct) && !m_.has(at_ + 1, Cue::kOrdinary);
        if (weak && !pending_fraction_ && !adds && !rated && !counts && !animals(meaning) &&
            !measures(m_, at_ + 1)) {
            return false;
        }
        // "do sau tin": the unit, not 203
        if (weak && adds && m_.may_be(at_, Kind::kUnit) && !measures(m_, at_ + 1)) return false;
        if (m_.misspelt[at_] != 0 && !measures(m_, at_ + 1) && !any_) return false;
        article_ = meaning.value == 1;
        if (!add(meaning.value * kScale)) return false;
        counted_ = carries_classifier(token);
        return true;
    }

    bool take_multiplier(const Meaning& meaning, const Token& token) {
        const std::int64_t by = meaning.value * kScale;
        const bool short_form = token.key.size == 1;  // "5k"
        if (short_form && !(any_ && token.glued)) return false;
        if (!any_ && m_.has(at_, Cue::kWeakNumber) && !measures(m_, at_ + 1)) return false;
        if (last_multiplier_ > 0 && by <= last_multiplier_ && !pending_fraction_) return false;
        std::int64_t factor = current_ == 0 ? kScale : current_;
        if (pending_fraction_) {  // sawa sau, dedh hazar
            factor = pending_alone_;
            if (factor == 0) return false;
            if (by / kScale == 100) {
                current_ += factor * 100;
            } else {
                total_ += factor * (by / kScale);
            }
            pending_fraction_ = false;
        } else if (by / kScale == 100) {
            const std::int64_t rest = current_ - part_;
            current_ = rest + (part_ == 0 ? kScale : part_) * 100;
        } else {
            if (factor > kLargest / (by / kScale)) return false;
            total_ += factor * (by / kScale);
            current_ = 0;
        }
        part_ = 0;
        last_multiplier_ = by;
        any_ = true;
        return total_ < kLargest && current_ < kLargest;
    }

    bool take_fraction(Fraction fraction) {
        if (pending_fraction_ || (any_ && last_multiplier_ == 0)) return false;
        if (fraction == Fraction::kHalf && !measures(m_, at_ + 1)) return false;  // "half of it"
        pending_fraction_ = true;
        any_ = true;
        switch (fraction) {
            case Fraction::kHalf:
                pending_alone_ = 2 * kQuarter, pending_delta_ = 0;
                break;
            case Fraction::kThreeQuarters:
                pending_alone_ = 3 * kQuarter, pending_delta_ = 0;
                break;
            case Fraction::kSawa:
                pending_alone_ = 5 * kQuarter, pending_delta_ = kQuarter;
                break;
            case Fraction::kDedh:
                pending_alone_ = 6 * kQuarter, pending_delta_ = 0;
                break;
            case Fraction::kDhai:
                pending_alone_ = 10 * kQuarter, pending_delta_ = 0;
                break;
            case Fraction::kSadhe:
                pending_alone_ = 0, pending_delta_ = 2 * kQuarter;
                break;
            case Fraction::kPaune:
                pending_alone_ = 3 * kQuarter, pending_delta_ = -kQuarter;
                break;
        }
        whole_by_itself_ = fraction != Fraction::kSadhe && fraction != Fraction::kPaune;
        if (pending_delta_ == 0) {  // dedh, dhai: a number, only a multiplier may follow
            if (meaning_at(m_, at_ + 1, Kind::kMultiplier) != nullptr) return true;
            current_ += pending_alone_;
            part_ = pending_alone_;
            pending_fraction_ = false;
            last_multiplier_ = 0;
        }
        return true;
    }

    bool take_half_sign(char symbol) {
        if (symbol != 'h' && symbol != 'q' && symbol != 't') return false;
        if (any_ && last_multiplier_ != 0) return false;
        current_ += symbol == 'h' ? 2 * kQuarter : symbol == 'q' ? kQuarter : 3 * kQuarter;
        any_ = true;
        return true;
    }

    // "sawa kilo" is 1.25; "sadhe" alone is nothing.
    bool settle_fraction_alone() {
        if (!whole_by_itself_) return false;
        current_ += pending_alone_;
        return true;
    }

    const Message& m_;
    std::size_t begin_;
    std::size_t at_;
    std::int64_t total_ = 0;
    std::int64_t current_ = 0;
    std::int64_t part_ = 0;  ///< The last unit count, which "sau" multiplies.
    std::int64_t last_multiplier_ = 0;
    std::int64_t pending_alone_ = 0;
    std::int64_t pending_delta_ = 0;
    bool pending_fraction_ = false;
    bool whole_by_itself_ = false;
    bool any_ = false;
    bool article_ = false;
    bool counted_ = false;
};

bool is_date_like(const Message& m, std::size_t at) {  // 12-11-2026
    return at + 2 < m.size() && m.tokens[at + 1].symbol == '-' &&
           m.tokens[at + 2].kind == TokenKind::kNumber;
}

// Where the second number of a range begins after one that ended at `end`; 0 if none does.
std::size_t range_continues(const Message& m, const Span& first) {
    const std::size_t end = first.end;
    if (end >= m.size()) return 0;
    const Token& token = m.tokens[end];
    if (token.symbol == '-' && end + 1 < m.size() && !is_date_like(m, end + 1)) return end + 1;
    if (m.has(end, Cue::kOr)) return end + 1;
    const Meaning* marker = meaning_at(m, end, Kind::kDateMarker);
    if (marker != nullptr && static_cast<DateMarker>(marker->value) == DateMarker::kFrom)
        return end + 1;
    if (token.kind == TokenKind::kWord && meaning_at(m, end, Kind::kNumber) != nullptr) return end;
    return 0;
}

}  // namespace

bool measures(const Message& message, std::size_t at) {
    if (at >= message.size()) return false;
    return message.may_be(at, Kind::kUnit) || message.may_be(at, Kind::kMultiplier) ||
           message.may_be(at, Kind::kCurrency) ||
           message.has_any(
               at, {Cue::kDay, Cue::kWeek, Cue::kMonthWord, Cue::kPeople, Cue::kOtherUnit}) ||
           (message.may_be(at, Kind::kNumber) && !message.has(at, Cue::kWeakNumber));
}

std::optional<Span> parse_number(const Message& message, std::size_t at) {
    std::optional<Span> first = NumberParser(message, at).run();
    if (!first || first->counted) return first;
    std::size_t next = range_continues(message, *first);
    if (next == 0) return first;
    if (next > first->end && message.may_be(next, Kind::kCurrency)) ++next;  // "900 se Rs 1500"
    const std::optional<Span> second = NumberParser(message, next).run();
    if (second && second->number == first->number && measures(message, second->end)) {
        first->each = true;
        first->end = second->end;  // "2-2 quintal": two of each
        return first;
    }
    if (!second || second->number <= first->number) return first;
    const bool words = next == first->end;
    if (words && second->number > first->number * 3) return first;
    const Meaning* until = meaning_at(message, second->end, Kind::kDateMarker);
    const bool up_to = until != nullptr && second->number >= 100 * kScale &&
                       static_cast<DateMarker>(until->value) == DateMarker::kUntil;
    if (up_to && !words) {  // "12000 se 15000 tak"
        first->end = static_cast<std::uint16_t>(second->end + 1);
        return first;
    }
    const bool rated = message.has(second->end, Cue::kPer) ||  // "Rs 45-50 per kg"
                       (second->end < message.size() && message.tokens[second->end].symbol == '/');
    const bool counts = message.may_be(second->end, Kind::kProduct);  // "20-25 frock"
    if (!measures(message, second->end) && !words && !rated && !counts) return first;
    if (words && !measures(message, second->end)) return first;
    // "2-3 sau": the multiplier behind the second number is meant for both.
    std::int64_t low = first->number;
    if (second->number > first->number * 20 && second->end - next > 1) {
        for (const std::int64_t by : {100, 1000, 100000}) {
            if (second->number % by == 0 && first->number < second->number / by)
                low = first->number * by;
        }
    }
    first->end = second->end;
    first->number = low;
    first->low = low;
    first->article = false;
    return first;
}

}  // namespace haat::language
