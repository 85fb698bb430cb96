#include "flows/settings.hpp"

#include <fmt/format.h>

#include <utility>

#include "allowed.hpp"
#include "base/assert.hpp"
#include "sql/settings.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::array<std::string_view, kSettings.size()> kNames{"outlet_margin_basis_points",
                                                                "group_fee_basis_points",
                                                                "packing_paise_per_unit",
                                                                "pickup_paise_per_village",
                                                                "transport_paise_per_tonne_km",
                                                                "order_answer_seconds",
                                                                "best_before_days",
                                                                "jail_markup_basis_points",
                                                                "wage_paise_per_day_unskilled",
                                                                "wage_paise_per_day_semiskilled",
                                                                "wage_paise_per_day_skilled",
                                                                "whatsapp_marketing_centipaise",
                                                                "whatsapp_utility_centipaise",
                                                                "sms_segment_centipaise",
                                                                "voice_pulse_centipaise",
                                                                "second_yes_above_block",
                                                                "second_yes_above_district",
                                                                "second_yes_above_state",
                                                                "market_messages_a_week"};

constexpr std::int64_t kLargestValue = 1'000'000'000'000;
constexpr std::int64_t kLargestBasisPoints = 9'000;

std::int64_t largest(Setting setting) {
    return name_of(setting).ends_with("_basis_points") ? kLargestBasisPoints : kLargestValue;
}

}  // namespace

std::string_view name_of(Setting setting) { return kNames[static_cast<std::size_t>(setting)]; }

std::optional<Setting> setting_from(std::string_view name) {
    for (const Setting setting : kSettings) {
        if (name_of(setting) == name) {
            return setting;
        }
    }
    return std::nullopt;
}

std::int64_t setting_at(storage::Transaction& tx, Setting setting, UnixSeconds at) {
    const auto row = sql::setting_in_force(tx, {.setting_key = name_of(setting), .now_at = at});
    HAAT_ASSERT(row.has_value());  // the migration put a default for each
    return row->value;
}

std::vector<SettingVersion> all_settings(storage::Transaction& tx) {
    std::vector<SettingVersion> versions;
    for (const auto& row : sql::settings_all(tx)) {
        if (const std::optional<Setting> setting = setting_from(row.setting_key)) {
            versions.push_back({*setting, row.valid_from_at, row.value, row.order_no});
        }
    }
    return versions;
}

Result<void> change_setting(FlowContext& context, const Viewer& viewer,
                            const SettingVersion& version) {
    return context.database.write([&](storage::Transaction& tx) -> Result<void> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kManageRules));
        if (version.value < 0 || version.value > largest(version.setting)) {
            return refuse(ErrorKind::kInvalid, "flows.setting_invalid", {{"field", "value"}});
        }
        if (version.order_no.empty() || version.order_no.size() > 120) {
            return refuse(ErrorKind::kInvalid, "flows.setting_invalid", {{"field", "order_no"}});
        }
        if (version.valid_from_at < now) {
            return refuse(ErrorKind::kInvalid, "flows.setting_invalid",
                          {{"field", "valid_from_at"}});
        }
        const std::string_view name = name_of(version.setting);
        if (sql::setting_add(tx, {.setting_key = name,
                                  .valid_from_at = version.valid_from_at,
                                  .value = version.value,
                                  .order_no = version.order_no}) == 0) {
            const auto row =
                sql::setting_in_force(tx, {.setting_key = name, .now_at = version.valid_from_at});
            HAAT_ASSERT(row.has_value());
            if (row->value != version.value || row->order_no != version.order_no) {
                return refuse(ErrorKind::kConflict, "flows.setting_exists");
            }
            return {};
        }
        storage::audit(tx, now, viewer.account_id, "setting.change",
                       fmt::format("setting:{}", name),
                       fmt::format(R"({{"value":{}}})", version.value));
        return {};
    });
}

}  // namespace haat::flows
