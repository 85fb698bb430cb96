#include "messaging/quarantine.hpp"

#include "base/log.hpp"
#include "sql/quarantine.hpp"

namespace haat::messaging {

Quarantine read_quarantine(storage::Transaction& tx) {
    const auto row = sql::quarantine_read(tx);
    return {.on = row.state == "on",
            .synchronous = row.standby == "synchronous",
            .reason = row.reason,
            .last_broadcast = row.last_broadcast,
            .timeline = row.timeline,
            .current_timeline = row.current_timeline,
            .changed_at = row.changed_at};
}

Quarantine look_at_quarantine(storage::Transaction& tx, UnixSeconds now) {
    Quarantine seen = read_quarantine(tx);
    if (seen.timeline == seen.current_timeline) {
        return seen;
    }
    if (seen.timeline == 0 || seen.synchronous) {
        sql::quarantine_timeline(tx, {.timeline = seen.current_timeline});
        return seen;
    }
    log_warning("delivery.failover", {{"from", seen.timeline}, {"to", seen.current_timeline}});
    set_quarantine(tx, true, "failover", now);
    return read_quarantine(tx);
}

void set_quarantine(storage::Transaction& tx, bool on, std::string_view reason, UnixSeconds now) {
    sql::quarantine_set(tx, {.state = on ? "on" : "off",
                             .timeline = read_quarantine(tx).current_timeline,
                             .reason = reason,
                             .changed_at = now});
}

void set_standby(storage::Transaction& tx, bool synchronous) {
    sql::quarantine_standby(tx, {.standby = synchronous ? "synchronous" : "asynchronous"});
}

}  // namespace haat::messaging
