#include "storage/database.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "connection.hpp"
#include "connection_postgres.hpp"
#include "connection_sqlite.hpp"
#include "patience.hpp"
#include "sql/boot.hpp"
#include "storage/failure.hpp"
#include "writer.hpp"

namespace haat::storage {
namespace {

/// A lock on the directory, held while this lives: two servers on one SQLite never meet.
class DirectoryLock {
  public:
    explicit DirectoryLock(const std::string& directory) {
        const std::string path = directory + "/haat.lock";
        fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd_ < 0) {
            throw CannotOpen("cannot write in " + directory);
        }
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            ::close(fd_);
            throw CannotOpen(directory + " is in use by a running haat; stop it first, or do this "
                             "in its web pages");
        }
    }
    ~DirectoryLock() { ::close(fd_); }
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

  private:
    int fd_ = -1;
};

/// Connections for reading, lent to one caller at a time each.
class ReaderPool {
  public:
    ReaderPool(std::vector<std::unique_ptr<Connection>> connections, int patience_milliseconds)
        : longest_wait_(patience_milliseconds),
          idle_(std::move(connections)),
          patience_(patience_milliseconds) {}

    /// A read within a read of the same thread sees the same snapshot: were it to wait for another
    /// connection, threads could wait for each other.
    void run(const std::function<void(Transaction&)>& work) {
        if (reading_in_ == this) {
            work(*reading_with_);
            return;
        }
        std::unique_ptr<Connection> connection = take();
        const Within within(this, connection.get());
        try {
            begin(*connection);
            work(*connection);
            connection->commit();
        } catch (...) {
            connection->rollback();
            give_back(std::move(connection));
            throw;
        }
        give_back(std::move(connection));
    }

  private:
    /// Remembers what this thread reads in and with, while it does.
    struct Within {
        Within(const ReaderPool* pool, Connection* connection) {
            reading_in_ = pool;
            reading_with_ = connection;
        }
        ~Within() { reading_in_ = nullptr; }
        Within(const Within&) = delete;
        Within& operator=(const Within&) = delete;
    };
    static thread_local const ReaderPool* reading_in_;
    static thread_local Connection* reading_with_;

    /// Waits for a database that went away a moment ago. Once rows were handed out it is too late for
    /// that: the caller hears of a connection lost later.
    void begin(Connection& connection) {
        while (true) {
            try {
                connection.begin(Mode::kRead);
                patience_.reset();
                return;
            } catch (const Unavailable&) {
                if (!connection.is_lost() || !patience_.wait()) {
                    throw;
                }
            }
        }
    }

    std::unique_ptr<Connection> take() {
        std::unique_lock lock(mutex_);
        if (!wake_.wait_for(lock, longest_wait_, [this] { return !idle_.empty(); })) {
            throw Unavailable("every connection for reading is in use");
        }
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
    }
    void give_back(std::unique_ptr<Connection> connection) {
        {
            const std::lock_guard lock(mutex_);
            idle_.push_back(std::move(connection));
        }
        wake_.notify_one();
    }

    std::chrono::milliseconds longest_wait_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::unique_ptr<Connection>> idle_;
    Patience patience_;
};

thread_local const ReaderPool* ReaderPool::reading_in_ = nullptr;
thread_local Connection* ReaderPool::reading_with_ = nullptr;

class PooledDatabase final : public Database {
  public:
    explicit PooledDatabase(const OpenOptions& options) : options_(options) {
        const bool sqlite = !options.sqlite_directory.empty();
        if (sqlite == !options.postgres_url.empty()) {
            throw CannotOpen("name either a data directory (SQLite) or a PostgreSQL URL");
        }
        if (sqlite) {
            std::filesystem::create_directories(options.sqlite_directory);
            if (!options.read_only) {
                lock_ = std::make_unique<DirectoryLock>(options.sqlite_directory);
            }
        }
        if (!options.read_only) {
            std::unique_ptr<Connection> connection = connect(Mode::kWrite);
            if (options.prepare_all) {
                connection->prepare_all();
                start_boot(*connection);
            }
            writer_ = std::make_unique<Writer>(std::move(connection),
                                               options.patience_milliseconds,
                                               options.commit_milliseconds);
        }
        std::vector<std::unique_ptr<Connection>> readers;
        for (int i = 0; i < options.readers; ++i) {
            readers.push_back(connect(Mode::kRead));
        }
        if (options.read_only && options.prepare_all) {
            readers.front()->prepare_all();
        }
        readers_ = std::make_unique<ReaderPool>(std::move(readers),
                                                options.patience_milliseconds);
    }

    void write_async(Job job, Done done) override {
        writer().submit(std::move(job), std::move(done), Writer::kAtOnce);
    }
    void write_soon(Job job, Done done) override {
        writer().submit(std::move(job), std::move(done), kCompanyMicros);
    }
    [[nodiscard]] std::int64_t new_id() override { return ids_.next(); }
    [[nodiscard]] Engine engine() const override {
        return options_.sqlite_directory.empty() ? Engine::kPostgres : Engine::kSqlite;
    }
    [[nodiscard]] WriteStats write_stats() const override {
        return writer_ != nullptr ? writer_->stats() : WriteStats{};
    }
    [[nodiscard]] std::int64_t boot_number() const override { return ids_.boot_number(); }
    [[nodiscard]] std::int64_t bytes_on_disk() override;

  protected:
    void read_blocking(const std::function<void(Transaction&)>& work) override {
        readers_->run(work);
    }

  private:
    static constexpr std::int64_t kCompanyMicros = 3'000;

    [[nodiscard]] Writer& writer() {
        if (writer_ == nullptr) {
            throw Failure("the database is open for reading only");
        }
        return *writer_;
    }

    std::unique_ptr<Connection> connect(Mode mode) {
        return options_.sqlite_directory.empty()
                   ? connect_postgres(options_.postgres_url, options_.postgres_schema, ids_, mode,
                                      options_.prepare_all ? Bounds::kServing : Bounds::kNone)
                   : connect_sqlite(options_.sqlite_directory, mode, ids_);
    }

    /// Repeated where several start at once on one PostgreSQL.
    void start_boot(Connection& connection) {
        constexpr int kAttempts = 12;
        for (int attempt = 1;; ++attempt) {
            try {
                connection.begin(Mode::kWrite);
                ids_.start(
                    sql::boot_start(connection, {.started_at = system_clock().now()}).boot_number);
                connection.commit();
                return;
            } catch (const Failure&) {
                connection.rollback();
                if (attempt == kAttempts) {
                    throw;
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(10 << std::min(attempt, 4)));
            }
        }
    }

    OpenOptions options_;
    IdSource ids_;
    std::unique_ptr<DirectoryLock> lock_;
    std::unique_ptr<Writer> writer_;       // before the readers, so that it is destroyed after
    std::unique_ptr<ReaderPool> readers_;  // them: who closes last checkpoints, and may
};

std::int64_t PooledDatabase::bytes_on_disk() {
    if (engine() == Engine::kSqlite) {
        std::int64_t bytes = 0;
        for (const char* name : {"/haat.db", "/haat.db-wal"}) {
            std::error_code missing;
            const auto size = std::filesystem::file_size(options_.sqlite_directory + name, missing);
            bytes += missing ? 0 : static_cast<std::int64_t>(size);
        }
        return bytes;
    }
    return read([](Transaction& tx) { return sql::schema_bytes(tx).bytes; });
}

}  // namespace

std::unique_ptr<Database> Database::open(const OpenOptions& options) {
    return std::make_unique<PooledDatabase>(options);
}

}  // namespace haat::storage
