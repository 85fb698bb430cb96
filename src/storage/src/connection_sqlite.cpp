#include "connection_sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "storage/failure.hpp"
#include "storage/statement.hpp"
#include "wal_check.hpp"

namespace haat::storage {
namespace {

// In the order in which they must run. Every setting of SQLite is here.
constexpr const char* kPragmas =
    "PRAGMA busy_timeout = 5000;"            // a reader that recovers the WAL may hold the lock
    "PRAGMA journal_mode = WAL;"             // readers never wait for the writer
    "PRAGMA synchronous = FULL;"             // a commit survives power loss; NORMAL may lose it
    "PRAGMA journal_size_limit = 268435456;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA cell_size_check = ON;"           // a damaged page is found when it is read
    "PRAGMA cache_size = -65536;"            // 64 MB
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;";                 // an I/O error must be an error, not a SIGBUS

/// 80 MB between checkpoints: 1.6 x the update rate.
constexpr int kCheckpointPages = 20'000;
/// sysexits.h: input/output error. Whoever watches the server starts it again, which recovers.
constexpr int kExitIo = 74;

/// Which file a path names; 0 if none.
struct FileId {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
};
FileId file_at(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? FileId{status.st_dev, status.st_ino} : FileId{};
}

class SqliteConnection final : public Connection {
  public:
    SqliteConnection(const std::string& directory, Mode mode, IdSource& ids) : ids_(ids) {
        const std::string path = directory == kInMemory ? directory : directory + "/haat.db";
        path_ = path;
        if (mode == Mode::kWrite) {
            require_whole_wal(path + "-wal");
        }
        const int flags = mode == Mode::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                               : SQLITE_OPEN_READWRITE;
        if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
            const std::string message = db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory";
            sqlite3_close_v2(db_);
            throw CannotOpen(fmt::format("{}: {}", path, message));
        }
        sqlite3_extended_result_codes(db_, 1);
        try {
            run(kPragmas);
            if (mode == Mode::kRead) {
                run("PRAGMA query_only = ON;");
                // Only the writer checkpoints (docs/decisions/0003-sqlite.md).
                sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
                run("PRAGMA wal_autocheckpoint = 0;");
            } else {
                sqlite3_wal_hook(db_, &SqliteConnection::checkpoint, this);
                files_ = {file_at(path_), {}};
            }
        } catch (...) {
            sqlite3_close_v2(db_);
            throw;
        }
    }

    ~SqliteConnection() override {
        for (sqlite3_stmt* statement : prepared_) {
            sqlite3_finalize(statement);
        }
        sqlite3_close_v2(db_);
    }

    void begin(Mode mode) override { run(mode == Mode::kWrite ? "BEGIN IMMEDIATE" : "BEGIN"); }
    void commit() override {
        run("COMMIT");
        require_same_files();
    }
    void rollback() noexcept override {
        if (sqlite3_get_autocommit(db_) == 0) {
            sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
        }
    }
    void savepoint() override { run("SAVEPOINT job"); }
    void release_savepoint() override { run("RELEASE job"); }
    void rollback_to_savepoint() override { run("ROLLBACK TO job; RELEASE job"); }

    void prepare_all() override {
        for (const Statement* statement : all_statements()) {
            if (!statement->sqlite.empty()) {
                sqlite3_stmt* handle = prepare(*statement);
                const auto columns = static_cast<std::size_t>(sqlite3_column_count(handle));
                if (columns != statement->columns.size()) {
                    throw Failure(fmt::format("{}: answers {} columns, `out` names {}",
                                              statement->name, columns, statement->columns.size()));
                }
            }
        }
    }

    [[nodiscard]] bool is_lost() const override { return false; }
    [[nodiscard]] Fate fate_of_commit() override { return Fate::kUnknown; }

    std::int64_t execute(const Statement& statement, std::span<const Value> values) override {
        query(statement, values, [](const Row&) {});
        return sqlite3_changes64(db_);
    }

    void query(const Statement& statement, std::span<const Value> values,
               const std::function<void(const Row&)>& each) override {
        sqlite3_stmt* handle = prepare(statement);
        bind(handle, statement, values);
        std::vector<Value> columns(statement.columns.size());
        struct Reset {  // also when the callback throws
            sqlite3_stmt* handle;
            ~Reset() { sqlite3_reset(handle); }
        } reset{handle};
        while (true) {
            const int code = sqlite3_step(handle);
            if (code == SQLITE_DONE) {
                return;
            }
            if (code != SQLITE_ROW) {
                fail(code, statement.name);
            }
            for (std::size_t i = 0; i < columns.size(); ++i) {
                columns[i] = column(handle, static_cast<int>(i));
            }
            each(Row(columns));
        }
    }

    void execute_many(const Statement& statement, std::span<const Value> values) override {
        const std::size_t width = statement.params.size();
        HAAT_ASSERT(width != 0 && values.size() % width == 0);
        for (std::size_t i = 0; i < values.size(); i += width) {
            execute(statement, values.subspan(i, width));
        }
    }

    void execute_script(std::string_view script) override { run(std::string(script).c_str()); }
    [[nodiscard]] std::int64_t new_id() override { return ids_.next(); }
    [[nodiscard]] Engine engine() const override { return Engine::kSqlite; }

