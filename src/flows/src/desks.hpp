/// @file Desks: the places whose officers answer. A ticket lies on the nearest one at or above her
/// village, and goes up from desk to desk. Private to flows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flows/settle_tickets.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// How long a higher desk has before the ticket goes on up.
inline constexpr std::int64_t kHigherDeskSeconds = 24 * 3'600;

/// Officers who may answer somebody of that place (none: a stranger), the nearest first. One read.
[[nodiscard]] std::vector<Officer> officers_for(storage::Transaction& tx, PlaceId place_id);

struct Desk {
    PlaceId place_id;        ///< The state, if nobody answers below it.
    bool is_highest = true;  ///< No officers above.
};
/// The nearest desk of these officers.
[[nodiscard]] Desk first_desk(const std::vector<Officer>& officers);
/// The next desk above; none from the highest.
[[nodiscard]] std::optional<Desk> desk_above(storage::Transaction& tx, PlaceId desk_place_id);

}  // namespace haat::flows
