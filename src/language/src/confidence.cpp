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
    // "6000 सैकड़ा 90 रुपये" is hardly 600,000 pieces
    if (item.quantity && item.unit == "piece" && item.quantity->value > 200'000 * kScale)
        return true;
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

// The kinds of cues that do not go with what was chosen.
int strangers(const CueSet& all, Intent intent) {
    struct Field {
        std::uint32_t intents;
        CueSet cues;
    };
    const auto of = [](std::initializer_list<Intent> list) {
        std::uint32_t bits = 0;
        for (const Intent one : list) bits |= std::uint32_t{1} << static_cast<unsigned>(one);
        return bits;
    };
    using enum Intent;
    using C = Cue;
    static const Field kFields[] = {
        {of({kAcceptOrder, kDeclineOrder, kReportDispatch, kReportPickupProblem,
             kReportPaymentProblem, kReportQualityProblem}),
         {C::kOrder, C::kHasRef}},
        {of({kAcceptOrder}), {C::kAccept}},
        {of({kDeclineOrder}), {C::kDecline, C::kNotGive, C::kNotAccept}},
        {of({kReportDispatch}), {C::kSent}},
        {of({kReportPickupProblem, kReportDispatch}), {C::kVehicle, C::kCollect}},
        {of({kReportPickupProblem, kReportPaymentProblem}),
         {C::kNotCome, C::kNotGot, C::kPending, C::kWaiting, C::kNobody}},
        {of({kReportPaymentProblem, kAskScheme}), {C::kMoney, C::kAccount}},
        {of({kReportQualityProblem, kReportPickupProblem}),
         {C::kBad, C::kWrong, C::kComplaint, C::kInstead}},
        {of({kReportQualityProblem, kReportPaymentProblem}), {C::kLess, C::kWeight}},
        {of({kAskScheme}), {C::kScheme, C::kSchemeWeak}},
        {of({kRegister}), {C::kJoin, C::kMyName}},
        {of({kOptOut, kOptIn}), {C::kMessage, C::kStop, C::kStart}},
        {of({kHelp}), {C::kHelp, C::kNotUnderstood, C::kTalk}},
        {of({kOther}), {C::kChat, C::kSpam, C::kForward}},
        {of({kWithdrawStock}), {C::kSold, C::kRemove, C::kNotHave}},
        {of({kRequestStock, kAskDemand}), {C::kBuyVerb, C::kNeed, C::kWant, C::kGiveMe}},
        {of({kAskDemand}), {C::kDemand, C::kBuyer, C::kWho, C::kWhere}},
        {of({kAskPrice, kAskDemand}), {C::kHowMuch, C::kWhat, C::kPriceAsk}},
        {of({kOfferStock, kAskPrice, kAskDemand, kHelp}), {C::kSell}},
        {of({kOfferStock}), {C::kHave, C::kLeft, C::kHasPrice}},
    };
    const std::uint32_t mine = of({intent});
    int count = 0;
    for (const Field& field : kFields) {
        count += (field.intents & mine) == 0 && all.has_any(field.cues) ? 1 : 0;
    }
    return count;
}

// Days that stand together ("14 January") are one.
int days_named(const Message& message) {
    int days = 0;
    std::size_t last_end = message.size() + 1;
    for (const Span& span : message.spans) {
        if (span.kind != Kind::kIgnored || span.value != static_cast<std::int32_t>(Ignored::kDate))
            continue;
        days += span.begin == last_end ? 0 : 1;
        last_end = span.end;
    }
    return days;
}

bool is_measure(const std::string& unit) {
    return unit == "kg" || unit == "litre" || unit == "metre";
}

// "45 kg of paneer at 80 a packet"; pieces may be sold by the dozen, packs by the kilo.
bool clashes(const Item& item) {
    if (!item.quantity || !item.price || item.price_unit == "lot") return false;
    if (item.unit == item.price_unit || is_measure(item.price_unit)) return false;
    const auto counted = [](const std::string& unit) { return unit == "piece" || unit == "dozen"; };
    return !(counted(item.unit) && counted(item.price_unit));
}

void count_numbers(const Message& message, const Drafts& drafts, Evidence& seen) {
    int used = 0;
    for (const Span& span : message.spans) seen.numbers_left += span.kind == Kind::kNumber ? 1 : 0;
    for (const Draft& draft : drafts.items) {
        used += (draft.has_quantity ? 1 : 0) + (draft.has_price ? 1 : 0);
        seen.bare_numbers += draft.has_quantity && draft.bare_number ? 1 : 0;
    }
    seen.numbers_left = std::max(0, seen.numbers_left - used);
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
    seen.days_named = days_named(message);
    seen.strange_cues = strangers(message.all, out.intent);
    if (carries_items) {
        count_numbers(message, drafts, seen);
        for (const Item& item : out.items) seen.unit_clashes += clashes(item) ? 1 : 0;
    }
    if (out.intent == Intent::kOfferStock) {
        const bool offers = message.all.has_any({Cue::kSell, Cue::kHave, Cue::kExists, Cue::kReady,
                                                 Cue::kLeft, Cue::kTake, Cue::kMine, Cue::kMade,
                                                 Cue::kWillGive, Cue::kChanged});
        const bool priced =
            std::ranges::any_of(out.items, [](const Item& item) { return item.price.has_value(); });
        seen.bare_offers = !priced && !offers ? 1 : 0;
    }
    seen.unsure_dates = dates.unsure && (out.date_from || out.date_until) ? 1 : 0;
    seen.items = static_cast<int>(out.items.size());
    seen.is_greeting = out.intent == Intent::kGreeting;
    seen.is_answer = out.answer != Answer::kNone;
    return seen;
}

std::array<double, kFeatureCount> features_of(const Evidence& seen) {
    const auto most = [](int count, int limit) {
        return static_cast<double>(std::clamp(count, 0, limit));
    };
    return {most(seen.intent_margin, 60) / 60.0, most(seen.intent_score, 100) / 100.0,
            most(seen.unknown_words, 3),         most(seen.likened_goods, 2),
            most(seen.unnamed_goods, 2),         most(seen.guesses, 2),
            most(seen.unused_numbers, 3),        most(seen.uneven_items, 3),
            most(seen.odd_amounts, 2),           most(seen.unsure_dates, 1),
            most(seen.strange_cues, 4),          most(seen.bare_numbers, 3),
            most(seen.numbers_left, 3),          most(seen.unit_clashes, 2),
            most(seen.days_named - 1, 2),        most(seen.bare_offers, 1)};
}

Confidence confidence_of(const Evidence& seen) {
    double intent =
        -0.3 + std::min(seen.intent_margin, 60) * 0.035 + std::min(seen.intent_score, 100) * 0.024;
    const double items = 4.0 - seen.likened_goods * 1.3 - seen.unnamed_goods * 2.0 -
                         seen.guesses * 3.0 - seen.unused_numbers * 2.0 - seen.uneven_items * 1.7 -
                         seen.odd_amounts * 2.5 - seen.unit_clashes * 2.5 - seen.numbers_left;
    const double dates = 4.0 - seen.unsure_dates * 1.8 - std::max(0, seen.days_named - 1) * 2.0;
    // A place by its likeness is too rare in the sets to be fitted.
    const double place = 4.0 - seen.likened_places * 2.5;
    double all = kConfidenceWeights[0] - kCaution - seen.likened_places * 2.0;
    const std::array<double, kFeatureCount> features = features_of(seen);
    for (std::size_t i = 0; i < features.size(); ++i)
        all += kConfidenceWeights[i + 1] * features[i];
    if (seen.is_greeting && seen.unknown_words == 0) intent = 2.6, all = 2.0;
    if (seen.is_answer || seen.words == 0) intent = 3.5, all = 2.9;
    Confidence sure;
    sure.overall = permille(all);
    sure.intent = permille(intent);
    sure.items = sure.price = permille(items);
    sure.dates = permille(dates);
    sure.order_ref = 980;
    sure.place = permille(place);
    return sure;
}

}  // namespace haat::language
