/// @file One database: SQLite in a directory, or PostgreSQL by URL. Writes of many threads are
/// gathered into few commits; a write returns only when it is durable. Reads run beside them on
/// their own connections and see the last commit.
///
/// Threads: every function may be called from any thread. A callback runs on a thread of the
/// database's own, so it must not call write or read again: it would wait for itself.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::storage {

/// Where the database is and how it is used.
struct OpenOptions {
    std::string sqlite_directory;  ///< Either this (haat.db lives in it; made if missing)…
    std::string postgres_url;      ///< …or this, as "postgresql://user@host/name".
    std::string postgres_schema = "haat";
    int readers = 3;               ///< Connections for read().
    /// How long callers wait for a database that went away, or for a free reader, before they get
    /// storage::Unavailable.
    int patience_milliseconds = 5'000;
    bool read_only = false;        ///< SQLite: all others take the directory for themselves alone.
    int commit_milliseconds = 0;   ///< For measurements: each commit takes at least so long.
    bool prepare_all = true;       ///< Prepare every statement now; off only for migrations.
};

/// What `write` did, for metrics.
struct WriteStats {
    std::int64_t jobs = 0;
    std::int64_t commits = 0;
    std::int64_t retries = 0;
    std::int64_t commit_micros_last = 0;
    std::int64_t queue_length = 0;
};

class Database {
  public:
    /// @throws CannotOpen with a message for the operator; Failure if a statement does not fit.
    [[nodiscard]] static std::unique_ptr<Database> open(const OpenOptions& options);
    virtual ~Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs `work(Transaction&)` in a transaction, and returns its answer once it is durable. If
    /// `work` throws, or returns a Result that holds a refusal, nothing of it is kept. `work` may
    /// run more than once (a serialization conflict), so it must have no effect but on the
    /// transaction; what must follow a commit goes into Transaction::after_commit. A PostgreSQL that
    /// goes away is waited for, and a commit whose answer was lost is looked up.
    /// @throws Unavailable if it stays away: nothing was kept. CommitUnknown: nobody knows.
    template <typename Work>
    auto write(Work&& work) {
        return run(work, [this](Job job, Done done) { write_async(std::move(job), std::move(done)); });
    }

    /// Runs `work(Transaction&)` on a consistent snapshot; writing in it is a failure. A read within
    /// a read sees the same snapshot.
    template <typename Work>
    auto read(Work&& work) {
        return run(work, [this](Job job, Done done) {
            read_blocking([&](Transaction& tx) { (void)job(tx); });
            done(nullptr);
        });
    }

    /// What a job says of itself: keep its writes or not.
    enum class Keep : std::uint8_t { kYes, kNo };
    using Job = std::move_only_function<Keep(Transaction&)>;
    using Done = std::move_only_function<void(std::exception_ptr)>;

    /// The same without waiting: `done` is called on a database thread after the commit (or with
    /// the exception that prevented it). Jobs queued together share one commit.
    virtual void write_async(Job job, Done done) = 0;

    /// The same for what comes in crowds and may wait a little for company: it starts a commit only
    /// after 3 ms, and goes along with any that starts before. Fewer, larger commits cost less.
    virtual void write_soon(Job job, Done done) { write_async(std::move(job), std::move(done)); }

    /// A new id; see Transaction::new_id.
    [[nodiscard]] virtual std::int64_t new_id() = 0;

    [[nodiscard]] virtual Engine engine() const = 0;
    [[nodiscard]] virtual WriteStats write_stats() const = 0;

    /// Number of this opening, unique among all openings of this database ever; names the writer
    /// of journal rows. 0 if opened without prepare_all.
    [[nodiscard]] virtual std::int64_t boot_number() const = 0;

    /// Bytes the database occupies on disk.
    [[nodiscard]] virtual std::int64_t bytes_on_disk() = 0;

  protected:
    Database() = default;
    virtual void read_blocking(const std::function<void(Transaction&)>& work) = 0;

  private:
    template <typename Answer>
    static constexpr bool is_result = requires(Answer answer) { answer.error().kind; };

    template <typename Work, typename Submit>
    static auto run(Work& work, Submit submit) {
        using Answer = std::invoke_result_t<Work&, Transaction&>;
        std::promise<void> finished;
        std::future<void> future = finished.get_future();
        const auto done = [&finished](std::exception_ptr error) {
            error ? finished.set_exception(error) : finished.set_value();
        };
        if constexpr (std::is_void_v<Answer>) {
            submit(
                [&work](Transaction& tx) {
                    work(tx);
                    return Keep::kYes;
                },
                done);
            future.get();
        } else {
            std::optional<Answer> answer;
            submit(
                [&work, &answer](Transaction& tx) {
                    answer.emplace(work(tx));
                    if constexpr (is_result<Answer>) {
                        return answer->has_value() ? Keep::kYes : Keep::kNo;
                    } else {
                        return Keep::kYes;
                    }
                },
                done);
            future.get();
            return std::move(*answer);
        }
    }
};

}  // namespace haat::storage
