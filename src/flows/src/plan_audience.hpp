/// @file Whom a plan is for: looked up, counted, chosen. The one place that knows how audiences of
/// plans are written. Private.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/plan_body.hpp"
#include "registry/audience.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Looked up: names and keys became ids, places lie in the maker's.
struct MeantPeople {
    registry::AudienceQuery query;
    std::string canonical;     ///< The query with ids; the same audience gives the same text.
    std::string text;          ///< The same with today's names, for people.
    bool whole_state = false;  ///< Nearly everybody: see is_whole_state. Set by prepare.
};

/// A text and a saved audience mean what the maker's names mean now.
/// @return catalogue.no_product, registry.no_place, registry.no_group, registry.no_saved_audience;
///   as registry::parse_audience and registry::resolve_audience.
[[nodiscard]] Result<MeantPeople> find_meant(storage::Transaction& tx, const Viewer& maker,
                                             const PlanBody& body, UnixSeconds now);

/// Nine in ten of all people or more, however that was written: by naming the state, all of its
/// districts, or what nearly everybody fits.
[[nodiscard]] bool is_whole_state(const registry::AudienceIndex& audience, const Viewer& maker,
                                  const registry::AudienceQuery& query);

/// Ordinals, ascending, of those who are on any of the plan's channels; those who did not consent
/// left out.
[[nodiscard]] std::vector<std::uint32_t> select_meant(const registry::AudienceIndex& audience,
                                                      const Viewer& maker, const MeantPeople& meant,
                                                      const PlanBody& body);
/// How many, and how many more but for their stop.
struct MeantCount {
    std::int64_t people = 0;
    std::int64_t opted_out = 0;
    /// By channel of the plan: who is on it, and who of them is on none that is tried before.
    std::vector<std::int64_t> on_channel;
    std::vector<std::int64_t> first_on_channel;
};
[[nodiscard]] MeantCount count_meant(const registry::AudienceIndex& audience, const Viewer& maker,
                                     const MeantPeople& meant, const PlanBody& body);

}  // namespace haat::flows
