/// @file What those on a phone have on the market: which of it she means, and how it is said.
/// Private to flows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer_actions.hpp"
#include "catalogue/products.hpp"
#include "market/offers.hpp"

namespace haat::flows {

/// An amount of one unit in another of the same kind ("quintal" in "kg"); none if there is no fixed
/// relation. "head" of animals is "piece".
[[nodiscard]] std::optional<Milli> quantity_in(Milli quantity, std::string_view unit,
                                               std::string_view in);
/// A price of one unit as that of another of the same kind, rounded to a paisa.
[[nodiscard]] std::optional<Paise> price_in(Paise price, std::string_view unit,
                                            std::string_view in);

/// Open offers of everybody on the phone, newest first, at most 50.
[[nodiscard]] std::vector<market::Offer> open_goods(const Answering& a);

/// Those that a word for the product may mean (catalogue::is_kind_of); only the product itself if
/// her message bears its full name. All of them if no product is named.
[[nodiscard]] std::vector<market::Offer> goods_meant(const Answering& a, std::string_view key);

/// "20 किलो आम अचार": what is left of it, in her language.
[[nodiscard]] std::string title_of(const Answering& a, const market::Offer& offer);

/// The same with the price, and with her name if several use the phone.
[[nodiscard]] std::string line_of(const Answering& a, const market::Offer& offer);

/// "₹180 प्रति किलो".
[[nodiscard]] std::string price_of(const Answering& a, Paise price, std::string_view unit);

/// She changed what is left of an offer, or its price; kept in the audit, screens hear of it.
[[nodiscard]] Result<market::Offer> change_goods(Answering& a, const market::Offer& offer,
                                                 Milli left, Paise price, std::string said);

/// She has it no more; false if all of it is promised.
bool withdraw_goods(Answering& a, const market::Offer& offer);

}  // namespace haat::flows
