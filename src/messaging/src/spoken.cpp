#include "messaging/spoken.hpp"

#include "sql/spoken.hpp"

namespace haat::messaging {

void set_spoken_wish(storage::Transaction& tx, PersonId person_id, bool wanted, UnixSeconds now) {
    if (wanted) {
        sql::spoken_wish_put(tx, {.person_id = person_id, .wished_at = now});
    } else {
        sql::spoken_wish_drop(tx, {.person_id = person_id});
    }
}

bool wants_spoken(storage::Transaction& tx, PersonId person_id) {
    return sql::spoken_wish_find(tx, {.person_id = person_id}).has_value();
}

void add_spoken(storage::Transaction& tx, const SpokenAnswer& answer) {
    sql::spoken_add(tx, {.spoken_id = tx.new_id(),
                         .address_id = answer.address_id,
                         .person_id = answer.person_id,
                         .ordinal = answer.ordinal,
                         .language = answer.language,
                         .text = answer.text,
                         .said_at = answer.said_at});
}

std::vector<SpokenAnswer> spoken_waiting(storage::Transaction& tx, UnixSeconds now, int limit) {
    std::vector<SpokenAnswer> list;
    for (const auto& row : sql::spoken_waiting(tx, {.now_at = now, .row_limit = limit})) {
        list.push_back({.spoken_id = row.spoken_id,
                        .address_id = row.address_id,
                        .person_id = row.person_id,
                        .ordinal = static_cast<std::uint32_t>(row.ordinal),
                        .language = row.language,
                        .text = row.text,
                        .tries = row.tries,
                        .said_at = row.said_at});
    }
    return list;
}

void put_off_spoken(storage::Transaction& tx, std::int64_t spoken_id, UnixSeconds until) {
    sql::spoken_later(tx, {.try_at = until, .spoken_id = spoken_id});
}

bool take_spoken(storage::Transaction& tx, std::int64_t spoken_id) {
    return sql::spoken_drop(tx, {.spoken_id = spoken_id}) == 1;
}

}  // namespace haat::messaging
