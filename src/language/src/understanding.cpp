#include "language/understanding.hpp"

#include <algorithm>
#include <array>

#include "answers.hpp"
#include "confidence.hpp"
#include "context.hpp"
#include "dates.hpp"
#include "intent.hpp"
#include "items.hpp"
#include "match.hpp"
#include "references.hpp"

namespace haat::language {
namespace {

constexpr std::array<std::string_view, kIntentCount> kIntentNames = {"offer_stock",
                                                                     "withdraw_stock",
                                                                     "request_stock",
                                                                     "ask_price",
                                                                     "ask_demand",
                                                                     "accept_order",
                                                                     "decline_order",
                                                                     "report_dispatch",
                                                                     "report_pickup_problem",
                                                                     "report_payment_problem",
                                                                     "report_quality_problem",
                                                                     "ask_scheme",
                                                                     "register",
                                                                     "opt_out",
                                                                     "opt_in",
                                                                     "help",
                                                                     "greeting",
                                                                     "other"};

bool carries_items(Intent intent) { return intent <= Intent::kReportQualityProblem; }

bool carries_dates(Intent intent) {
    return carries_items(intent) && intent != Intent::kAskPrice && intent != Intent::kAskDemand;
}

bool carries_reference(Intent intent) {
    return intent >= Intent::kAcceptOrder && intent <= Intent::kReportQualityProblem;
}

// Rupees per spoken unit to paise per normalised unit, rounded half up.
Paise paise_per_unit(std::int64_t amount, std::int64_t factor) {
    const Wide doubled = static_cast<Wide>(amount) * 100 * 2 + factor;
    return {static_cast<std::int64_t>(doubled / (static_cast<Wide>(factor) * 2))};
}

class Finisher {
 public:
    Finisher(const Message& message, Understanding& out) : m_(message), out_(out) {}

    void items(std::vector<Draft> drafts) {
        const bool offers_nothing =
            out_.intent == Intent::kOfferStock &&
            std::ranges::all_of(drafts, [](const Draft& draft) { return draft.product < 0; });
        if (out_.intent == Intent::kOther || offers_nothing) amount_alone(drafts);
        if (!carries_items(out_.intent) || !out_.items.empty()) return;
        drop_denied(drafts);
        for (const Draft& draft : drafts) {
            if (std::optional<Item> made = item(draft)) out_.items.push_back(std::move(*made));
        }
        const auto bare = [](const Item& one) { return !one.quantity && !one.price; };
        for (std::size_t i = 0; i < out_.items.size(); ++i) {
            for (std::size_t j = i + 1; j < out_.items.size();) {
                const bool same =
                    out_.items[i].product == out_.items[j].product && bare(out_.items[j]);
                if (same) {
                    out_.items.erase(out_.items.begin() + static_cast<std::ptrdiff_t>(j));
                } else {
                    ++j;
                }
            }
        }
    }

    void place() {
        if (out_.intent == Intent::kOther) return;
        const Span* best = nullptr;
        for (const Span& span : m_.spans) {
            if (span.kind != Kind::kPlace) continue;
            if (best == nullptr || (best->misspelt && !span.misspelt) || within(*best, span))
                best = &span;
        }
        if (best == nullptr) return;
        out_.place = m_.lexicon.places[static_cast<std::size_t>(best->value)].key;
        out_.evidence.likened_places = best->misspelt ? 1 : 0;
    }

 private:
    // "समस्तीपुर के रोसड़ा से": a town right behind its district.
    [[nodiscard]] bool within(const Span& district, const Span& town) const {
        const auto is_district = [&](const Span& span) {
            return m_.lexicon.places[static_cast<std::size_t>(span.value)].district;
        };
        return is_district(district) && !is_district(town) && !town.misspelt &&
               town.begin <= district.end + 2 && !m_.has(district.end, Cue::kAnd);
    }

    // "10 किलो", "170 रुपये किलो": the answer to "how much?" or "at what price?", or what was meant
    // instead ("नहीं, 25 किलो", "दाम 200 कर दो"), and nothing else.
    void amount_alone(const std::vector<Draft>& drafts) {
        if (drafts.size() != 1 || drafts[0].product >= 0 || drafts[0].lump) return;
        for (std::size_t at = 0; at < m_.size(); ++at) {
            const Span* span = m_.span_at(at);
            const bool counts =
                span != nullptr && (span->kind == Kind::kNumber || span->kind == Kind::kUnit ||
                                    span->kind == Kind::kCurrency || span->kind == Kind::kRate ||
                                    span->kind == Kind::kApprox);
            const bool denied = (m_.has(at, Cue::kNo) || m_.may_be(at, Kind::kNegation)) &&
                                drafts[0].first_token > at;
            const bool filler =
                denied ||
                m_.has_any(at, {Cue::kExists,   Cue::kConnector, Cue::kYes,   Cue::kGreeting,
                                Cue::kWillGive, Cue::kOne,       Cue::kEach,  Cue::kPer,
                                Cue::kEvery,    Cue::kPrice,     Cue::kBut,   Cue::kAmountWord,
                                Cue::kChanged,  Cue::kDoIt,      Cue::kPast,  Cue::kWrong,
                                Cue::kNewPrice, Cue::kTold,      Cue::kIn,    Cue::kMine,
                                Cue::kVerb,     Cue::kHonorific, Cue::kHuman, Cue::kPeople});
            if (m_.tokens[at].kind == TokenKind::kWord && !counts && !filler) return;
        }
        const Draft& draft = drafts[0];
        Item amount;
        if (draft.has_quantity && draft.unit >= 0) {
            amount.quantity = TenThousandths{draft.quantity};
            amount.unit = unit(draft.unit).name;
        }
        if (draft.has_price) {
            amount.price = paise_per_unit(
                draft.amount, draft.price_unit >= 0 ? unit(draft.price_unit).factor : kScale);
            amount.price_unit = draft.price_unit >= 0 ? unit(draft.price_unit).name : amount.unit;
        }
        if (amount.quantity || amount.price) out_.items.push_back(std::move(amount));
    }

