#include "answer_facts.hpp"

#include <utility>

namespace haat::flows {
namespace {

constexpr int kOffersRead = 100;
constexpr int kDaysOfSeries = 100;

}  // namespace

std::optional<catalogue::Product> AnswerFacts::product(storage::Transaction& tx,
                                                       std::string_view key) {
    if (const auto known = products_.find(key); known != products_.end()) {
        return known->second;
    }
    Result<catalogue::Product> product = catalogue::find_product(tx, key);
    if (!product) {
        return std::nullopt;
    }
    return products_.emplace(std::string(key), *std::move(product)).first->second;
}

const std::vector<catalogue::Product>& AnswerFacts::all_products(storage::Transaction& tx) {
    if (all_products_.empty()) {
        all_products_ = catalogue::list_products(tx);
    }
    return all_products_;
}

std::optional<registry::Place> AnswerFacts::place(storage::Transaction& tx, PlaceId place_id) {
    if (const auto known = places_.find(place_id); known != places_.end()) {
        return known->second;
    }
    Result<registry::Place> place = registry::find_place(tx, place_id);
    if (!place) {
        return std::nullopt;
    }
    return places_.emplace(place_id, *std::move(place)).first->second;
}

std::optional<market::MandiPrice> AnswerFacts::mandi_price(storage::Transaction& tx,
                                                           ProductId product_id) {
    if (const auto known = mandi_.find(product_id); known != mandi_.end()) {
        return known->second;
    }
    std::optional<market::MandiPrice> price = market::latest_mandi_price(tx, product_id);
    if (price) {
        mandi_.emplace(product_id, *price);
    }
    return price;
}

const std::vector<market::MandiPrice>& AnswerFacts::mandi_series(storage::Transaction& tx,
                                                                 ProductId product_id) {
    std::vector<market::MandiPrice>& known = series_[product_id];
    if (known.empty()) {
        known = market::mandi_series(tx, product_id, kDaysOfSeries);
    }
    return known;
}

std::optional<market::Deals> AnswerFacts::deals(storage::Transaction& tx, ProductId product_id,
                                                PlaceRange places, UnixSeconds now) {
    const std::tuple key(product_id, places.first, places.last);
    if (const auto known = deals_.find(key); known != deals_.end()) {
        return known->second;
    }
    std::optional<market::Deals> deals = market::recent_deals(tx, product_id, places, now);
    if (deals) {
        deals_.emplace(key, *deals);
    }
    return deals;
}

market::AskedPrices AnswerFacts::asked_prices(storage::Transaction& tx, ProductId product_id,
                                              UnixSeconds now) {
    if (const auto known = asked_.find(product_id); known != asked_.end()) {
        return known->second;
    }
    const market::AskedPrices asked = market::asked_prices(tx, product_id, kOffersRead, now);
    if (asked.count > 0) {
        asked_.emplace(product_id, asked);
    }
    return asked;
}

}  // namespace haat::flows
