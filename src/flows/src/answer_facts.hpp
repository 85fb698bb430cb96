/// @file What the answers of one transaction look up again and again: products, places, prices.
/// Private to flows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "catalogue/products.hpp"
#include "market/prices.hpp"
#include "registry/places.hpp"

namespace haat::flows {

/// Of one transaction: another may see other products. Read when first asked for; only what is
/// found is kept, so that it may be asked ahead.
class AnswerFacts {
 public:
    [[nodiscard]] std::optional<catalogue::Product> product(storage::Transaction& tx,
                                                            std::string_view key);
    /// All of them.
    [[nodiscard]] const std::vector<catalogue::Product>& all_products(storage::Transaction& tx);
    [[nodiscard]] std::optional<registry::Place> place(storage::Transaction& tx, PlaceId place_id);
    [[nodiscard]] std::optional<market::MandiPrice> mandi_price(storage::Transaction& tx,
                                                                ProductId product_id);
    /// The newest quarter, newest first.
    [[nodiscard]] const std::vector<market::MandiPrice>& mandi_series(storage::Transaction& tx,
                                                                      ProductId product_id);
    /// As the transaction first saw them.
    [[nodiscard]] std::optional<market::Deals> deals(storage::Transaction& tx, ProductId product_id,
                                                     PlaceRange places, UnixSeconds now);
    /// What is on offer as the transaction first saw it: what its own answers added since is not in
    /// it, for that would be a scan of a hundred offers for each who asks.
    [[nodiscard]] market::AskedPrices asked_prices(storage::Transaction& tx, ProductId product_id,
                                                   UnixSeconds now);

 private:
    std::map<std::string, catalogue::Product, std::less<>> products_;
    std::vector<catalogue::Product> all_products_;
    std::map<PlaceId, registry::Place> places_;
    std::map<ProductId, market::MandiPrice> mandi_;
    std::map<ProductId, std::vector<market::MandiPrice>> series_;
    std::map<std::tuple<ProductId, std::int64_t, std::int64_t>, market::Deals> deals_;
    std::map<ProductId, market::AskedPrices> asked_;
};

}  // namespace haat::flows
