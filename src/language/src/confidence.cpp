#include "confidence.hpp"

#include <algorithm>
#include <cmath>

namespace haat::language {
namespace {

int permille(double logit) {
    const double share = 1.0 / (1.0 + std::exp(-logit));
    return std::clamp(static_cast<int>(share * 1000.0 + 0.5), 0, 1000);
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
    const bool carries_items = out.intent <= Intent::kReportQualityProblem;
    if (carries_items) {
        for (const Draft& draft : drafts.items) {
            seen.likened_goods += draft.misspelt ? 1 : 0;
            seen.guesses += draft.guessed ? 1 : 0;
        }
        for (const Item& item : out.items) seen.unnamed_goods += item.product.empty() ? 1 : 0;
        seen.unused_numbers = drafts.unused_numbers;
    }
    seen.unsure_dates = dates.unsure && (out.date_from || out.date_until) ? 1 : 0;
    seen.items = static_cast<int>(out.items.size());
    return seen;
}

Confidence confidence_of(const Evidence& seen) {
    const double known =
        seen.words == 0 ? 1.0 : 1.0 - static_cast<double>(seen.unknown_words) / seen.words;
    const double intent =
        -0.6 + std::min(seen.intent_margin, 60) * 0.055 + std::min(seen.intent_score, 100) * 0.012;
    double items = 4.0 - seen.likened_goods * 1.6 - seen.unnamed_goods * 2.2 - seen.guesses * 3.0 -
                   seen.unused_numbers * 2.5;
    const double dates = 4.0 - seen.unsure_dates * 1.8;
    const double place = 4.0 - seen.likened_places * 2.5;
    Confidence sure;
    sure.intent = permille(intent);
    sure.items = sure.price = permille(items);
    sure.dates = permille(dates);
    sure.order_ref = 980;
    sure.place = permille(place);
    const double all = std::min({intent, items, dates, place}) - (1.0 - known) * 4.0;
    sure.overall = permille(all);
    return sure;
}

}  // namespace haat::language
