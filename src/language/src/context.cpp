#include "context.hpp"

#include <algorithm>

#include "numbers.hpp"

namespace haat::language {
namespace {

bool is_symbol(const Message& m, std::size_t at, char symbol) {
    return at < m.size() && m.tokens[at].symbol == symbol;
}

// The token before `at` that is no connector; m.size() if none in this clause.
std::size_t before(const Message& m, std::size_t at) {
    while (at > 0) {
        --at;
        if (m.breaks(at)) return m.size();
        if (!m.has(at, Cue::kConnector)) return at;
    }
    return m.size();
}

std::size_t after(const Message& m, std::size_t at) {
    ++at;
    while (at < m.size() && m.has(at, Cue::kConnector)) ++at;
    return m.breaks(at) ? m.size() : at;
}

bool quantity_beside(const Message& m, std::size_t begin, std::size_t end) {
    const std::size_t left = before(m, begin);
    const std::size_t right = after(m, end - 1);
    const auto counts = [&](std::size_t at) {
        return at < m.size() && (m.number_like(at) || m.may_be(at, Kind::kUnit));
    };
    return counts(left) || counts(right);
}

bool another_product(const Message& m, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < m.size(); ++i) {
        if (i >= begin && i < end) continue;
        if (m.may_be(i, Kind::kProduct) && !m.has_any(i, {Cue::kOrdinary, Cue::kGive})) return true;
    }
    return false;
}

// A number with a unit of goods stands anywhere in the message.
bool counted_somewhere(const Message& m) {
    for (std::size_t i = 0; i + 1 < m.size(); ++i) {
        if (m.number_like(i) && m.may_be(i + 1, Kind::kUnit)) return true;
    }
    return false;
}

bool unit_fits(const Message& m, std::size_t at) {
    // "150 diya pack kar rahe hain"
    if (m.has(at, Cue::kWeakUnit) && m.has_any(at + 1, {Cue::kDoIt}) && m.has(at + 1, Cue::kVerb))
        return false;
    std::size_t left = before(m, at);
    // "बीस गो टोकरी": the classifier counts, the basket is what is counted.
    const bool classified = left < m.size() && left > 0 && m.may_be(left, Kind::kUnit) &&
                            m.has(left, Cue::kWeakUnit) && m.number_like(left - 1);
    if (classified && m.may_be(at, Kind::kProduct)) left = left - 1;
    const bool measured =
        left < m.size() &&
        (m.number_like(left) || m.may_be(left, Kind::kCurrency) || m.may_be(left, Kind::kRate) ||
         is_symbol(m, left, '/') || m.may_be(left, Kind::kUnit) ||
         m.has_any(left, {Cue::kEvery, Cue::kPer, Cue::kOne}));
    if (measured) {
        // "5 bag" is five bags of goods that are named, or bags for sale if nothing else is.
        return !m.may_be(at, Kind::kProduct) || another_product(m, at, at + 1) ||
               !m.number_like(left) || m.has(at, Cue::kUnitFirst);
    }
    // "18 lahthi set": goods between the number and its unit.
    const Span* goods = m.span_at(left);
    if (goods != nullptr && goods->kind == Kind::kProduct) {
        const std::size_t first = before(m, goods->begin);
        if (first < m.size() && m.number_like(first)) return true;
    }
    if (left < m.size() && m.may_be(left, Kind::kProduct)) {
        std::size_t first = before(m, left);
        while (first < m.size() && m.may_be(first, Kind::kProduct)) first = before(m, first);
        if (m.number_like(first)) return true;
    }
    // "pis ka 640 rupaya"
    if (m.has(at + 1, Cue::kConnector) && m.number_like(at + 2) && !m.may_be(at, Kind::kProduct))
        return true;
    return !m.has(at, Cue::kWeakUnit) && !m.may_be(at, Kind::kProduct);
}

// "... गया दीदी", "... gaya sir": nothing but courtesy up to the break.
bool ends_politely(const Message& m, std::size_t at) {
    while (!m.breaks(at) && m.has_any(at, {Cue::kGreeting, Cue::kHonorific, Cue::kHuman,
                                           Cue::kPeople, Cue::kTell})) {
        ++at;
    }
    return m.breaks(at);
}

// A town whose name is also a word: "गया में", "आरा से", or by itself between breaks.
bool weak_place_fits(const Message& m, std::size_t begin, std::size_t end) {
    const bool after_verb = begin > 0 && m.has_any(begin - 1, {Cue::kVerb, Cue::kSold, Cue::kGive,
                                                               Cue::kPast, Cue::kReady, Cue::kBad});
    if (after_verb) return false;
    if (m.has_any(end, {Cue::kIn, Cue::kMarket})) return true;
    if (begin > 0 && m.has(begin - 1, Cue::kInBefore)) return true;
    if (m.has(end, Cue::kWala) && m.may_be(end + 1, Kind::kProduct))
        return true;  // "barh wala chana"
    // "तिलकुट गया भेज दिया": where it was sent
    if (begin > 0 && m.has(end, Cue::kSend) && m.may_be(begin - 1, Kind::kProduct)) return true;
    if (end < m.size() && m.may_be(end, Kind::kDateMarker)) return true;
    const bool alone_left = begin == 0 || m.breaks(begin - 1);
    return alone_left && ends_politely(m, end) && m.size() > 1;
}

bool weekday_fits(const Message& m, std::size_t begin, std::size_t end) {
    if (!m.has(begin, Cue::kOrdinary) && !m.has(begin, Cue::kWeakNumber)) return true;
    return m.may_be(end, Kind::kDateMarker) ||
           m.has_any(end, {Cue::kIn, Cue::kFestive, Cue::kDay}) ||
           (begin > 0 && (m.may_be(begin - 1, Kind::kDateMarker) ||
                          m.has_any(begin - 1, {Cue::kNextWord, Cue::kThisWord, Cue::kIn})));
}

bool month_fits(const Message& m, std::size_t begin, std::size_t end) {
    if (m.has(end, Cue::kPast)) return false;  // "15 mar gaye": they died
    const bool number_left = begin > 0 && m.tokens[begin - 1].kind == TokenKind::kNumber;
    const bool ordinal_left = begin > 1 && m.tokens[begin - 2].kind == TokenKind::kNumber;
    const bool number_right = end < m.size() && m.tokens[end].kind == TokenKind::kNumber;
    if (m.has(begin, Cue::kOrdinary) || m.has(begin, Cue::kMe)) {
        const bool word_left = begin > 0 && m.may_be(begin - 1, Kind::kNumber) &&
                               m.may_be(end, Kind::kDateMarker);  // "das mai se"
        return number_left || word_left ||
               (number_right && m.tokens[end].digits <= 2 && !measures(m, end + 1) && begin > 0 &&
                m.may_be(begin - 1, Kind::kDateMarker));
    }
    const bool end_of = m.has(end, Cue::kEndOf) || m.has(end + 1, Cue::kEndOf) ||
                        (begin > 0 && m.has(begin - 1, Cue::kEndOf)) ||
                        (begin > 1 && m.has(begin - 2, Cue::kEndOf));
    return number_left || ordinal_left || number_right || end_of || m.has(end, Cue::kIn) ||
           m.may_be(end, Kind::kDateMarker) || m.may_be(begin - (begin > 0), Kind::kNumber);
}

// What stands behind a verb's root and makes a tense of it: गया, जाता, चुका, रहा, सकता, पाए.
bool is_helping_verb(const Message& m, std::size_t at) {
    if (at >= m.size() || m.tokens[at].kind != TokenKind::kWord) return false;
    if (m.has_any(at, {Cue::kPast, Cue::kProgressive, Cue::kAble})) return true;
    const std::string_view key = m.tokens[at].key.view();
    const auto begins = [&](std::string_view root) { return key.starts_with(root); };
    return begins("cuk") || begins("sak") || (begins("ja") && key != "jar") ||
           (begins("pa") && m.has(at, Cue::kVerb));
}

// "diya" the lamp or "gave", "gai" the cow or "went": a verb before it, or a past tense behind it,
// makes it a verb. Other everyday words (pan, oil, copy) are goods only if counted or asked for.
bool product_fits(const Message& m, std::size_t begin, std::size_t end, bool misspelt) {
    if (end - begin > 1) return true;
    if (m.has(begin, Cue::kVerb) && is_helping_verb(m, end)) return false;  // "12 किलो बन जाता है"
    if (m.has(begin, Cue::kBad) && another_product(m, begin, end)) return false;  // "sadi hui"
    if (m.may_be(begin, Kind::kNegation) && m.has_any(end, {Cue::kGiveMe, Cue::kDoIt, Cue::kSend}))
        return false;  // "mat dijiye"
    if (m.has(begin, Cue::kGive)) {
        if (begin > 0 && m.has_any(begin - 1, {Cue::kVerb, Cue::kSend, Cue::kDecline}))
            return false;
        if (end < m.size() && m.has(end, Cue::kPast) && another_product(m, begin, end))
            return false;
        const std::size_t left = before(m, begin);
        const std::size_t right = after(m, end - 1);
        if (right < m.size() && (m.number_like(right) || m.may_be(right, Kind::kUnit))) return true;
        if (another_product(m, begin, end)) {
            return left < m.size() && m.number_like(left);
        }
        return begin == 0 || m.breaks(begin - 1) || quantity_beside(m, begin, end) ||
               m.all.has_any({Cue::kPrice, Cue::kWant, Cue::kSell, Cue::kDemand});
    }
    if (m.has(begin, Cue::kOrdinary)) {
        // "लीची खत्म आम 4 क्विंटल": what is counted right behind it are goods
        // "तीसी आ राई": Bhojpuri "and", which is also a verb
        const bool joined =
            begin > 1 && m.has(begin - 1, Cue::kAnd) && m.may_be(begin - 2, Kind::kProduct);
        if (joined) return true;
        if (begin > 0 && m.has_any(begin - 1, {Cue::kVerb, Cue::kSold}) &&
            !(m.has(begin - 1, Cue::kSold) && m.number_like(end))) {
            return false;
        }
        const bool describes = m.has(end, Cue::kWala) || m.may_be(end, Kind::kProduct);
        if (m.has(begin, Cue::kAdjective) && describes) return false;
        // "चाय पत्ती 60 किलो तोड़ी है"
        if (m.has(begin, Cue::kVerb) && m.has(end, Cue::kExists) && another_product(m, begin, end))
            return false;
        if (quantity_beside(m, begin, end) || m.has(end, Cue::kWala)) return true;
        // "मोमबत्ती नहीं है, धूप है 90 पैकेट"
        if ((begin == 0 || m.breaks(begin - 1)) && m.has(end, Cue::kExists) &&
            m.number_like(end + 1))
            return true;
        // "आम और नींबू का अचार"
        if (m.has(end, Cue::kAnd) && m.may_be(end + 1, Kind::kProduct)) return true;
        if (another_product(m, begin, end) || misspelt) return false;
        if (m.has_any(begin, {Cue::kVerb, Cue::kJoin}) || m.may_be(begin, Kind::kNegation))
            return false;
        return counted_somewhere(m) ||
               m.all.has_any({Cue::kPrice, Cue::kSell, Cue::kDemand, Cue::kSold, Cue::kWant,
                              Cue::kNeed, Cue::kBuyVerb, Cue::kBuyer, Cue::kBad, Cue::kPriceAsk,
                              Cue::kHowMuch});
    }
    if (misspelt && m.has_any(begin, {Cue::kVerb, Cue::kGreeting})) return false;
    return true;
}

bool fits(const Message& m, const Candidate& candidate, std::size_t begin) {
    const std::size_t end = begin + candidate.length;
    const bool one = candidate.length == 1;
    // "मधु देवी", "kamal kumari" are people.
    if (one && m.has(end, Cue::kSurname) && candidate.meaning.kind != Kind::kUnit) return false;
    const bool called = m.misspelt[begin] != 0 && m.has(end, Cue::kPeople) &&
                        m.has_any(end + 1, {Cue::kConnector, Cue::kOrdinary});
    if (one && called && candidate.meaning.kind == Kind::kProduct) return false;  // "guru didi ne"
    switch (candidate.meaning.kind) {
        case Kind::kUnit:
            return unit_fits(m, begin);
        case Kind::kPlace:
            return !m.has_any(begin, {Cue::kWeakPlace, Cue::kOrdinary}) ||
                   (!one && (begin == 0 || m.breaks(begin - 1) || !m.has(begin, Cue::kPast))) ||
                   weak_place_fits(m, begin, end);
        case Kind::kWeekday:
            return !one || weekday_fits(m, begin, end);
        case Kind::kMonth:
            return !one || month_fits(m, begin, end);
        case Kind::kFestival:
            return !one || !(m.may_be(begin, Kind::kProduct) || m.has(begin, Cue::kOrdinary)) ||
                   m.may_be(end, Kind::kDateMarker);
        case Kind::kProduct:
            return product_fits(m, begin, end, m.misspelt[begin] != 0);
        case Kind::kNumber:
        case Kind::kMultiplier:
        case Kind::kFraction:
        case Kind::kCue:
        case Kind::kNone:
        case Kind::kIgnored:
            return false;
        default:
            return true;
    }
}

// Among readings of the same length the one that needs its context most goes first.
int rank(Kind kind) {
    switch (kind) {
        case Kind::kUnit:
            return 0;
        case Kind::kFestival:
            return 1;
        case Kind::kMonth:
        case Kind::kWeekday:
            return 2;
        case Kind::kProduct:
            return 3;
        case Kind::kPlace:
            return 4;
        default:
            return 5;
    }
}

const Candidate* best_candidate(const Message& m, std::size_t at, std::uint16_t least) {
    const Candidate* best = nullptr;
    for (std::uint32_t i = m.first_candidate[at]; i < m.first_candidate[at + 1]; ++i) {
        const Candidate& candidate = m.candidates[i];
        if (candidate.length < least || !fits(m, candidate, at)) continue;
        if (best == nullptr || candidate.length > best->length ||
            (candidate.length == best->length &&
             rank(candidate.meaning.kind) < rank(best->meaning.kind))) {
            best = &candidate;
        }
    }
    return best;
}

bool free_run(const Message& m, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        if (m.span_of[i] >= 0) return false;
    }
    return true;
}

}  // namespace

