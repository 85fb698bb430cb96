/// What she reported comes on the market with her yes. What can hardly be meant, and what is there
/// already, is asked once before.
#include <algorithm>
#include <utility>

#include "announce.hpp"
#include "answer_actions.hpp"
#include "base/log.hpp"
#include "catalogue/products.hpp"
#include "her_goods.hpp"
#include "language/understanding.hpp"
#include "market/demands.hpp"
#include "market/offers.hpp"
#include "market/prices.hpp"
#include "market/searches.hpp"
#include "storage/ahead.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using messaging::PendingOffer;
using A = Answering;

/// An offer without a last day of its own stands this long.
constexpr std::int64_t kOfferLifeSeconds = 14 * 86'400;
/// A price this many times above or below what others ask is asked about.
constexpr std::int64_t kFarTimes = 5;
/// The market average is of another quality, and of another day.
constexpr std::int64_t kFarFromMandiTimes = 10;
constexpr std::int64_t kOffersToCompare = 3;

/// What adding it will ask, in one round trip.
void ask_about_offer(const A& a, const market::OfferDraft& draft) {
    storage::ahead(a.tx, [&](storage::Transaction& asks) {
        (void)market::newest_demand(asks, draft.product_id, a.now);
        (void)market::find_offer_of(asks, a.inbound.inbound_id, draft.product_id);
        market::ask_to_note(asks, draft);
        (void)registry::makes_product(asks, system_viewer(), draft.person_id, draft.product_id);
        (void)registry::find_person(asks, system_viewer(), draft.person_id);
    });
}

/// What she wrote first, unless she corrected it: then what she said yes to.
std::string words_of(const A& a, const PendingOffer& pending, const std::string& said) {
    const language::Lexicon lexicon = a.context.lexicon;
    const language::Understanding meaning =
        language::understand(lexicon, said, date_in_india(a.now));
    const auto item =
        std::ranges::find(meaning.items, pending.product_key, &language::Item::product);
    const bool is_so =
        item != meaning.items.end() &&
        (!item->quantity || language::to_milli(*item->quantity) == pending.quantity) &&
        (!item->price || item->price_unit == "lot" || item->price == pending.price);
    return is_so ? said : goods_in_words(a, {pending});
}

/// In the product's own unit where that is fixed, else in one that it is sold in; none if neither.
std::optional<market::OfferDraft> draft_of(const A& a, const PendingOffer& offer,
                                           const catalogue::Product& product,
                                           const std::string& said) {
    const std::string unit = offer.unit.empty() ? product.unit_default : offer.unit;
    const Paise asked = offer.price.value_or(Paise{});
    auto quantity = quantity_in(offer.quantity, unit, product.unit_default);
    auto price = price_in(asked, unit, product.unit_default);
    std::string sold_in = product.unit_default;
    if (!quantity && std::ranges::find(product.units, unit) != product.units.end()) {
        quantity = offer.quantity;
        price = asked;
        sold_in = unit;
    }
    if (!quantity || !price) {
        return std::nullopt;
    }
    return market::OfferDraft{.person_id = a.person->person_id,
                              .product_id = product.product_id,
                              .quantity = *quantity,
                              .unit = sold_in,
                              .price_per_unit = *price,
                              .grade = {},
                              .place_id = a.person->place_id,
                              .available_from_at = a.now,
                              .available_until_at = {a.now.value + kOfferLifeSeconds},
                              .inbound_id = a.inbound.inbound_id,
                              .demand_id = {},
                              .said = words_of(a, offer, said)};
}

/// One of her goods, and how it would come on the market; no draft: a person must look.
struct Planned {
    PendingOffer pending;
    std::optional<market::OfferDraft> draft;
    ProductId product_id;
    bool is_usual_unit = true;  ///< In the product's own, in which others ask their price.
};

std::vector<Planned> planned_of(const A& a, const DialogueState& state) {
    std::vector<Planned> all;
    for (const PendingOffer& pending : state.goods) {
        Planned planned{.pending = pending, .draft = std::nullopt, .product_id = {}};
        const auto product = a.product(pending.product_key);
        if (product && a.person) {
            planned.draft = draft_of(a, pending, *product, state.said);
            planned.product_id = product->product_id;
            planned.is_usual_unit = planned.draft && planned.draft->unit == product->unit_default;
        }
        all.push_back(std::move(planned));
    }
    return all;
}

