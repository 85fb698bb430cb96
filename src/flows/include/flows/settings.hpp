/// @file Rates and limits that an order may change: each with the day from which it holds and the
/// number of the order. A new value never overwrites an old one, so a sale of last month is
/// explained by last month's rates.
/// Source: docs/domain/flows.md, section 2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

enum class Setting : std::uint8_t {
    kOutletMarginBasisPoints,   ///< Of the price without tax; to the outlet.
    kGroupFeeBasisPoints,       ///< Of what is left for producers; to their cluster federation.
    kPackingPaisePerUnit,       ///< For each kg (or other unit) packed; to the packaging house.
    kPickupPaisePerVillage,     ///< Of sending a vehicle to one village.
    kTransportPaisePerTonneKm,  ///< Of carrying 1,000 units over a kilometre.
    kOrderAnswerSeconds,        ///< How long a producer has to say yes or no.
    kBestBeforeDays,            ///< For products whose shelf life is not known.
    kJailMarkupBasisPoints,     ///< On material and wages, for the price of a batch.
    kWagePaisePerDayUnskilled,
    kWagePaisePerDaySemiskilled,
    kWagePaisePerDaySkilled,
    kWhatsappMarketingCentipaise,  ///< One delivered message; 8631 is 86.31 paise.
    kWhatsappUtilityCentipaise,
    kSmsSegmentCentipaise,    ///< One part of an SMS.
    kVoicePulseCentipaise,    ///< One pulse of a call.
    kSecondYesAboveBlock,     ///< People above which a block's broadcast needs two officers.
    kSecondYesAboveDistrict,  ///< The same for a district's.
    kSecondYesAboveState,     ///< The same for the state's, and for everybody's.
    kMarketMessagesAWeek,     ///< To one person, of all senders together; 0: no limit.
};

inline constexpr std::array kSettings{Setting::kOutletMarginBasisPoints,
                                      Setting::kGroupFeeBasisPoints,
                                      Setting::kPackingPaisePerUnit,
                                      Setting::kPickupPaisePerVillage,
                                      Setting::kTransportPaisePerTonneKm,
                                      Setting::kOrderAnswerSeconds,
                                      Setting::kBestBeforeDays,
                                      Setting::kJailMarkupBasisPoints,
                                      Setting::kWagePaisePerDayUnskilled,
                                      Setting::kWagePaisePerDaySemiskilled,
                                      Setting::kWagePaisePerDaySkilled,
                                      Setting::kWhatsappMarketingCentipaise,
                                      Setting::kWhatsappUtilityCentipaise,
                                      Setting::kSmsSegmentCentipaise,
                                      Setting::kVoicePulseCentipaise,
                                      Setting::kSecondYesAboveBlock,
                                      Setting::kSecondYesAboveDistrict,
                                      Setting::kSecondYesAboveState,
                                      Setting::kMarketMessagesAWeek};

/// "outlet_margin_basis_points": the name in database, contract and i18n.
[[nodiscard]] std::string_view name_of(Setting setting);
[[nodiscard]] std::optional<Setting> setting_from(std::string_view name);

struct SettingVersion {
    Setting setting = Setting::kOutletMarginBasisPoints;
    UnixSeconds valid_from_at;
    std::int64_t value = 0;  ///< 0..10^12; basis points at most 9,000.
    std::string order_no;    ///< Empty: nobody has ordered it; a default of haat's.
};

/// The value that holds at that moment. Every setting has a default, so there always is one.
[[nodiscard]] std::int64_t setting_at(storage::Transaction& tx, Setting setting, UnixSeconds at);

/// All versions, by name and day.
[[nodiscard]] std::vector<SettingVersion> all_settings(storage::Transaction& tx);

/// Adds a value from a day on, not before now. Safe to repeat.
/// @return flows.not_allowed, flows.setting_invalid (params: field), flows.setting_exists (another
///   value from the same moment).
[[nodiscard]] Result<void> change_setting(FlowContext& context, const Viewer& viewer,
                                          const SettingVersion& version);

}  // namespace haat::flows
