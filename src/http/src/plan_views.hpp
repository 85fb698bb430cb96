/// @file Plans of the contract: PlanBody as it is asked for, PlanDetail and others as they are
/// shown.
#pragma once

#include "base/json_writer.hpp"
#include "call.hpp"
#include "flows/plan_broadcast.hpp"
#include "reader.hpp"
#include "storage/transaction.hpp"

namespace haat::http {

/// Reads the fields of PlanBody.
[[nodiscard]] flows::PlanBody read_plan_body(Reader& in);

/// Plan of the contract; `spent` is what its broadcasts have cost.
void write_plan(JsonWriter& json, storage::Transaction& tx, const Call& call,
                const messaging::Plan& plan, Paise spent, std::int64_t parts_last);
[[nodiscard]] std::string plan_detail_json(Call& call, const flows::PlanView& view);
[[nodiscard]] std::string plan_forecast_json(const flows::PlanForecast& forecast);

/// The name of an account; "haat" for haat itself.
[[nodiscard]] std::string account_name(storage::Transaction& tx, AccountId account_id);

}  // namespace haat::http
