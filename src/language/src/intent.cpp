#include "intent.hpp"

#include <algorithm>

#include "wishes.hpp"

namespace haat::language {

// "no" is a number's name in "order no 4455", "mera no".
bool is_negation(const Message& m, std::size_t at) {
    const CueSet asked{Cue::kSend, Cue::kDoIt, Cue::kGiveMe, Cue::kStart, Cue::kCome};
    // "bhej dijiye na", "hai na": no denial; "दीदी ना भेजीं" is one
    const bool tag =
        at > 0 && m.has(at, Cue::kTag) &&
        m.has_any(at - 1, {Cue::kTell, Cue::kGiveMe, Cue::kDoIt, Cue::kTake, Cue::kExists}) &&
        (!m.has_any(at + 1, asked) || m.has(at + 1, Cue::kPeople));
    const bool number_name =
        m.has(at, Cue::kPhone) &&
        ((at + 1 < m.size() && (m.tokens[at + 1].kind == TokenKind::kNumber || m.breaks(at + 1))) ||
         (at > 0 && m.has(at - 1, Cue::kMine)));
    const bool unit = m.may_be(at, Kind::kUnit) && at > 0 && m.number_like(at - 1);  // "5 mt"
    return m.may_be(at, Kind::kNegation) && !tag && !number_name && !unit;
}

namespace {

// A verb and its negation stand within two words of each other in one clause.
bool negated_near(const Message& m, std::size_t at) {
    const auto negation = [&](std::size_t i) { return is_negation(m, i); };
    for (std::size_t step = 1; step <= 2; ++step) {
        if (at < step || m.breaks(at - step)) break;
        if (negation(at - step)) return true;
    }
    for (std::size_t step = 1; step <= 2; ++step) {
        if (m.breaks(at + step)) break;
        if (negation(at + step)) return true;
        if (m.may_be(at + step, Kind::kProduct)) break;
    }
    return false;
}

// "हटाओ मत", "mat hatao"
bool forbidden(const Message& m, std::size_t at) {
    const auto is_do_not = [&](std::size_t i) {
        return i < m.size() && m.tokens[i].key.view() == "mat" && m.may_be(i, Kind::kNegation);
    };
    return (at > 0 && is_do_not(at - 1)) || is_do_not(at + 1);
}

struct Flip {
    Cue positive;
    Cue negative;
};

constexpr Flip kFlips[] = {{Cue::kCome, Cue::kNotCome},
                           {Cue::kGot, Cue::kNotGot},
                           {Cue::kWillGive, Cue::kNotGive},
                           {Cue::kAble, Cue::kNotGive},
                           {Cue::kExists, Cue::kNotHave},
                           {Cue::kHave, Cue::kNotHave},
                           {Cue::kLeft, Cue::kNotHave},
                           {Cue::kWant, Cue::kNotWant},
                           {Cue::kNeed, Cue::kNotWant},
                           {Cue::kSend, Cue::kNotSend},
                           {Cue::kSold, Cue::kNotSold},
                           {Cue::kAccept, Cue::kNotAccept},
                           {Cue::kTake, Cue::kNotAccept},
                           {Cue::kAcceptWeak, Cue::kNotAccept},
                           {Cue::kReady, Cue::kNotHave},
                           {Cue::kSell, Cue::kNotHave},
                           {Cue::kUnderstand, Cue::kNotUnderstood},
                           {Cue::kGiveMe, Cue::kNotGive}};

bool ends(std::string_view key, std::initializer_list<std::string_view> endings, std::size_t stem) {
    return std::ranges::any_of(endings, [&](std::string_view ending) {
        return key.ends_with(ending) && key.size() >= ending.size() + stem;
    });
}

// The tense that a verb's ending shows; nouns of the lexicon are left out by the caller.
void tense_of_endings(Message& m, std::size_t at) {
    const std::string_view key = m.tokens[at].key.view();
    if (ends(key,
             {"ega", "egi", "enge", "engi", "unga", "ungi", "oge", "ogi", "oga", "egaa", "ibe"},
             1) ||
        ends(key, {"tai", "bai", "bau", "bo", "tau", "ihe", "tah"}, 3)) {
        m.cues[at].add(Cue::kFuture);
    } else if (ends(key, {"liai", "liyai", "lkai", "lahu", "lau"}, 2)) {
        m.cues[at].add(Cue::kPast);
    }
}

// "8 hajar baki hai", "600 रु कम आया", "short by Rs 600": money is out, not goods left or cheaper.
bool is_missing_money(const Message& m, std::size_t at) {
    const auto amount = [&](std::size_t i) {
        return m.may_be(i, Kind::kMultiplier) || m.may_be(i, Kind::kCurrency);
    };
    if (m.has(at, Cue::kPending)) return at > 0 && amount(at - 1);
    if (!m.has(at, Cue::kLess)) return false;
    if (at > 0 && m.may_be(at - 1, Kind::kCurrency) &&
        m.has_any(at + 1, {Cue::kCome, Cue::kGot, Cue::kPending}))
        return true;
    const bool by = m.has(at + 1, Cue::kPrefix) && m.tokens[at + 1].key.view() == "bi";
    return by && (amount(at + 2) || (m.number_like(at + 2) && amount(at + 3)));
}

// Most messages say nothing of messages, and deny nothing.
void wish_and_gather(Message& m) {
    const auto gather = [&] {
        for (std::size_t at = 0; at < m.size(); ++at) m.all |= m.cues[at];
    };
    const CueSet found = m.all;
    gather();
    if (!m.all.has_any({Cue::kStop, Cue::kStopAll, Cue::kStart, Cue::kStartAll, Cue::kMessage,
                        Cue::kNegated, Cue::kAgain, Cue::kSend}))
        return;
    m.all = found;
    derive_wishes(m);
    gather();
}

}  // namespace

void derive_cues(Message& m) {
    m.all = {};
    for (std::size_t at = 0; at < m.size(); ++at) {
        if (m.tokens[at].kind != TokenKind::kWord) {
            if (m.tokens[at].symbol == '?') m.all.add(Cue::kQuestion);
            continue;
        }
        if (!m.may_be(at, Kind::kProduct) && !m.may_be(at, Kind::kUnit) && !m.has(at, Cue::kTell))
            tense_of_endings(m, at);
        // "... 260 दीदी": she is spoken to, not counted
        const bool large =
            at > 0 &&
            (m.may_be(at - 1, Kind::kMultiplier) ||
             (m.tokens[at - 1].kind == TokenKind::kNumber && m.tokens[at - 1].digits >= 3));
        if (m.has(at, Cue::kPeople) && large && m.breaks(at + 1)) m.cues[at].remove(Cue::kPeople);
        for (const Flip& flip : kFlips) {
            if (m.has(at, flip.positive) && negated_near(m, at)) m.cues[at].add(flip.negative);
        }
        if (is_missing_money(m, at)) {
            m.cues[at].add(Cue::kNotGot);
            m.cues[at].add(Cue::kMoney);
        }
        // "chhath ke bad", "10 din bad", "bad me": after, not bad
        if (m.has(at, Cue::kBad) && m.may_be(at, Kind::kDateMarker) &&
            (m.has(at + 1, Cue::kIn) ||
             (at > 0 &&
              m.has_any(at - 1, {Cue::kConnector, Cue::kDay, Cue::kWeek, Cue::kMonthWord})))) {
            m.cues[at].remove(Cue::kBad);
        }
        if (m.has(at, Cue::kSent) && at > 0 && is_negation(m, at - 1)) {  // "गाड़ी नहीं भेजी"
            m.cues[at].remove(Cue::kSent);
            m.cues[at].add(Cue::kNotSend);
        }
        if (m.has(at, Cue::kRemove) && forbidden(m, at)) m.cues[at].remove(Cue::kRemove);
        if (m.has(at, Cue::kSold) && m.has(at + 1, Cue::kProgressive)) {  // "bik raha hai"
            m.cues[at].remove(Cue::kSold);
        }
        // English "to buy", "to Patna" is no "then".
        if (m.has(at, Cue::kIf) &&
            (m.may_be(at + 1, Kind::kPlace) ||
             m.has_any(at + 1, {Cue::kBuyVerb, Cue::kSell, Cue::kTalk, Cue::kJoin}))) {
            m.cues[at].remove(Cue::kIf);
        }
        if (is_negation(m, at)) m.all.add(Cue::kNegated);
        if (is_negation(m, at) && m.has(at, Cue::kExists)) {  // नइखे says both
            m.cues[at].add(Cue::kNotHave);
        }
        if (m.has_any(at, {Cue::kWant, Cue::kNeed}) && !m.has(at, Cue::kNotWant)) {
            for (std::size_t i = at; i-- > 0 && !m.breaks(i);) {
                if (m.has(i, Cue::kToMe)) m.all.add(Cue::kIWant);
            }
        }
        const bool counted = (at > 0 && m.number_like(at - 1)) || m.number_like(at + 1);
        const bool of_goods = at > 0 && m.has(at - 1, Cue::kConnector);  // "kapde ka paisa 5200 rs"
        if (m.may_be(at, Kind::kCurrency) && (!counted || of_goods)) m.cues[at].add(Cue::kMoney);
        if (m.may_be(at, Kind::kSoldOut)) m.cues[at].add(Cue::kSold);
        if (m.may_be(at, Kind::kPlace)) m.all.add(Cue::kHasPlace);
    }
    wish_and_gather(m);
}

Verdict weigh(const Message& message) {
    std::array<int, kIntentCount> scores{};
    scores[static_cast<std::size_t>(Intent::kOther)] = 12;
    for (const Rule& rule : intent_rules()) {
        if (!message.all.has_all(rule.all) || message.all.has_any(rule.none)) continue;
        if (!rule.any.empty() && !message.all.has_any(rule.any)) continue;
        scores[static_cast<std::size_t>(rule.intent)] += rule.weight;
    }
    Verdict verdict;
    verdict.score = -1'000;
    int second = -1'000;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (scores[i] > verdict.score) {
            second = verdict.score;
            verdict.score = scores[i];
            verdict.intent = static_cast<Intent>(i);
        } else {
            second = std::max(second, scores[i]);
        }
    }
    verdict.margin = verdict.score - second;
    return verdict;
}

}  // namespace haat::language
