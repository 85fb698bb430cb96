#include "messaging/allowances.hpp"

#include "sql/allowances.hpp"

namespace haat::messaging {

void set_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                   std::int64_t budget_centipaise) {
    sql::allowance_set(tx, {.allowance_id = allowance_id, .budget_centipaise = budget_centipaise});
}

std::optional<Allowance> find_allowance(storage::Transaction& tx, std::int64_t allowance_id) {
    const auto row = sql::allowance_find(tx, {.allowance_id = allowance_id});
    return row ? std::optional(Allowance{.left_centipaise = row->left_centipaise,
                                         .stalled_at = row->stalled_at})
               : std::nullopt;
}

void take_allowance(storage::Transaction& tx, std::int64_t allowance_id, std::int64_t centipaise) {
    sql::allowance_take(tx, {.centipaise = centipaise, .allowance_id = allowance_id});
}

void stall_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                     std::optional<UnixSeconds> since) {
    sql::allowance_stall(tx, {.stalled_at = since, .allowance_id = allowance_id});
}

void refill_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                      std::int64_t left_centipaise) {
    sql::allowance_refill(tx, {.left_centipaise = left_centipaise, .allowance_id = allowance_id});
}

}  // namespace haat::messaging