    // "मखाना नहीं है, सत्तू है": what she lacks is no offer, nor is what is for sale a withdrawal.
    void drop_denied(std::vector<Draft>& drafts) const {
        const bool mixed = std::ranges::any_of(drafts, &Draft::negated) &&
                           std::ranges::any_of(drafts, [](const Draft& d) { return !d.negated; });
        if (mixed && out_.intent != Intent::kWithdrawStock &&
            out_.intent != Intent::kDeclineOrder) {
            std::erase_if(drafts, &Draft::negated);
        }
    }

    [[nodiscard]] std::optional<Item> item(const Draft& draft) const {
        const Product* product =
            draft.product < 0 ? nullptr
                              : &m_.lexicon.products[static_cast<std::size_t>(draft.product)];
        const std::string fallback = product != nullptr ? product->default_unit : std::string();
        Item made;
        if (product != nullptr) made.product = product->key;
        const bool asks = out_.intent == Intent::kAskPrice || out_.intent == Intent::kAskDemand;
        const bool amount_of_money = product == nullptr && draft.bare_number &&
                                     draft.quantity >= 500 * kScale &&
                                     out_.intent == Intent::kReportPaymentProblem;
        if (draft.has_quantity &&
            !(asks && (draft.article || (draft.quantity == kScale && draft.unit >= 0))) &&
            !amount_of_money) {
            made.quantity = TenThousandths{draft.quantity};
            made.unit = draft.unit >= 0 ? unit(draft.unit).name : fallback;
        }
        if (product == nullptr && !made.quantity) return std::nullopt;
        if (draft.has_price && out_.intent == Intent::kOfferStock) price(draft, fallback, made);
        return made;
    }

    void price(const Draft& draft, const std::string& fallback, Item& made) const {
        if (draft.lump) {
            made.price = paise_per_unit(draft.amount, kScale);
            made.price_unit = "lot";
            return;
        }
        const std::int32_t spoken = draft.price_unit >= 0 ? draft.price_unit
                                    : draft.has_quantity  ? draft.unit
                                                          : -1;
        const std::int64_t factor = spoken >= 0 ? unit(spoken).factor : kScale;
        made.price_unit = spoken >= 0 ? unit(spoken).name : fallback;
        if (made.price_unit.empty()) return;  // a price of nobody knows what
        made.price = paise_per_unit(draft.amount, factor);
    }

    [[nodiscard]] const UnitName& unit(std::int32_t index) const {
        return m_.lexicon.units[static_cast<std::size_t>(index)];
    }

