/// @file Every refusal of supply; texts are in i18n/errors/supply.json.
#pragma once

#include <string_view>

namespace haat::supply::errors {

inline constexpr std::string_view kSiteInvalid = "supply.site_invalid";       ///< param field
inline constexpr std::string_view kSiteKeyReused = "supply.site_key_reused";  ///< another kind
inline constexpr std::string_view kNoSite = "supply.no_site";
inline constexpr std::string_view kWrongSiteKind = "supply.wrong_site_kind";  ///< param kind
inline constexpr std::string_view kLotInvalid = "supply.lot_invalid";         ///< param field
inline constexpr std::string_view kNoLot = "supply.no_lot";      ///< none, or not for this viewer
inline constexpr std::string_view kNoStock = "supply.no_stock";  ///< nothing of it stands there
inline constexpr std::string_view kNotEnough = "supply.not_enough";  ///< params lot_id, left, unit
inline constexpr std::string_view kOwnerDiffers = "supply.owner_differs";
inline constexpr std::string_view kPackingInvalid = "supply.packing_invalid";  ///< param field
inline constexpr std::string_view kProductDiffers = "supply.product_differs";
inline constexpr std::string_view kPackingExceedsInputs = "supply.packing_exceeds_inputs";
inline constexpr std::string_view kConsignmentInvalid = "supply.consignment_invalid";
inline constexpr std::string_view kNoConsignment = "supply.no_consignment";
inline constexpr std::string_view kSaleInvalid = "supply.sale_invalid";       ///< param field
inline constexpr std::string_view kNotForSale = "supply.not_for_sale";        ///< not packed yet
inline constexpr std::string_view kNotWholePacks = "supply.not_whole_packs";  ///< param pack
inline constexpr std::string_view kNoSale = "supply.no_sale";
inline constexpr std::string_view kReturnExceedsSale = "supply.return_exceeds_sale";
inline constexpr std::string_view kBatchInvalid = "supply.batch_invalid";  ///< param field
inline constexpr std::string_view kTraceTooDeep = "supply.trace_too_deep";
inline constexpr std::string_view kLabelTooLong = "supply.label_too_long";
inline constexpr std::string_view kDeviceIdReused = "supply.device_id_reused";

}  // namespace haat::supply::errors
