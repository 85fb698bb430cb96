/// A slip after "it is on the market": what she says of it within a day changes it, once she has
/// seen what it will be and said yes.
#include "answer_mend.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "her_goods.hpp"
#include "join_words.hpp"

namespace haat::flows {
namespace {

using language::Intent;
using language::Item;
using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

constexpr std::int64_t kMendSeconds = 86'400;
constexpr std::size_t kWordsRead = 12;
constexpr std::size_t kEndingMost = 3;  ///< "कर दीजिए ना"

/// "गलत लिखा, दाम 200 है": without it a sum in a report of a problem is no correction.
bool says_mistake(std::string_view text) {
    constexpr std::array<std::string_view, 4> kWords{"गलत", "ग़लत", "galat", "galti"};
    const std::string folded = messaging::fold_command(text);
    return std::ranges::any_of(
        kWords, [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

std::optional<Item> only_amount(const language::Understanding& meaning) {
    const bool is_one = meaning.items.size() == 1 &&
                        (meaning.items.front().quantity || meaning.items.front().price);
    return is_one ? std::optional(meaning.items.front()) : std::nullopt;
}

/// The quantity or price that her message names, if need be without the words around it: "नहीं,
/// 25 किलो", "भाव 190 कर दो".
std::optional<Item> amount_said(const A& a) {
    if (!a.meaning.items.empty()) {
        return only_amount(a.meaning);
    }
    const std::vector<std::string_view> words = split_words(a.inbound.text);
    if (words.size() < 2 || words.size() > kWordsRead) {
        return std::nullopt;
    }
    const language::Lexicon lexicon = a.context.lexicon;
    for (std::size_t first = 0; first < words.size(); ++first) {
        for (std::size_t ending = 0; ending <= kEndingMost && first + ending < words.size();
             ++ending) {
            std::string part;
            for (std::size_t i = first; i < words.size() - ending; ++i) {
                part += (part.empty() ? "" : " ") + std::string(words[i]);
            }
            const auto said =
                only_amount(language::understand(lexicon, part, date_in_india(a.now)));
            if (said && said->product.empty()) {
                return said;
            }
        }
    }
    return std::nullopt;
}

/// What one of her goods will be.
struct Mend {
    market::Offer offer;
    Milli left;
    Paise price;
};

std::optional<Mend> mend_of(const market::Offer& offer, const Item& said) {
    Mend mend{.offer = offer, .left = offer.remaining, .price = offer.price_per_unit};
    if (said.quantity) {
        const auto left = quantity_in(language::to_milli(*said.quantity),
                                      said.unit.empty() ? offer.unit : said.unit, offer.unit);
        if (!left || left->value <= 0) {
            return std::nullopt;
        }
        mend.left = *left;
    }
    if (said.price) {
        const auto price = price_in(
            *said.price, said.price_unit.empty() ? offer.unit : said.price_unit, offer.unit);
        if (!price) {
            return std::nullopt;
        }
        mend.price = *price;
    }
    const bool is_same = mend.left == offer.remaining && mend.price == offer.price_per_unit;
    return is_same ? std::nullopt : std::optional(mend);
}

/// Of what she put on the market last, within a day: the one that it can be about.
std::optional<Mend> find_mend(const A& a, const Item& said) {
    std::vector<market::Offer> fresh = goods_meant(a, said.product);
    std::erase_if(fresh, [&](const market::Offer& offer) {
        return offer.person_id != a.person->person_id ||
               offer.offered_at.value <= a.now.value - kMendSeconds;
    });
    std::optional<Mend> only;
    for (const market::Offer& offer : fresh) {
        if (offer.inbound_id != fresh.front().inbound_id) {
            break;
        }
        if (const auto mend = mend_of(offer, said)) {
            if (only) {
                return std::nullopt;  // two came with one message: she must name which
            }
            only = mend;
        }
    }
    return only;
}

/// Named goods with a quantity and a price are a report of their own.
bool is_report(const Item& said) { return !said.product.empty() && said.quantity && said.price; }

std::optional<Mend> mend_said(const A& a) {
    if (!a.person || a.inbound.text.empty()) {
        return std::nullopt;
    }
    const auto said = amount_said(a);
    return said && !is_report(*said) ? find_mend(a, *said) : std::nullopt;
}

market::Offer mended(const Mend& mend) {
    market::Offer offer = mend.offer;
    offer.remaining = mend.left;
    offer.price_per_unit = mend.price;
    return offer;
}

ActionResult find_mend_action(const A& a) {
    const auto mend = mend_said(a);
    if (!mend) {
        return {.outcome = "none"};
    }
    return {.outcome = "some",
            .values = {{"before", line_of(a, mend->offer)},
                       {"after", line_of(a, mended(*mend))},
                       {"mend_offer", std::to_string(mend->offer.offer_id.value)},
                       {"mend_milli", std::to_string(mend->left.value)},
                       {"mend_paise", std::to_string(mend->price.value)}}};
}

std::int64_t number_at(const State& state, const std::string& name) {
    const auto found = state.values.find(name);
    return found == state.values.end() ? 0 : parse_integer(found->second).value_or(0);
}

ActionResult mend_goods(A& a, const State& state) {
    const OfferId offer_id{number_at(state, "mend_offer")};
    const std::vector<market::Offer> open = open_goods(a);
    const auto offer = std::ranges::find(open, offer_id, &market::Offer::offer_id);
    if (offer == open.end()) {
        return {.outcome = "refused"};  // sold or taken off meanwhile
    }
    const Mend mend{*offer, {number_at(state, "mend_milli")}, {number_at(state, "mend_paise")}};
    const auto changed = change_goods(a, *offer, mend.left, mend.price, line_of(a, mended(mend)));
    if (!changed) {
        return {.outcome = "refused"};
    }
    return {.outcome = "done", .values = {{"list", line_of(a, *changed)}}};
}

}  // namespace

void heed_mend(A& a, const State& state) {
    const Intent intent = a.meaning.intent;
    const bool may_be = intent == Intent::kOther ||
                        (intent == Intent::kReportPaymentProblem && says_mistake(a.inbound.text));
    if (may_be && state.dialogue.empty() && a.inbound.button_id.empty() &&
        a.meaning.answer == language::Answer::kNone && mend_said(a)) {
        a.meaning.intent = Intent::kOfferStock;
    }
}

std::vector<NamedAction> mend_actions() {
    return {
        {{"find_mend", {"none", "some"}, false, {"before", "after"}},
         [](A& a, const With&, const State&) { return find_mend_action(a); }},
        {{"mend_goods", {"done", "refused"}, false, {"list"}},
         [](A& a, const With&, const State& state) { return mend_goods(a, state); },
         {{"done", "messages.group_told"}}},
    };
}

}  // namespace haat::flows
