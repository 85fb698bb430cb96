/// What a thing costs: the official market series, what producers of her district agreed to lately,
/// and what is on offer now; each with its source and date, and plainly none where there is none.
#include <algorithm>
#include <array>
#include <span>

#include "answer_actions.hpp"
#include "catalogue/products.hpp"
#include "her_goods.hpp"
#include "market/prices.hpp"
#include "messaging/channel_sms.hpp"
#include "price_series.hpp"
#include "registry/places.hpp"
#include "storage/ahead.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;

/// How much is told; the first that fits in three SMS is said.
struct Detail {
    std::size_t deals;  ///< How many of the last.
    bool has_median;
    bool has_nones;   ///< What is not known.
    bool has_yours;   ///< That she decides.
    bool has_offers;  ///< What is asked now.
};
constexpr std::array<Detail, 6> kDetails{{{2, true, true, true, true},
                                          {1, true, true, true, true},
                                          {1, false, true, true, true},
                                          {1, false, false, true, true},
                                          {1, false, false, false, true},
                                          {1, false, false, false, false}}};
constexpr int kSmsMost = 3;

/// What is known of a product, read once.
struct Known {
    const std::vector<market::MandiPrice>& series;
    std::optional<market::Deals> deals;
    market::AskedPrices asked;
    std::string place;  ///< Of the deals.
};

/// Small change means nothing from a hundred rupees on.
std::string rupees_said(Paise price) {
    constexpr std::int64_t kHundredRupees = 10'000;
    return rupees_display(price.value < kHundredRupees ? price
                                                       : Paise{(price.value + 50) / 100 * 100});
}

std::string per_unit(const Answering& a, Paise price, std::string_view unit) {
    return a.text("messages.price_of_unit",
                  {{"price", rupees_said(price)}, {"unit", a.unit_text(unit)}});
}

/// "मार्च", "12 मार्च", and the year where it is not plain.
std::string day_said(const Answering& a, Date day, bool is_month, int plain_year) {
    const std::string month = a.text("messages.month_" + std::to_string(day.month));
    if (is_month) {
        return month;
    }
    return std::to_string(day.day) + " " + month +
           (day.year == plain_year ? "" : " " + std::to_string(day.year));
}

/// Empty: nothing to compare.
std::string trend_text(Trend trend, bool is_old) {
    switch (trend) {
        case Trend::kUp:
            return is_old ? "messages.price_was_up" : "messages.price_up";
        case Trend::kDown:
            return is_old ? "messages.price_was_down" : "messages.price_down";
        case Trend::kMixed:
            return is_old ? "messages.price_was_mixed" : "messages.price_mixed";
        case Trend::kSame:
            return is_old ? "messages.price_was_same" : "messages.price_same";
        case Trend::kNone:
            break;
    }
    return is_old ? "messages.price_old" : "";
}

/// "जनवरी ₹820, फ़रवरी ₹850, 12 मार्च ₹885 क्विंटल (₹8.85 किलो), बढ़ रहा है".
std::string mandi_line(const Answering& a, const catalogue::Product& product, const Known& known) {
    const std::vector<SeriesPoint> all = points_of(known.series);
    const market::MandiPrice& newest = known.series.front();
    std::string points;
    for (const SeriesPoint& point : all) {
        const bool is_newest = &point == &all.back();
        const int plain_year = is_newest ? date_in_india(a.now).year : all.back().day.year;
        points += (points.empty() ? "" : ", ") +
                  day_said(a, point.day, point.is_month, plain_year) + " " +
                  (is_newest ? per_unit(a, point.price, newest.unit) : rupees_said(point.price));
    }
    const auto in_own = price_in(newest.price_per_unit, newest.unit, product.unit_default);
    if (in_own && product.unit_default != newest.unit) {
        points += " (" + per_unit(a, *in_own, product.unit_default) + ")";
    }
    constexpr std::int64_t kOldSeconds = 45 * 86'400;
    const bool is_old = a.now.value - newest.priced_at.value > kOldSeconds;
    if (const std::string trend = trend_text(trend_of(all), is_old); !trend.empty()) {
        points += ", " + a.text(trend);
    }
    return a.text("messages.price_series", {{"points", points}, {"source", newest.source}});
}