void add_span(Message& message, Span span) {
    const auto index = static_cast<std::int16_t>(message.spans.size());
    for (std::size_t i = span.begin; i < span.end; ++i) message.span_of[i] = index;
    message.spans.push_back(span);
}

void choose_meanings(Message& message) {
    message.span_of.resize(message.size(), -1);
    std::size_t at = 0;
    while (at < message.size()) {
        if (message.span_of[at] >= 0 || message.breaks(at)) {
            ++at;
            continue;
        }
        const Candidate* candidate = best_candidate(message, at, 2);
        if (candidate == nullptr) {
            if (std::optional<Span> number = parse_number(message, at);
                number && free_run(message, number->begin, number->end)) {
                add_span(message, *number);
                at = number->end;
                continue;
            }
            candidate = best_candidate(message, at, 1);
        }
        if (candidate == nullptr || !free_run(message, at, at + candidate->length)) {
            ++at;
            continue;
        }
        add_span(message, {.kind = candidate->meaning.kind,
                           .begin = static_cast<std::uint16_t>(at),
                           .end = static_cast<std::uint16_t>(at + candidate->length),
                           .direction = candidate->meaning.direction,
                           .misspelt = message.misspelt[at] != 0,
                           .value = candidate->meaning.value});
        at += candidate->length;
    }
    std::vector<Span> sorted = message.spans;
    std::ranges::sort(sorted, {}, &Span::begin);
    message.spans.clear();
    std::ranges::fill(message.span_of, static_cast<std::int16_t>(-1));
    for (const Span& span : sorted) add_span(message, span);
}

}  // namespace haat::language
