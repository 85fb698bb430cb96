#include "writer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "storage/failure.hpp"

namespace haat::storage {
namespace {

constexpr std::size_t kBatchMax = 512;
/// Tries of a job that meets another transaction each time.
constexpr int kAttemptsMax = 5;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, int patience_milliseconds,
               int commit_milliseconds)
    : connection_(std::move(connection)),
      patience_(patience_milliseconds),
      commit_milliseconds_(commit_milliseconds),
      thread_([this] { loop(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::submit(Database::Job job, Database::Done done, std::int64_t may_wait_micros) {
    const std::int64_t start_at =
        may_wait_micros == kAtOnce ? 0 : system_clock().monotonic_micros() + may_wait_micros;
    bool is_sooner = false;
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back({std::move(job), std::move(done), nullptr, {}});
        is_sooner = start_at < start_at_;
        start_at_ = std::min(start_at_, start_at);
    }
    if (is_sooner) {
        wake_.notify_one();
    }
}

WriteStats Writer::stats() const {
    const std::lock_guard lock(mutex_);
    WriteStats stats = stats_;
    stats.queue_length = static_cast<std::int64_t>(queue_.size());
    return stats;
}

/// Returns when a commit should start; false: there is nothing left to do.
bool Writer::wait_for_jobs(std::unique_lock<std::mutex>& lock) {
    while (!stopping_) {
        if (queue_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const std::int64_t left =
            start_at_ == 0 ? 0 : start_at_ - system_clock().monotonic_micros();
        if (left <= 0) {
            break;
        }
        wake_.wait_for(lock, std::chrono::microseconds(left));
    }
    return !queue_.empty();
}

void Writer::loop() {
    std::vector<Pending> batch;
    while (true) {
        batch.clear();
        {
            std::unique_lock lock(mutex_);
            if (!wait_for_jobs(lock)) {
                return;
            }
            while (!queue_.empty() && batch.size() < kBatchMax) {
                batch.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
            start_at_ = queue_.empty() ? kNever : 0;
        }
        run_batch(batch);
    }
}

void Writer::run_batch(std::span<Pending> batch) {
    const std::int64_t started = system_clock().monotonic_micros();
    try {
        run_until_decided(batch);
    } catch (const SerializationFailure&) {
        for (Pending& pending : batch) {
            retry_alone(pending);
        }
    } catch (...) {
        // Nothing of the batch was kept, or nobody can know: each job hears of the failure.
        for (Pending& pending : batch) {
            pending.error = std::current_exception();
        }
    }
    {
        const std::lock_guard lock(mutex_);
        stats_.jobs += static_cast<std::int64_t>(batch.size());
        ++stats_.commits;
        stats_.commit_micros_last = system_clock().monotonic_micros() - started;
    }
    finish(batch);
}

/// Runs it again on a new connection if the old one was lost. @throws whatever ends it: nothing was
/// kept then, unless it is CommitUnknown.
void Writer::run_until_decided(std::span<Pending> batch) {
    while (true) {
        try {
            run_in_one_transaction(batch);
            patience_.reset();
            return;
        } catch (const CommitUnknown&) {
            const Fate fate = ask_for_fate();
            log_warning("storage.commit_answer_lost", {{"fate", static_cast<int>(fate)}});
            if (fate == Fate::kKept) {
                return;
            }
            if (fate == Fate::kUnknown) {
                throw;
            }
        } catch (const Unavailable&) {
            connection_->rollback();
            if (!connection_->is_lost() || !patience_.wait()) {
                throw;
            }
        } catch (...) {
            connection_->rollback();
            throw;
        }
    }
}

Fate Writer::ask_for_fate() {
    while (true) {
        try {
            const Fate fate = connection_->fate_of_commit();
            patience_.reset();
            return fate;
        } catch (const Failure& failure) {
            connection_->rollback();
            if (!patience_.wait()) {
                log_error("storage.commit_unknown", {{"why", failure.what()}});
                return Fate::kUnknown;
            }
        }
    }
}

void Writer::run_in_one_transaction(std::span<Pending> batch) {
    connection_->begin(Mode::kWrite);
    for (Pending& pending : batch) {
        run_job(pending, batch.size() > 1);
    }
    const bool alone_and_refused = batch.size() == 1 && batch[0].error != nullptr;
    if (alone_and_refused) {
        connection_->rollback();
    } else {
        commit();
    }
}

void Writer::commit() {
    if (commit_milliseconds_ > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(commit_milliseconds_));
    }
    connection_->commit();
}

/// Runs one job. With `guard` a savepoint keeps its failure from the others of the batch; alone it
/// needs none, because the whole transaction is rolled back.
void Writer::run_job(Pending& pending, bool guard) {
    pending.error = nullptr;
    pending.after_commit.clear();
    if (guard) {
        connection_->savepoint();
    }
    Database::Keep keep = Database::Keep::kNo;
    try {
        keep = pending.job(*connection_);
        if (keep == Database::Keep::kYes && guard) {
            connection_->release_savepoint();  // what it left waiting may fail: it is its failure
        }
    } catch (const SerializationFailure&) {
        (void)connection_->take_after_commit();
        throw;  // the whole transaction must be repeated
    } catch (...) {
        if (connection_->is_lost()) {
            (void)connection_->take_after_commit();
            throw;  // likewise, on a new connection
        }
        pending.error = std::current_exception();
    }
    std::vector<std::move_only_function<void()>> actions = connection_->take_after_commit();
    if (pending.error == nullptr && keep == Database::Keep::kYes) {
        pending.after_commit = std::move(actions);
    } else if (guard) {
        connection_->rollback_to_savepoint();
    } else if (pending.error == nullptr) {
        connection_->rollback();  // a refusal, alone: nothing to keep
        connection_->begin(Mode::kWrite);
    }
}

void Writer::retry_alone(Pending& pending) {
    for (int attempt = 1;; ++attempt) {
        {
            const std::lock_guard lock(mutex_);
            ++stats_.retries;
        }
        try {
            run_until_decided(std::span(&pending, 1));
            return;
        } catch (const SerializationFailure& failure) {
            if (attempt >= 2) {
                log_info("storage.retried", {{"attempt", attempt}, {"why", failure.what()}});
            }
            if (attempt >= kAttemptsMax) {
                pending.error = std::current_exception();
                return;
            }
            // By chance, or processes that met would meet again.
            const auto now = static_cast<std::uint64_t>(system_clock().monotonic_micros());
            const std::uint64_t most = 4'000ULL << std::min(attempt, 5);
            std::this_thread::sleep_for(std::chrono::microseconds(now * 2'654'435'761ULL % most));
        } catch (...) {
            pending.error = std::current_exception();
            return;
        }
    }
}

void Writer::finish(std::span<Pending> batch) {
    for (Pending& pending : batch) {
        if (pending.error == nullptr) {
            for (auto& action : pending.after_commit) {
                action();
            }
        }
        pending.done(pending.error);
    }
}

}  // namespace haat::storage
