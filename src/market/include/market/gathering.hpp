/// @file Gathers many small lots into one quantity at the least cost: goods, a fixed cost for each
/// village that is visited, and transport by weight and distance. Pure; integers only; the same
/// input gives the same plan on every machine.
/// Method and proof: docs/domain/trace.md, section 2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"

namespace haat::market {

/// An offer as the gathering sees it.
struct Candidate {
    OfferId offer_id;
    PersonId person_id;
    PlaceId place_id;                  ///< The village: candidates of one place share one pick-up.
    Milli quantity;                    ///< 1..10^12: what can be promised from it.
    Paise price_per_unit;              ///< 0..10^11.
    std::string_view grade;            ///< "a", "b", "c" or empty.
    std::int64_t distance_metres = 0;  ///< From the place of collection, 0..5,000,000.
};

struct GatheringTask {
    Milli quantity;                  ///< What is wanted, 1..10^12.
    std::optional<Paise> max_price;  ///< Per unit, for the goods; none: any.
    std::string_view worst_grade;    ///< "b" takes a and b; empty takes every grade.
    std::optional<std::int64_t> max_distance_metres;
    Paise pickup;                         ///< Fixed cost of visiting one village; 0..10^9.
    Paise per_tonne_km;                   ///< Transport of 1,000 units over a kilometre; 0..10^8.
    std::int64_t work_limit = 4'000'000;  ///< Candidates looked at before the search settles.
};

/// Why a candidate was taken or left.
enum class Verdict : std::uint8_t {
    kTaken,           ///< All of it.
    kTakenInPart,     ///< Its `taken` filled the demand.
    kTooDear,         ///< Its price is above max_price.
    kGrade,           ///< Its grade is worse than wanted.
    kTooFar,          ///< Its distance is above max_distance_metres.
    kOthersCheaper,   ///< Its village is visited, but dearer than what filled the demand.
    kNotWorthAVisit,  ///< With the pick-up of its village it costs more than what filled the
                      ///< demand.
};

/// "taken"; the key of its sentence in i18n.
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// A decision, with the numbers that explain it. Costs per unit are rounded half up.
struct Decision {
    std::size_t candidate = 0;  ///< Index into the candidates.
    Verdict verdict = Verdict::kOthersCheaper;
    Milli taken;
    Paise goods;                 ///< taken x price.
    Paise transport;             ///< Its share of transport and of its village's pick-up.
    Paise landed_per_unit;       ///< Price + transport of one unit, without the pick-up.
    Paise with_pickup_per_unit;  ///< The same with the pick-up over the best part of its village.
    Paise visit_would_add;       ///< kNotWorthAVisit: what visiting would add to the total.
};

struct Gathering {
    std::vector<Decision> decisions;  ///< One for each candidate, in their order.
    Milli gathered;
    Milli missing;    ///< What the candidates do not cover.
    Paise goods;      ///< Sum of the lines' goods.
    Paise transport;  ///< Sum of the lines' transport, pick-ups included.
    Paise total;      ///< goods + transport.
    std::int64_t villages = 0;
    Paise dearest_landed_per_unit;  ///< Of what was taken.
    /// No plan for this quantity costs less, before its lines are rounded to paise.
    Paise lower_bound;
    bool proven = false;  ///< Proven to be the least; else within total - lower_bound of it.
};

/// O(n log n) for the first plan; the search for a proof looks at no more than `work_limit`
/// candidates. 10,000 candidates take some milliseconds.
[[nodiscard]] Gathering gather(std::span<const Candidate> candidates, const GatheringTask& task);

}  // namespace haat::market