  private:
    /// Called by SQLite after each commit. SQLite's own automatic checkpoint would pass over a
    /// failed fsync of the database file, and the next one would find its pages clean.
    static int checkpoint(void* self, sqlite3* db, const char* schema, int pages) {
        if (pages >= kCheckpointPages) {
            const int code = sqlite3_wal_checkpoint_v2(db, schema, SQLITE_CHECKPOINT_PASSIVE,
                                                       nullptr, nullptr);
            if (code != SQLITE_OK && code != SQLITE_BUSY) {
                static_cast<SqliteConnection*>(self)->stop_if_not_flushed(code, "checkpoint");
                log_warning("storage.checkpoint_failed", {{"code", code}});
            }
        }
        return SQLITE_OK;
    }

    /// After a failed fsync nobody knows what is on the disk. Recovery at the next start does; going
    /// on could acknowledge what is lost.
    void stop_if_not_flushed(int code, std::string_view what) {
        if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
            log_error("storage.fsync_failed", {{"statement", what}});
            std::_Exit(kExitIo);
        }
    }

    /// Promise: what is confirmed is in the files that the next start will open. If somebody moved
    /// or replaced one, we write into what nobody will find again.
    void require_same_files() {
        if (!files_) {
            return;  // a reader
        }
        const FileId database = file_at(path_);
        const FileId log = file_at(path_ + "-wal");
        if (files_->log == FileId{}) {
            files_->log = log;
        }
        if (database != files_->database || log != files_->log) {
            log_error("storage.file_replaced", {{"path", path_}});
            std::_Exit(kExitIo);
        }
    }

    void run(const char* sql) {
        const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) {
            fail(code, sql);
        }
    }

    sqlite3_stmt* prepare(const Statement& statement) {
        if (prepared_.size() <= statement.index) {
            prepared_.resize(all_statements().size());
        }
        sqlite3_stmt*& handle = prepared_[statement.index];
        if (handle == nullptr) {
            HAAT_ASSERT(!statement.sqlite.empty());
            const int code = sqlite3_prepare_v3(db_, statement.sqlite.data(),
                                                static_cast<int>(statement.sqlite.size()),
                                                SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
            if (code != SQLITE_OK) {
                fail(code, statement.name);
            }
        }
        return handle;
    }

    void bind(sqlite3_stmt* handle, const Statement& statement, std::span<const Value> values) {
        HAAT_ASSERT(values.size() == statement.params.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Value& value = values[i];
            const int at = static_cast<int>(i) + 1;
            const std::string_view bytes = value.text();
            int code = SQLITE_OK;
            switch (value.type()) {
                case Type::kNull: code = sqlite3_bind_null(handle, at); break;
                case Type::kInteger: code = sqlite3_bind_int64(handle, at, value.integer()); break;
                case Type::kText:
                    code = sqlite3_bind_text64(handle, at, bytes.data() == nullptr ? "" : bytes.data(),
                                               bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
                    break;
                case Type::kBlob:
                    code = sqlite3_bind_blob64(handle, at, bytes.data() == nullptr ? "" : bytes.data(),
                                               bytes.size(), SQLITE_STATIC);
                    break;
            }
            if (code != SQLITE_OK) {
                fail(code, statement.name);
            }
        }
    }

    static Value column(sqlite3_stmt* handle, int at) {
        const auto bytes = [&](const void* data) {
            return std::string_view(static_cast<const char*>(data),
                                    static_cast<std::size_t>(sqlite3_column_bytes(handle, at)));
        };
        switch (sqlite3_column_type(handle, at)) {
            case SQLITE_INTEGER: return Value::of(std::int64_t{sqlite3_column_int64(handle, at)});
            case SQLITE_TEXT: return Value::of(bytes(sqlite3_column_text(handle, at)));
            case SQLITE_BLOB: return Value::blob(bytes(sqlite3_column_blob(handle, at)));
            case SQLITE_NULL: return {};
            default: throw Failure("a floating-point column: there is none in haat's schema");
        }
    }

    [[noreturn]] void fail(int code, std::string_view what) {
        const std::string message = fmt::format("{}: {}", what, sqlite3_errmsg(db_));
        stop_if_not_flushed(code, what);
        switch (code & 0xFF) {
            case SQLITE_FULL: throw DiskFull(message);
            case SQLITE_BUSY:  // after busy_timeout: another program holds the lock
            case SQLITE_LOCKED: throw Unavailable(message);
            case SQLITE_CORRUPT:
            case SQLITE_NOTADB: throw Corrupt(message);
            case SQLITE_CONSTRAINT:
                if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
                    throw UniqueViolation(message);
                }
                throw Failure(message);
            default: throw Failure(message);
        }
    }

    struct Files {
        FileId database;
        FileId log;
    };

    sqlite3* db_ = nullptr;
    std::string path_;
    std::optional<Files> files_;  ///< Of the writer.
    IdSource& ids_;
    std::vector<sqlite3_stmt*> prepared_;
};

}  // namespace

std::unique_ptr<Connection> connect_sqlite(const std::string& directory, Mode mode, IdSource& ids) {
    return std::make_unique<SqliteConnection>(directory, mode, ids);
}

}  // namespace haat::storage
