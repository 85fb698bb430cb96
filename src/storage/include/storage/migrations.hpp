/// @file The schema's history: folders in migrations/, embedded in the binary, applied in order and
/// only forward. One portable text for both databases.
///
///     migrations/0003_registry_people/{notes.md, up.sql, before.sql, after.sql}
///
/// `up.sql` is the change. `before.sql` fills a database that has all earlier migrations with rows
/// that the change could hurt; `after.sql` is a list of queries that each must answer 0: tests run
/// both. In DDL write BIGINT, TEXT, BYTEA; SQLite gets INTEGER, TEXT, BLOB and STRICT tables.
/// A block between `-- only: sqlite` or `-- only: postgres` and `-- end` is for one database.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace haat::storage {

struct Migration {
    std::string_view name;  ///< "0003_registry_people"
    std::string_view up;
    std::string_view before;
    std::string_view after;
};

/// Every migration of this binary, in order.
[[nodiscard]] std::span<const Migration> all_migrations();

/// The text of a migration as that engine needs it.
[[nodiscard]] std::string migration_text_for(Engine engine, std::string_view text);

enum class SchemaState : std::uint8_t {
    kCurrent,
    kEmpty,  ///< No haat schema at all.
    kStale,  ///< Migrations are pending: run `haat migrate --apply`.
    kNewer,  ///< The database knows migrations that this binary does not: use a newer haat.
    kForked, ///< A migration's text differs from the one that was applied.
};

struct SchemaReport {
    SchemaState state = SchemaState::kEmpty;
    std::vector<std::string> applied;
    std::vector<std::string> pending;
    std::string culprit;  ///< For kNewer and kForked: the migration's name.
};

/// Compares the database with the binary. Changes nothing.
[[nodiscard]] SchemaReport inspect_schema(const OpenOptions& options);

/// Applies what is pending, each migration in a transaction of its own; a crash leaves the old or
/// the new schema. Safe to repeat and to run from two processes at once. `last` names the migration
/// to stop after, for tests of the next one.
/// @return storage.schema_newer or storage.schema_forked; nothing was changed then.
[[nodiscard]] Result<std::vector<std::string>> migrate(const OpenOptions& options,
                                                       std::string_view last = {});

}  // namespace haat::storage
