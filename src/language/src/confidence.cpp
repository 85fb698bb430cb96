#include "confidence.hpp"

#include <algorithm>
#include <cmath>

namespace haat::language {
namespace {

int permille(double logit) {
    const double share = 1.0 / (1.0 + std::exp(-logit));
    return std::clamp(static_cast<int>(share * 1000.0 + 0.5), 0, 1000);
}

// Goods by weight or volume dearer than 3,000 rupees or below 3, or less than half a kilo.
bool is_odd(const Item& item) {
    const auto measured = [](const std::string& unit) {
        return unit == "kg" || unit == "litre" || unit == "metre";
    };
    if (item.quantity && measured(item.unit) && item.quantity->value * 2 < kScale) return true;
    if (!item.price || item.price_unit == "lot") return false;
    if (measured(item.price_unit)) {
        return item.price->value > 300'000 || item.price->value < 300;
    }
    return item.price->value < 50 || item.price->value > 12'000'000;
}

void look_at_items(const Understanding& out, Evidence& seen) {
    std::size_t counted = 0;
    std::size_t priced = 0;
    for (const Item& item : out.items) {
        counted += item.quantity ? 1U : 0U;
        priced += item.price ? 1U : 0U;
        seen.odd_amounts += is_odd(item) ? 1 : 0;
    }
    const auto uneven = [&](std::size_t some) {
        return some == 0 ? 0 : static_cast<int>(out.items.size() - some);
    };
    seen.uneven_items = uneven(counted) + uneven(priced);
}

bool is_unknown(const Message& message, std::size_t at) {
    return message.tokens[at].kind == TokenKind::kWord && message.words[at] == kNoWord &&
           message.cues[at].empty() && message.span_at(at) == nullptr;
}

}  // namespace

Evidence gather_evidence(const Message& message, const Verdict& verdict, const Drafts& drafts,
                         const Dates& dates, const Understanding& out) {
    Evidence seen = out.evidence;
    seen.intent_score = verdict.score;
    seen.intent_margin = verdict.margin;
    for (std::size_t at = 0; at < message.size(); ++at) {
        seen.words += message.tokens[at].kind == TokenKind::kWord ? 1 : 0;
        seen.unknown_words += is_unknown(message, at) ? 1 : 0;
    }
    // "2 palla": a number of nobody knows what
    for (std::size_t at = 1; at < message.size(); ++at) {
        if (is_unknown(message, at) && message.number_like(at - 1) &&
            message.span_at(at - 1) != nullptr && message.span_at(at - 1)->kind == Kind::kNumber) {
            ++seen.unused_numbers;
        }
    }
    const bool carries_items = out.intent <= Intent::kReportQualityProblem;
    if (carries_items) {
        for (const Draft& draft : drafts.items) {
            seen.likened_goods += draft.misspelt ? 1 : 0;
            seen.guesses += draft.guessed ? 1 : 0;
        }
        for (const Item& item : out.items) seen.unnamed_goods += item.product.empty() ? 1 : 0;
        seen.unused_numbers += drafts.unused_numbers;
        look_at_items(out, seen);
    }
    if (out.intent == Intent::kOfferStock) {
        const CueSet& all = message.all;
        seen.odd_verbs = (all.has(Cue::kNegated) ? 1 : 0) +
                         (all.has_any({Cue::kQuestion, Cue::kHow, Cue::kWhen, Cue::kWho,
                                       Cue::kHowMuch, Cue::kBad, Cue::kMoney, Cue::kWant})
                              ? 1
                              : 0) +
                         (all.has(Cue::kPast) && !all.has_any({Cue::kReady, Cue::kMade}) ? 1 : 0);
    }
    seen.unsure_dates = dates.unsure && (out.date_from || out.date_until) ? 1 : 0;
    seen.items = static_cast<int>(out.items.size());
    seen.is_greeting = out.intent == Intent::kGreeting;
    seen.is_answer = out.answer != Answer::kNone;
    return seen;
}

// Fitted by logistic regression on messages at first sight, then levelled; README.md has the table.
Confidence confidence_of(const Evidence& seen) {
    const double unknown =
        seen.words == 0 ? 0.0 : static_cast<double>(seen.unknown_words) / seen.words;
    double intent =
        -0.3 + std::min(seen.intent_margin, 60) * 0.035 + std::min(seen.intent_score, 100) * 0.024;
    if (seen.is_greeting && seen.unknown_words == 0) intent = 2.6;
    if (seen.is_answer || seen.words == 0) intent = 3.5;
    const double items = 4.0 - seen.likened_goods * 1.3 - seen.unnamed_goods * 2.0 -
                         seen.guesses * 3.0 - seen.unused_numbers * 2.0 - seen.uneven_items * 1.7 -
                         seen.odd_amounts * 2.5 - seen.odd_verbs * 0.7 -
                         std::max(0, seen.items - 1) * 0.3;
    const double dates = 4.0 - seen.unsure_dates * 1.8;
    const double place = 4.0 - seen.likened_places * 2.5;
    Confidence sure;
    sure.intent = permille(intent);
    sure.items = sure.price = permille(items);
    sure.dates = permille(dates);
    sure.order_ref = 980;
    sure.place = permille(place);
    const double length = std::max(0, seen.words - 12) * 0.05;
    const double all = std::min({intent, items, dates, place}) - unknown * 3.0 - length - 0.6;
    sure.overall = permille(all);
    return sure;
}

}  // namespace haat::language
