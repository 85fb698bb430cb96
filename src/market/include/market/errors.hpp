/// @file Every refusal of the market; texts are in i18n/errors/market.json.
#pragma once

#include <string_view>

namespace haat::market::errors {

inline constexpr std::string_view kDemandInvalid = "market.demand_invalid";  ///< param field
inline constexpr std::string_view kNoDemand = "market.no_demand";  ///< none, or another buyer's
inline constexpr std::string_view kDemandOrdered = "market.demand_ordered";   ///< has an order
inline constexpr std::string_view kDemandNotOpen = "market.demand_not_open";  ///< param state
inline constexpr std::string_view kOfferInvalid = "market.offer_invalid";     ///< param field
inline constexpr std::string_view kNoOffer = "market.no_offer";  ///< none, or outside her places
inline constexpr std::string_view kOfferNotOpen = "market.offer_not_open";    ///< param state
inline constexpr std::string_view kOfferTooSmall = "market.offer_too_small";  ///< param left
inline constexpr std::string_view kOfferOrdered = "market.offer_ordered";     ///< all promised
inline constexpr std::string_view kOfferSourceReused = "market.offer_source_reused";
inline constexpr std::string_view kOfferPriceChanged = "market.offer_price_changed";
inline constexpr std::string_view kOrderInvalid = "market.order_invalid";  ///< param field
inline constexpr std::string_view kNoOrder = "market.no_order";            ///< or another buyer's
inline constexpr std::string_view kOrderCollecting = "market.order_collecting";  ///< weighed in
inline constexpr std::string_view kNoLine = "market.no_line";                    ///< or another's
inline constexpr std::string_view kLineAnswered = "market.line_answered";        ///< param answer
inline constexpr std::string_view kLineExpired = "market.line_expired";       ///< deadline passed
inline constexpr std::string_view kLineNotAgreed = "market.line_not_agreed";  ///< no yes
inline constexpr std::string_view kLineTooSmall = "market.line_too_small";  ///< no part of it
inline constexpr std::string_view kLineFinished = "market.line_finished";
inline constexpr std::string_view kSearchInvalid = "market.search_invalid";  ///< param field
inline constexpr std::string_view kSearchesFull = "market.searches_full";    ///< param most
inline constexpr std::string_view kNoSearch = "market.no_search";            ///< or another's
inline constexpr std::string_view kDeviceIdReused = "market.device_id_reused";

}  // namespace haat::market::errors
