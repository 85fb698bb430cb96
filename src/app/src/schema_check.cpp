#include "schema_check.hpp"

#include "storage/migrations.hpp"

namespace haat::app {

Result<void> require_current_schema(const Settings& settings) {
    const storage::SchemaReport report = storage::inspect_schema(open_options(settings));
    switch (report.state) {
        case storage::SchemaState::kCurrent:
            return {};
        case storage::SchemaState::kEmpty:
        case storage::SchemaState::kStale:
            return refuse(ErrorKind::kConflict, "app.schema_stale",
                          {{"command", "haat migrate --apply " + database_flags(settings)}});
        case storage::SchemaState::kNewer:
            return refuse(ErrorKind::kConflict, "storage.schema_newer",
                          {{"migration", report.culprit}});
        case storage::SchemaState::kForked:
            return refuse(ErrorKind::kConflict, "storage.schema_forked",
                          {{"migration", report.culprit}});
    }
    return {};
}

}  // namespace haat::app
