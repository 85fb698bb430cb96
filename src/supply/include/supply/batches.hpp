/// @file A batch of jail goods: what was made, what the material cost, and who worked on it for how
/// many days, by the vault's random ids. No name, number of a register or offence comes here, so
/// nothing that reads lots can join the two.
/// Source: docs/domain/trace.md, section 7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"

namespace haat::supply {

struct BatchMaker {
    SealedId sealed_id;  ///< From the vault; says nothing by itself.
    Milli days;          ///< Days worked in thousandths; 1..10^6.
    std::string grade;   ///< "unskilled", "semiskilled", "skilled".
    Paise wage_per_day;  ///< The rate of the grade on those days.
};

struct BatchDraft {
    std::string device_id;
    SiteId site_id;  ///< A workshop.
    ProductId product_id;
    Milli quantity;
    std::string unit;
    Paise price_per_unit;            ///< Retail price, taxes included; for the label.
    Paise material;                  ///< What the material cost altogether.
    std::vector<BatchMaker> makers;  ///< 1..500, each once.
    UnixSeconds made_at;
};

struct Batch {
    LotId lot_id;
    Paise material;
    Paise wages;                     ///< Sum of days x rate, each rounded half up.
    std::vector<BatchMaker> makers;  ///< By sealed id.
};

/// Records a batch and makes its lot, owned by the workshop's owner. Safe to repeat by device id.
/// @return supply.batch_invalid (params: field), supply.no_site, supply.wrong_site_kind,
/// supply.device_id_reused.
[[nodiscard]] Result<Made<Lot>> make_batch(storage::Transaction& tx, const Viewer& viewer,
                                           const BatchDraft& draft, UnixSeconds now);

/// Who worked on it. Only haat itself, the jail that made it and the auditor get an answer.
[[nodiscard]] std::optional<Batch> find_batch(storage::Transaction& tx, const Viewer& viewer,
                                              LotId lot_id);

}  // namespace haat::supply
