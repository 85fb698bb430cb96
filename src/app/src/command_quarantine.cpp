#include <fmt/format.h>

#include <array>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "messaging/quarantine.hpp"
#include "output.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "storage/audit.hpp"

namespace haat::app {
namespace {

constexpr std::array kWords{
    Word{"what", "show|on|off|asynchronous|synchronous",
         "What to do; the last two say of which kind PostgreSQL's standby is."},
};
constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
};

void change(storage::Transaction& tx, const std::string& what, UnixSeconds now) {
    if (what == "on" || what == "off") {
        messaging::set_quarantine(tx, what == "on", "operator", now);
    } else {
        messaging::set_standby(tx, what == "synchronous");
    }
    storage::audit(tx, now, AccountId{}, "quarantine." + what, "delivery", "{}");
}

Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    HAAT_TRY(require_current_schema(settings));
    const std::string what = arguments.value("what");
    const auto database = storage::Database::open(open_options(settings));
    if (what != "show") {
        const UnixSeconds now = system_clock().now();
        database->write([&](storage::Transaction& tx) { change(tx, what, now); });
    }
    const messaging::Quarantine now =
        database->read([](storage::Transaction& tx) { return messaging::read_quarantine(tx); });
    JsonWriter json;
    json.begin_object()
        .field("quarantine", now.on ? "on" : "off")
        .field("reason", now.reason)
        .field("changed_at", now.changed_at.value)
        .field("last_broadcast", now.last_broadcast)
        .field("standby", now.synchronous ? "synchronous" : "asynchronous")
        .field("timeline", now.timeline)
        .field("current_timeline", now.current_timeline)
        .end_object();
    print_line(json.text());
    return kExitOk;
}

}  // namespace

constinit const Command kQuarantine{
    "quarantine", "After a failover that may have lost commits: hold all sending, or let it go on.",
    kWords, kOptions, run};

}  // namespace haat::app
