/// @file The one thread that writes: takes all jobs that are waiting, runs them in one transaction
/// and commits once. Private to storage.
#pragma once

#include <condition_variable>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "patience.hpp"

namespace haat::storage {

class Writer {
  public:
    /// @param commit_milliseconds  Each commit takes at least so long; for measurements.
    Writer(std::unique_ptr<Connection> connection, int patience_milliseconds,
           int commit_milliseconds);
    /// Finishes the jobs that are queued, then stops.
    ~Writer();

    static constexpr std::int64_t kAtOnce = 0;
    /// @param may_wait_micros  How long it may wait for company before it starts a commit.
    void submit(Database::Job job, Database::Done done, std::int64_t may_wait_micros);
    [[nodiscard]] WriteStats stats() const;

  private:
    struct Pending {
        Database::Job job;
        Database::Done done;
        std::exception_ptr error;
        std::vector<std::move_only_function<void()>> after_commit;
    };

    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

    void loop();
    [[nodiscard]] bool wait_for_jobs(std::unique_lock<std::mutex>& lock);
    void commit();
    void run_batch(std::span<Pending> batch);
    void run_until_decided(std::span<Pending> batch);
    [[nodiscard]] Fate ask_for_fate();
    void run_in_one_transaction(std::span<Pending> batch);
    void run_job(Pending& pending, bool guard);
    void retry_alone(Pending& pending);
    void finish(std::span<Pending> batch);

    std::unique_ptr<Connection> connection_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> queue_;
    std::int64_t start_at_ = kNever;  ///< When somebody in the queue cannot wait any longer.
    WriteStats stats_;
    Patience patience_;
    const int commit_milliseconds_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace haat::storage
