#include "dialogue_goods.hpp"

#include <algorithm>

namespace haat::messaging {
namespace {

using language::Item;

/// How many of `part` make one `whole`; 0 if that is not fixed for all goods.
std::int64_t units_in(std::string_view whole, std::string_view part) {
    if (whole == part) {
        return 1;
    }
    return whole == "dozen" && part == "piece" ? 12 : 0;
}

PendingOffer pending_of(const Item& item) {
    PendingOffer pending{.product_key = item.product, .unit = item.unit};
    if (item.quantity) {
        pending.quantity = language::to_milli(*item.quantity);
    }
    if (!item.price) {
        return pending;
    }
    if (item.price_unit == "lot") {
        if (pending.quantity.value > 0) {
            pending.price = Paise{(item.price->value * 1000 + pending.quantity.value / 2) /
                                  pending.quantity.value};
        }
    } else if (pending.unit.empty()) {
        pending.unit = item.price_unit;
        pending.price = item.price;
    } else if (const std::int64_t parts = units_in(pending.unit, item.price_unit); parts > 0) {
        pending.price = Paise{item.price->value * parts};
    }
    return pending;
}

/// A number alone, as answer to "how much?" or "at what price?".
bool fill_by_number(std::vector<PendingOffer>& goods, std::int64_t number, Takes takes) {
    PendingOffer& offer = *first_lacking(goods, takes);
    if (number <= 0 || (takes != Takes::kPrice && takes != Takes::kQuantity)) {
        return false;
    }
    if (takes == Takes::kPrice) {
        offer.price = Paise{number * 100};
    } else {
        offer.quantity = Milli{number * 1000};
    }
    return true;
}

/// "अचार" for the mango pickle that was asked about: keys of one family begin with the same word.
bool is_of_family(std::string_view key, std::string_view said) {
    return key.substr(0, key.find('_')) == said.substr(0, said.find('_'));
}

/// The goods that the question was about.
std::vector<PendingOffer>::iterator said_of(std::vector<PendingOffer>& goods,
                                            const PendingOffer& said, Takes takes) {
    const bool is_slot = takes == Takes::kPrice || takes == Takes::kQuantity;
    if (!said.product_key.empty()) {
        const auto same = std::ranges::find(goods, said.product_key, &PendingOffer::product_key);
        if (same != goods.end() || !is_slot) {
            return same;
        }
        const auto asked = first_lacking(goods, takes);
        return is_of_family(asked->product_key, said.product_key) ? asked : goods.end();
    }
    const bool is_one = goods.size() == 1 || is_slot;
    return is_one ? first_lacking(goods, takes) : goods.end();
}

}  // namespace

std::vector<PendingOffer>::iterator first_lacking(std::vector<PendingOffer>& goods, Takes takes) {
    const auto lacking = std::ranges::find_if(goods, [&](const PendingOffer& offer) {
        return takes == Takes::kPrice ? !offer.price : offer.quantity.value <= 0;
    });
    return lacking == goods.end() ? goods.begin() : lacking;
}

std::string_view completeness(const std::vector<PendingOffer>& goods) {
    if (goods.empty()) {
        return "none";
    }
    if (std::ranges::any_of(goods, [](const PendingOffer& o) { return o.quantity.value <= 0; })) {
        return "no_quantity";
    }
    return std::ranges::all_of(goods, [](const PendingOffer& o) { return o.price.has_value(); })
               ? "complete"
               : "no_price";
}

std::vector<PendingOffer> goods_of(const language::Understanding& meaning) {
    std::vector<PendingOffer> goods;
    for (const Item& item : meaning.items) {
        if (!item.product.empty()) {
            goods.push_back(pending_of(item));
        }
    }
    return goods;
}

bool correct_goods(std::vector<PendingOffer>& goods, const language::Understanding& meaning,
                   Takes takes) {
    if (goods.empty()) {
        return false;
    }
    if (meaning.answer == language::Answer::kNumber) {
        return fill_by_number(goods, meaning.answer_number, takes);
    }
    if (meaning.items.size() != 1) {
        return false;
    }
    const PendingOffer said = pending_of(meaning.items.front());
    const auto at = said_of(goods, said, takes);
    if (at == goods.end()) {
        return false;
    }
    PendingOffer& offer = *at;
    if (said.quantity.value > 0) {
        offer.quantity = said.quantity;
        offer.unit = said.unit.empty() ? offer.unit : said.unit;
    }
    if (said.price) {
        // "170 रुपये दर्जन" of goods that are counted in pieces is no price of one
        const bool alone = said.quantity.value <= 0 && !said.unit.empty() && !offer.unit.empty();
        const std::int64_t parts = alone ? units_in(offer.unit, said.unit) : 1;
        if (parts == 0) {
            return false;
        }
        offer.price = Paise{said.price->value * parts};
        offer.unit = offer.unit.empty() ? said.unit : offer.unit;
    }
    return said.quantity.value > 0 || said.price.has_value();
}

}  // namespace haat::messaging
