#include <array>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "storage/migrations.hpp"

namespace haat::app {
namespace {

constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database; made if missing."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    Option{"--apply", "", "Change the database; without it only the plan is printed."},
};

void print_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& list) {
    json.key(name).begin_array();
    for (const std::string& item : list) {
        json.string(item);
    }
    json.end_array();
}

/// The only command that changes the schema. Safe to repeat.
Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    const storage::OpenOptions options = open_options(settings);
    const storage::SchemaReport before = storage::inspect_schema(options);
    if (before.state == storage::SchemaState::kNewer) {
        return refuse(ErrorKind::kConflict, "storage.schema_newer",
                      {{"migration", before.culprit}});
    }
    if (before.state == storage::SchemaState::kForked) {
        return refuse(ErrorKind::kConflict, "storage.schema_forked",
                      {{"migration", before.culprit}});
    }
    const bool apply = arguments.has("--apply");
    std::vector<std::string> done;
    if (apply) {
        done = HAAT_TRY(storage::migrate(options));
    }
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object().field("applied_before", before.applied.size());
        print_list(json, "pending", apply ? std::vector<std::string>() : before.pending);
        print_list(json, "applied", done);
        print_line(json.end_object().text());
        return kExitOk;
    }
    for (const std::string& name : apply ? done : before.pending) {
        print_line("  " + name);
    }
    if (apply) {
        print_text("app.migrated", {{"count", std::to_string(done.size())}});
    } else if (before.pending.empty()) {
        print_text("app.schema_current");
    } else {
        print_text("app.migrate_plan",
                   {{"count", std::to_string(before.pending.size())},
                    {"command", "haat migrate --apply " + database_flags(settings)}});
    }
    return kExitOk;
}

}  // namespace

constinit const Command kMigrate{
    "migrate", "Show what changes the schema needs; --apply makes them.", {}, kOptions, run};

}  // namespace haat::app