    const Message& m_;
    Understanding& out_;
};

// Words within a name speak of nothing else: "broken wheat" is no complaint.
void forget_cues_of_names(Message& message) {
    CueSet inside;
    for (const Span& span : message.spans) {
        if (span.kind != Kind::kProduct) continue;
        if (span.end < span.begin + 2) {  // "sadi" the saree is not "sadi" the rotten
            if (message.cues[span.begin].has(Cue::kBad)) inside.add(Cue::kBad);
            message.cues[span.begin].remove(Cue::kBad);
            continue;
        }
        for (std::size_t i = span.begin; i < span.end; ++i) {
            inside |= message.cues[i];
            message.cues[i] = {};
        }
    }
    if (inside.empty()) return;
    for (const CueSet& cues : message.cues) inside.remove_all(cues);
    message.all.remove_all(inside);
}

// What the items show, for the weighing of intents.
void tell_intents(Message& message, const Drafts& drafts, const Reference& reference,
                  const Dates& dates) {
    for (const Draft& draft : drafts.items) {
        if (draft.product >= 0) message.all.add(Cue::kHasProduct);
        if (draft.has_quantity && !draft.article) message.all.add(Cue::kHasQuantity);
        if (draft.has_price) message.all.add(Cue::kHasPrice);
        if (draft.has_price && draft.product < 0 && !draft.has_quantity) {
            message.all.add(Cue::kHasAmount);
        }
    }
    if (drafts.loose_amount >= 500 * kScale) message.all.add(Cue::kHasAmount);
    if (!reference.text.empty()) message.all.add(Cue::kHasRef);
    if (dates.from || dates.until) message.all.add(Cue::kHasDate);
    const bool denied = std::ranges::any_of(drafts.items, &Draft::negated);
    const bool stands = std::ranges::any_of(drafts.items, [](const Draft& d) {
        return !d.negated && (d.has_quantity || d.has_price) && d.product >= 0;
    });
    if (denied && stands) message.all.remove(Cue::kNotHave);
}

struct Reading {
    Reference reference;
    Dates dates;
    Drafts drafts;
    Verdict verdict;
    std::optional<Intent> command;
};

Reading read(Message& message) {
    Reading reading;
    derive_cues(message);
    reading.reference = find_references(message);
    choose_meanings(message);
    forget_cues_of_names(message);
    reading.dates = find_dates(message);
    reading.drafts = collect_items(message);
    tell_intents(message, reading.drafts, reading.reference, reading.dates);
    reading.verdict = weigh(message);
    reading.command = bare_command(message);
    if (reading.command) reading.verdict.intent = *reading.command;
    return reading;
}

struct Likened {
    std::size_t token = 0;
    std::uint32_t word = kNoWord;
};

// Something is counted, offered or asked for, and no goods are named.
bool lacks_goods(const Reading& reading) {
    const std::vector<Draft>& drafts = reading.drafts.items;
    const bool named =
        std::ranges::any_of(drafts, [](const Draft& draft) { return draft.product >= 0; });
    const bool unnamed = std::ranges::any_of(drafts, [](const Draft& draft) {
        return draft.product < 0 && draft.has_quantity && !draft.article;
    });
    const Intent intent = reading.verdict.intent;
    return unnamed || (!named && intent <= Intent::kAskDemand);
}

// The only word without a meaning that resembles goods, where goods are missing: "20 kg hony". A
// place where goods must stand is evidence of its own, so that a wider likeness will do.
std::optional<Likened> unread_goods(const Message& message, const Reading& reading) {
    if (!lacks_goods(reading)) return std::nullopt;
    std::optional<Likened> found;
    for (std::size_t at = 0; at < message.size(); ++at) {
        const bool silent = message.tokens[at].kind == TokenKind::kWord &&
                            message.cues[at].empty() && message.span_at(at) == nullptr &&
                            message.first_candidate[at] == message.first_candidate[at + 1];
        if (!silent || message.has(at + 1, Cue::kSurname)) continue;
        const std::uint32_t word = message.lexicon.find_misspelt(message.tokens[at].key.view(),
                                                                 LexiconData::Wanted::kGoods);
        if (word == kNoWord) continue;
        if (found) return std::nullopt;
        found = {at, word};
    }
    return found;
}

}  // namespace

std::string_view intent_name(Intent intent) {
    return kIntentNames[static_cast<std::size_t>(intent)];
}

std::optional<Intent> intent_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kIntentNames.size(); ++i) {
        if (kIntentNames[i] == name) return static_cast<Intent>(i);
    }
    return std::nullopt;
}

Milli to_milli(TenThousandths quantity) { return {(quantity.value + 5) / 10}; }

Understanding understand(const Lexicon& lexicon, std::string_view text, Date today) {
    Message message(lexicon.data(), text, today);
    message.tokens.reserve(std::min<std::size_t>(text.size() / 4 + 4, kMostTokens));
    tokenize(text, message.tokens);
    match(message);
    Reading reading = read(message);
    Understanding out;
    if (const std::optional<Likened> goods = unread_goods(message, reading)) {
        match_again(message, goods->token, goods->word);
        reading = read(message);
        out.evidence.guesses = 1;
    }
    const auto& [reference, dates, drafts, verdict, command] = reading;
    out.intent = verdict.intent;
    const BareAnswer answer = bare_answer(message);
    out.answer = answer.answer;
    out.answer_number = answer.number;
    if (answer.answer != Answer::kNone && !command) out.intent = Intent::kOther;
    out.share = command ? Share::kNone : bare_share(message, out.intent);
    if (out.share != Share::kNone && out.intent == Intent::kGreeting) out.intent = Intent::kOther;
    out.asks_for_person = out.intent == Intent::kHelp && message.all.has(Cue::kTalk);
    if (carries_dates(out.intent)) {
        out.date_from = dates.from;
        out.date_until = dates.until;
    }
    if (carries_reference(out.intent)) out.order_ref = reference.text;
    Finisher finisher(message, out);
    finisher.items(drafts.items);
    finisher.place();
    out.evidence = gather_evidence(message, verdict, drafts, dates, out);
    out.confidence = confidence_of(out.evidence);
    if (command) out.confidence.overall = out.confidence.intent = 1000;
    return out;
}

}  // namespace haat::language