/// Of her district; of the state for who is of none.
registry::Place home_of(const Answering& a) {
    if (a.person) {
        if (const auto village = a.place(a.person->place_id)) {
            if (auto home = a.place(village->district_id)) {
                return *std::move(home);
            }
        }
    }
    return a.place(registry::kBihar).value();
}

std::string deals_line(const Answering& a, const Known& known, const Detail& detail) {
    const market::Deals& deals = *known.deals;
    std::string last;
    for (const market::Deal& deal :
         std::span(deals.last).first(std::min(deals.last.size(), detail.deals))) {
        const Date agreed = date_in_india(deal.agreed_at);  // of the last quarter
        last += (last.empty() ? "" : ", ") + quantity_plain(deal.quantity) + " " +
                a.unit_text(deals.unit) + " " + rupees_said(deal.price) + " (" +
                day_said(a, agreed, false, agreed.year) + ")";
    }
    const bool has_median =
        detail.has_median && deals.count > static_cast<std::int64_t>(deals.last.size());
    return a.text(has_median ? "messages.price_deals_many" : "messages.price_deals_last",
                  {{"place", known.place},
                   {"count", std::to_string(deals.count)},
                   {"price", per_unit(a, deals.median, deals.unit)},
                   {"last", last}});
}

std::string offers_line(const Answering& a, const catalogue::Product& product,
                        const market::AskedPrices& asked) {
    return a.text(asked.low == asked.high ? "messages.price_offer" : "messages.price_offers",
                  {{"low", rupees_said(asked.low)},
                   {"high", per_unit(a, asked.high, product.unit_default)},
                   {"count", std::to_string(asked.count)}});
}

std::string all_lines(const Answering& a, const catalogue::Product& product, const Known& known,
                      const Detail& detail) {
    std::string list;
    const auto add = [&](bool is_known, auto line, std::string_view none) {
        if (is_known || detail.has_nones) {
            list += "\n• " + (is_known ? line() : a.text(none, {{"place", known.place}}));
        }
    };
    add(
        !known.series.empty(), [&] { return mandi_line(a, product, known); },
        "messages.price_no_mandi");
    add(
        known.deals.has_value(), [&] { return deals_line(a, known, detail); },
        "messages.price_no_deals");
    if (detail.has_offers) {
        add(
            known.asked.count > 0, [&] { return offers_line(a, product, known.asked); },
            "messages.price_no_offers");
    }
    return list + (detail.has_yours ? "\n" + a.text("messages.price_yours") : "");
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
    for (const catalogue::Product& product : a.facts->all_products(a.tx)) {
        if (product.key == named.key || !catalogue::is_kind_of(product, named)) {
            continue;
        }
        if (const std::int64_t count = offered(product); count > most) {
            most = count;
            meant = product;
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
        (void)a.facts->mandi_series(asks, product->product_id);
        (void)a.facts->asked_prices(asks, product->product_id, a.now);
    });
    const registry::Place home = home_of(a);
    const Known known{
        .series = a.facts->mandi_series(a.tx, product->product_id),
        .deals = a.facts->deals(a.tx, product->product_id, home.numbers, a.now),
        .asked = a.facts->asked_prices(a.tx, product->product_id, a.now),
        .place = std::string(home.name(language_code(a.language()))),
    };
    const std::string name(product->name(language_code(a.language())));
    std::string list;
    for (const Detail& detail : kDetails) {
        list = all_lines(a, *product, known, detail);
        const std::string whole =
            a.text("messages.price_lines", {{"product", name}, {"list", list}});
        if (messaging::sms::segments_of(whole).segments <= kSmsMost) {
            break;
        }
    }
    const bool is_known = !known.series.empty() || known.deals || known.asked.count > 0;
    return {.outcome = is_known ? "some" : "none", .values = {{"product", name}, {"list", list}}};
}

}  // namespace

std::vector<NamedAction> price_actions() {
    return {
        {{"show_price", {"some", "none", "which"}, false, {"product", "list"}},
         [](Answering& a, const ActionArguments&, const DialogueState&) { return show_price(a); }},
    };
}

}  // namespace haat::flows
