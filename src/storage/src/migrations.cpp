#include "storage/migrations.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "connection_postgres.hpp"
#include "connection_sqlite.hpp"
#include "sql/migrations.hpp"
#include "storage/failure.hpp"

namespace haat::embedded {
std::span<const std::pair<std::string_view, std::string_view>> migrations();
}

namespace haat::storage {
namespace {

std::string sha256_hex(std::string_view text) {
    std::string digest(32, '\0');
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
               EVP_sha256(), nullptr);
    return to_hex(digest);
}

/// Replaces whole words, as BIGINT by INTEGER.
std::string replace_word(std::string text, std::string_view from, std::string_view to) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        const bool starts = at == 0 || !is_word(text[at - 1]);
        const bool ends = at + from.size() == text.size() || !is_word(text[at + from.size()]);
        text.replace(at, starts && ends ? from.size() : 0, starts && ends ? to : "");
        if (!starts || !ends) {
            at += from.size() - to.size();
        }
    }
    return text;
}

/// One connection outside of Database, whose schema may be anything.
class SchemaConnection {
  public:
    explicit SchemaConnection(const OpenOptions& options)
        : postgres_(options.sqlite_directory.empty()),
          connection_(open(options)) {}

    Connection& operator*() { return *connection_; }

    [[nodiscard]] bool has_history() {
        bool found = false;
        connection_->begin(Mode::kRead);
        found = sql::migration_table_exists(*connection_).tables > 0;
        connection_->commit();
        return found;
    }
    [[nodiscard]] std::map<std::string, std::string> applied() {
        std::map<std::string, std::string> by_name;
        if (has_history()) {
            connection_->begin(Mode::kRead);
            for (const sql::MigrationListRow& row : sql::migration_list(*connection_)) {
                by_name[row.name] = row.sha256;
            }
            connection_->commit();
        }
        return by_name;
    }

  private:
    std::unique_ptr<Connection> open(const OpenOptions& options) {
        if (postgres_) {
            return connect_postgres(options.postgres_url, options.postgres_schema, ids_, Mode::kWrite,
                                    Bounds::kNone);
        }
        std::filesystem::create_directories(options.sqlite_directory);
        return connect_sqlite(options.sqlite_directory, Mode::kWrite, ids_);
    }

    bool postgres_;
    IdSource ids_;
    std::unique_ptr<Connection> connection_;
};

SchemaReport compare(const std::map<std::string, std::string>& applied) {
    SchemaReport report;
    report.state = applied.empty() ? SchemaState::kEmpty : SchemaState::kCurrent;
    std::size_t known = 0;
    for (const Migration& migration : all_migrations()) {
        const auto found = applied.find(std::string(migration.name));
        if (found == applied.end()) {
            report.pending.emplace_back(migration.name);
            continue;
        }
        ++known;
        report.applied.emplace_back(migration.name);
        if (found->second != sha256_hex(migration.up) && report.culprit.empty()) {
            report.state = SchemaState::kForked;
            report.culprit = migration.name;
        }
    }
    if (known < applied.size()) {
        report.state = SchemaState::kNewer;
        report.culprit = applied.rbegin()->first;
    } else if (report.state == SchemaState::kCurrent && !report.pending.empty()) {
        report.state = SchemaState::kStale;
    }
    return report;
}

void prepare_schema(Connection& connection, const OpenOptions& options) {
    if (connection.engine() == Engine::kPostgres) {
        // The domain lets haat's portable DDL say BYTEA only; the lock keeps two migrators apart.
        connection.execute_script(
            fmt::format("SELECT pg_advisory_lock(hashtext('haat.{0}'));"
                        "CREATE SCHEMA IF NOT EXISTS \"{0}\"",
                        options.postgres_schema));
    }
    connection.execute_script(
        migration_text_for(connection.engine(),
                           "CREATE TABLE IF NOT EXISTS schema_migration (\n"
                           "    name TEXT PRIMARY KEY,\n    sha256 TEXT NOT NULL,\n"
                           "    applied_at BIGINT NOT NULL\n);\n"));
}

}  // namespace

std::span<const Migration> all_migrations() {
    static const std::vector<Migration> migrations = [] {
        std::map<std::string_view, Migration> by_name;
        for (const auto& [path, text] : embedded::migrations()) {
            const std::size_t slash = path.find('/');
            const std::string_view name = path.substr(0, slash);
            Migration& migration = by_name[name];
            migration.name = name;
            const std::string_view file = path.substr(slash + 1);
            (file == "up.sql"       ? migration.up
             : file == "before.sql" ? migration.before
                                    : migration.after) = text;
        }
        std::vector<Migration> list;
        for (const auto& [name, migration] : by_name) {
            list.push_back(migration);
        }
        return list;
    }();
    return migrations;
}

std::string migration_text_for(Engine engine, std::string_view text) {
    const bool sqlite = engine == Engine::kSqlite;
    std::string out;
    bool skipping = false;
    bool in_table = false;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("-- only: ")) {
            skipping = line.substr(9) != (sqlite ? "sqlite" : "postgres");
        } else if (line.starts_with("-- end")) {
            skipping = false;
        } else if (!skipping) {
            in_table = in_table || line.starts_with("CREATE TABLE");
            if (sqlite && in_table && line.starts_with(");")) {
                line = ") STRICT;";
            }
            in_table = in_table && !line.starts_with(")");
            out += line + '\n';
        }
    }
    return sqlite ? replace_word(replace_word(out, "BIGINT", "INTEGER"), "BYTEA", "BLOB") : out;
}

SchemaReport inspect_schema(const OpenOptions& options) {
    if (!options.sqlite_directory.empty() &&
        !std::filesystem::exists(options.sqlite_directory + "/haat.db")) {
        return compare({});
    }
    SchemaConnection connection(options);
    return compare(connection.applied());
}

Result<std::vector<std::string>> migrate(const OpenOptions& options, std::string_view last) {
    SchemaConnection schema(options);
    Connection& connection = *schema;
    const SchemaReport before = compare(schema.applied());
    if (before.state == SchemaState::kNewer) {
        return refuse(ErrorKind::kConflict, "storage.schema_newer", {{"migration", before.culprit}});
    }
    if (before.state == SchemaState::kForked) {
        return refuse(ErrorKind::kConflict, "storage.schema_forked",
                      {{"migration", before.culprit}});
    }
    prepare_schema(connection, options);
    std::vector<std::string> applied;
    for (const Migration& migration : all_migrations()) {
        if (!last.empty() && migration.name > last) {
            break;
        }
        const bool sqlite = connection.engine() == Engine::kSqlite;
        if (sqlite) {
            // A table is altered by making it anew, and others may refer to it meanwhile; what they
            // refer to is counted before the commit. (sqlite.org/lang_altertable.html, section 7)
            connection.execute_script("PRAGMA foreign_keys = OFF");
        }
        connection.begin(Mode::kWrite);
        try {
            if (sql::migration_find(connection, {.name = migration.name}).empty()) {
                connection.execute_script(migration_text_for(connection.engine(), migration.up));
                if (sqlite && sql::dangling_references(connection).rows != 0) {
                    throw Failure("rows refer to rows that are gone");
                }
                sql::migration_add(connection, {.name = migration.name,
                                                .sha256 = sha256_hex(migration.up),
                                                .now_at = system_clock().now()});
                applied.emplace_back(migration.name);
            }
            connection.commit();
        } catch (const std::exception& error) {
            connection.rollback();
            throw Failure(fmt::format("migration {}: {}", migration.name, error.what()));
        }
    }
    return applied;
}

}  // namespace haat::storage
