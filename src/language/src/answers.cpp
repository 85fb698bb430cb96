#include "answers.hpp"

#include <optional>

#include "numbers.hpp"

namespace haat::language {

namespace {

// A word of giving or sending what was asked for, not denied; its verb may stand before it.
bool will_do(const Message& message, std::size_t at) {
    const auto promises = [&](std::size_t i) {
        return message.has(i, Cue::kWillGive) ||
               (message.has(i, Cue::kSend) && message.has(i, Cue::kFuture));
    };
    if (message.all.has_any({Cue::kNegated, Cue::kIf, Cue::kWho, Cue::kHowMuch})) return false;
    return promises(at) || (message.has(at, Cue::kVerb) && promises(at + 1)) ||
           (message.has(at, Cue::kMe) && message.all.has(Cue::kWillGive));
}

// Words that may stand beside "आधा" and say nothing of their own.
constexpr CueSet kGoesWithShare{
    Cue::kYes,       Cue::kBesideShare, Cue::kWillGive, Cue::kAcceptWeak, Cue::kAccept,
    Cue::kAble,      Cue::kVerb,        Cue::kExists,   Cue::kConnector,  Cue::kOf,
    Cue::kHonorific, Cue::kMe,          Cue::kFuture,   Cue::kOrder,      Cue::kAmountWord,
    Cue::kGoods,     Cue::kDoIt,        Cue::kHave,     Cue::kGive,       Cue::kTake,
    Cue::kMine,      Cue::kIn};

}  // namespace

BareAnswer bare_answer(const Message& message) {
    constexpr std::size_t kMostWords = 6;
    BareAnswer found;
    std::size_t words = 0;
    bool greeted = false;
    bool only_polite = true;
    const auto say = [&](Answer answer) {
        if (found.answer != Answer::kNone && found.answer != answer) return false;
        found.answer = answer;
        return true;
    };
    for (std::size_t at = 0; at < message.size();) {
        if (message.breaks(at) || message.tokens[at].kind == TokenKind::kSymbol) {
            ++at;
            continue;
        }
        if (++words > kMostWords) return {};
        greeted = greeted || (message.has(at, Cue::kGreeting) && !message.has(at, Cue::kYes));
        if (message.has_any(at, {Cue::kYes, Cue::kNo}) && !message.has(at, Cue::kHonorific))
            only_polite = false;
        if (message.has(at, Cue::kNo)) {
            if (!say(Answer::kNo)) return {};
        } else if (message.has(at, Cue::kYes)) {
            // "नहीं ठीक है" stays a no; "ठीक नहीं" is one too
            if (found.answer != Answer::kNo && !say(Answer::kYes)) return {};
        } else if (const std::optional<Span> number = parse_number(message, at)) {
            if (number->number % kScale != 0 || !say(Answer::kNumber)) return {};
            found.number = number->number / kScale;
            at = number->end;
            continue;
        } else if (message.may_be(at, Kind::kNumber)) {  // a lone "do" or "sat" chooses too
            for (std::uint32_t i = message.first_candidate[at]; i < message.first_candidate[at + 1];
                 ++i) {
                const Candidate& candidate = message.candidates[i];
                if (candidate.meaning.kind == Kind::kNumber) found.number = candidate.meaning.value;
            }
            if (!say(Answer::kNumber)) return {};
        } else if (will_do(message, at)) {  // "हाँ, दूँगी", "भेज दूँगी"
            if (found.answer != Answer::kNo && !say(Answer::kYes)) return {};
        } else if (!message.has_any(at, {Cue::kGreeting, Cue::kPhone, Cue::kExists, Cue::kConnector,
                                         Cue::kYes, Cue::kHuman, Cue::kPeople, Cue::kAmountWord})) {
            return {};
        }
        ++at;
    }
    if (found.answer == Answer::kYes && greeted && only_polite) return {};  // "नमस्ते जी"
    return found;
}

Share bare_share(const Message& message, Intent intent) {
    constexpr std::size_t kMostWords = 8;
    std::size_t words = 0;
    std::size_t halves = 0;
    std::size_t wholes = 0;
    std::size_t noes = 0;
    bool names_goods = false;
    bool says_more = false;
    for (std::size_t at = 0; at < message.size(); ++at) {
        if (message.breaks(at) || message.tokens[at].kind == TokenKind::kSymbol) continue;
        ++words;
        const Span* span = message.span_at(at);
        if (message.has(at, Cue::kHalf)) {
            if (message.may_be(at + 1, Kind::kUnit)) return Share::kNone;  // "आधा किलो"
            ++halves;
        } else if (message.has(at, Cue::kWhole)) {
            if (message.has(at, Cue::kGreeting)) return Share::kNone;  // "सब ठीक"
            ++wholes;
        } else if (message.has(at, Cue::kNo) && !message.has(at, Cue::kYes)) {
            noes += words == 1 ? 1 : 2;
        } else if (span != nullptr && span->kind == Kind::kProduct) {
            names_goods = true;
        } else if (!message.has_any(at, kGoesWithShare)) {
            says_more = true;
        }
    }
    // "नहीं, आधा" means less; "आधा नहीं" and "नहीं, पूरा" may mean anything.
    const bool is_unsure =
        message.all.has_any({Cue::kIf, Cue::kWho, Cue::kHowMuch, Cue::kMoney, Cue::kHasPrice});
    const bool is_denied = message.all.has(Cue::kNegated) && noes != 1;
    if (is_unsure || is_denied || halves + wholes != 1 || noes > halves) return Share::kNone;
    if (halves == 1 && intent == Intent::kAcceptOrder) return Share::kHalf;
    if (says_more || words > kMostWords) return Share::kNone;
    if (halves == 1) return Share::kHalf;
    return names_goods || intent == Intent::kGreeting ? Share::kNone : Share::kAll;
}

std::optional<Intent> bare_command(const Message& message) {
    constexpr std::size_t kMostWords = 4;
    bool stop = false;
    bool start = false;
    std::size_t words = 0;
    for (std::size_t at = 0; at < message.size(); ++at) {
        if (message.breaks(at) || message.tokens[at].kind == TokenKind::kSymbol) continue;
        if (++words > kMostWords || message.has(at, Cue::kNegated)) return std::nullopt;
        if (message.has(at, Cue::kStop)) {
            stop = true;
        } else if (message.has(at, Cue::kStart)) {
            start = true;
        } else if (!message.has_any(
                       at, {Cue::kGreeting, Cue::kDoIt, Cue::kHuman, Cue::kYes, Cue::kAgain})) {
            return std::nullopt;
        }
    }
    if (stop == start) return std::nullopt;
    return stop ? Intent::kOptOut : Intent::kOptIn;
}

}  // namespace haat::language
