/// What a thing costs: the official market series, what producers of her district agreed to lately,
/// and what is on offer now; each with its source and date, and plainly none where there is none.
#include "answer_actions.hpp"
#include "catalogue/products.hpp"
#include "join_words.hpp"
#include "market/prices.hpp"
#include "registry/places.hpp"
#include "storage/ahead.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;

std::string per_unit(const Answering& a, Paise price, std::string_view unit) {
    return rupees_display(price) + " " + a.text("messages.per_unit", {{"unit", a.unit_text(unit)}});
}

std::string mandi_line(const Answering& a, const catalogue::Product& product, bool& has_any) {
    const auto price = a.facts->mandi_price(a.tx, product.product_id);
    has_any = price.has_value();
    if (!price) {
        return a.text("messages.price_no_mandi");
    }
    constexpr std::int64_t kOldSeconds = 45 * 86'400;
    const bool is_old = a.now.value - price->priced_at.value > kOldSeconds;
    const int month = date_in_india(price->priced_at).month;
    return a.text(is_old ? "messages.price_mandi_old" : "messages.price_mandi",
                  {{"month", a.text("messages.month_" + std::to_string(month))},
                   {"price", per_unit(a, price->price_per_unit, price->unit)},
                   {"source", price->source},
                   {"date", date_said(price->priced_at)}});
}

/// Of her district; of the state for who is of none.
std::string deals_line(const Answering& a, const catalogue::Product& product, bool& has_any) {
    std::optional<registry::Place> home;
    if (a.person) {
        if (const auto village = a.place(a.person->place_id)) {
            home = a.place(village->district_id);
        }
    }
    const registry::Place where = home ? *home : a.place(registry::kBihar).value();
    const std::string place = where.name(language_code(a.language()));
    const auto deals = market::recent_deals(a.tx, product.product_id, where.numbers, a.now);
    has_any = deals.has_value();
    if (!deals) {
        return a.text("messages.price_no_deals", {{"place", place}});
    }
    return a.text("messages.price_deals",
                  {{"place", place},
                   {"count", std::to_string(deals->count)},
                   {"price", per_unit(a, deals->median, product.unit_default)},
                   {"date", date_said(deals->newest_at)}});
}

std::string offers_line(const Answering& a, const catalogue::Product& product, bool& has_any) {
    const market::AskedPrices asked = a.facts->asked_prices(a.tx, product.product_id, a.now);
    has_any = asked.count > 0;
    if (!has_any) {
        return a.text("messages.price_no_offers");
    }
    return a.text("messages.price_offers", {{"low", rupees_display(asked.low)},
                                            {"high", per_unit(a, asked.high, product.unit_default)},
                                            {"count", std::to_string(asked.count)},
                                            {"date", date_said(a.now)}});
}

/// "अचार" is a word for mixed pickle: what is offered most of its kind is meant, unless she gave
/// the full name.
catalogue::Product meant_most(const Answering& a, catalogue::Product named) {
    if (named.name_hi.find(' ') != std::string::npos &&
        a.inbound.text.find(named.name_hi) != std::string::npos) {
        return named;
    }
    const auto offered = [&](const catalogue::Product& product) {
        return a.facts->asked_prices(a.tx, product.product_id, a.now).count;
    };
    std::int64_t most = offered(named);
    catalogue::Product meant = named;
    for (catalogue::Product& product : catalogue::list_products(a.tx)) {
        if (product.key == named.key || !catalogue::is_kind_of(product, named)) {
            continue;
        }
        if (const std::int64_t count = offered(product); count > most) {
            most = count;
            meant = std::move(product);
        }
    }
    return meant;
}

ActionResult show_price(const Answering& a) {
    auto product =
        a.product(a.meaning.items.empty() ? std::string() : a.meaning.items.front().product);
    if (product) {
        product = meant_most(a, *std::move(product));
    }
    if (!product) {
        return {.outcome = "which"};
    }
    storage::ahead(a.tx, [&](storage::Transaction& asks) {
        (void)a.facts->place(asks, a.person ? a.person->place_id : registry::kBihar);
        (void)a.facts->mandi_price(asks, product->product_id);
        (void)a.facts->asked_prices(asks, product->product_id, a.now);
    });
    bool has_mandi = false;
    bool has_deals = false;
    bool has_offers = false;
    const std::string mandi = mandi_line(a, *product, has_mandi);
    const std::string deals = deals_line(a, *product, has_deals);
    const std::string offers = offers_line(a, *product, has_offers);
    return {.outcome = has_mandi || has_deals || has_offers ? "some" : "none",
            .values = {{"product", product->name(language_code(a.language()))},
                       {"list", "\n• " + mandi + "\n• " + deals + "\n• " + offers}}};
}

}  // namespace

std::vector<NamedAction> price_actions() {
    return {
        {{"show_price", {"some", "none", "which"}, false, {"product", "list"}},
         [](Answering& a, const ActionArguments&, const DialogueState&) { return show_price(a); }},
    };
}

}  // namespace haat::flows