/// More than one woman has at once.
bool is_odd_quantity(const market::OfferDraft& draft) {
    constexpr Milli kMostKilos{5'000'000};
    constexpr Milli kMostPieces{10'000'000};
    const auto kilos = quantity_in(draft.quantity, draft.unit, "kg");
    const bool is_animal = draft.unit == "head";
    return is_animal ? draft.quantity > Milli{200'000}
           : kilos   ? *kilos > kMostKilos
                     : draft.quantity > kMostPieces;
}

bool is_odd_price(const A& a, const Planned& planned) {
    constexpr Paise kLeast{200};
    constexpr Paise kMost{20'000'000};
    const Paise price = planned.draft->price_per_unit;
    const auto is_far = [&](Paise low, Paise high, std::int64_t times) {
        return price.value * times < low.value || price.value > high.value * times;
    };
    if (planned.is_usual_unit) {
        const auto asked = a.facts->asked_prices(a.tx, planned.product_id, a.now);
        if (asked.count >= kOffersToCompare) {
            return is_far(asked.low, asked.high, kFarTimes);
        }
        if (const auto mandi = a.facts->mandi_price(a.tx, planned.product_id)) {
            const auto there = price_in(mandi->price_per_unit, mandi->unit, planned.draft->unit);
            if (there && is_far(*there, *there, kFarFromMandiTimes)) {
                return true;
            }
        }
    }
    return price < kLeast || price > kMost;
}

/// What can hardly be meant: "₹1 प्रति किलो", "100000 किलो आम अचार".
std::string odd_lines(const A& a, const std::vector<Planned>& all) {
    std::string lines;
    for (const Planned& planned : all) {
        if (!planned.draft) {
            continue;
        }
        const bool has_odd_price = is_odd_price(a, planned);
        if (has_odd_price || is_odd_quantity(*planned.draft)) {
            lines += "\n• " + goods_in_words(a, {planned.pending});
        }
    }
    return lines;
}

/// Her open offers of the same goods in the same unit.
std::vector<market::Offer> hers_of(const A& a, const market::OfferDraft& draft) {
    constexpr int kMost = 20;
    std::vector<market::Offer> hers = market::list_offers(a.tx, system_viewer(),
                                                          {.product_id = draft.product_id,
                                                           .state = market::OfferState::kOpen,
                                                           .person_id = draft.person_id},
                                                          {.limit = kMost}, a.now);
    std::erase_if(hers, [&](const market::Offer& offer) {
        return offer.unit != draft.unit || offer.inbound_id == draft.inbound_id;
    });
    return hers;
}

std::string lines_there(const A& a, const std::vector<Planned>& all) {
    std::string lines;
    for (const Planned& planned : all) {
        if (planned.draft) {
            for (const market::Offer& offer : hers_of(a, *planned.draft)) {
                lines += "\n• " + line_of(a, offer);
            }
        }
    }
    return lines;
}

/// The same goods, said anew: her newest offer becomes that, older ones go. False if there is none.
bool replace(A& a, const market::OfferDraft& draft) {
    const std::vector<market::Offer> hers = hers_of(a, draft);
    if (hers.empty() ||
        !change_goods(a, hers.front(), draft.quantity, draft.price_per_unit, draft.said)) {
        return false;
    }
    for (std::size_t i = 1; i < hers.size(); ++i) {
        withdraw_goods(a, hers[i]);
    }
    return true;
}

/// What became of one of her goods.
std::string add_offer(A& a, const Planned& planned, bool replaces) {
    if (!planned.draft) {
        return "person";  // a pack of unknown size: a person asks her
    }
    if (replaces && replace(a, *planned.draft)) {
        return "done";
    }
    market::OfferDraft draft = *planned.draft;
    ask_about_offer(a, draft);
    if (planned.is_usual_unit) {  // in which demands are
        draft.demand_id = market::newest_demand(a.tx, planned.product_id, a.now);
    }
    const Result<market::Offer> offer = market::add(a.tx, draft, a.now);
    if (!offer) {
        log_info("offer.refused", {{"code", offer.error().code}});
        return "refused";
    }
    (void)registry::add_product(a.tx, system_viewer(), a.person->person_id, planned.product_id);
    market::note_offer(a.tx, *offer, a.now);
    announce(a.tx, a.context.flows, "offer", offer->offer_id.value, "created", a.now);
    return "done";
}

ActionResult add_all(A& a, const std::vector<Planned>& all, bool replaces) {
    std::string worst = "done";
    std::vector<PendingOffer> listed;
    std::vector<PendingOffer> others;
    for (const Planned& planned : all) {
        const std::string outcome = add_offer(a, planned, replaces);
        worst = outcome == "person" || worst == "done" ? outcome : worst;
        (outcome == "done" ? listed : others).push_back(planned.pending);
    }
    const bool is_some = worst != "done" && !listed.empty();
    return {.outcome = is_some ? "some" : worst,
            .values = {{"list", goods_in_words(a, listed)}, {"others", goods_in_words(a, others)}}};
}

}  // namespace

ActionResult add_offers(A& a, const ActionArguments& with, const DialogueState& state) {
    const auto found = with.find("sure");
    const std::string_view sure = found == with.end() ? std::string_view() : found->second;
    const std::vector<Planned> all = planned_of(a, state);
    if (sure.empty()) {
        if (std::string odd = odd_lines(a, all); !odd.empty()) {
            return {.outcome = "odd", .values = {{"list", std::move(odd)}}};
        }
    }
    if (sure.empty() || sure == "odd") {
        if (std::string there = lines_there(a, all); !there.empty()) {
            return {.outcome = "same", .values = {{"list", std::move(there)}}};
        }
    }
    return add_all(a, all, sure == "same");
}

}  // namespace haat::flows
