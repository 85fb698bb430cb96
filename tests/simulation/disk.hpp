/// @file The one database of a simulated world, in memory, and how its processes see it: each job
/// runs at once on the caller's thread, may fail or kill the process at every labelled step, and
/// lets others run before and after it. A failover may take back the latest commits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connection_sqlite.hpp"
#include "storage/database.hpp"

namespace haat::simulation {

/// The process died here. Not an exception of the standard library: nobody may take it for a
/// failure that one survives.
struct Killed {};

class Disk {
 public:
    /// Makes the schema and `people` people with their addresses.
    explicit Disk(std::uint32_t people);

    /// Forgets everything that a world wrote, but the people.
    void reset();
    /// From now on commits may be taken back by lose().
    void start_losing();
    void lose();
    /// What was committed since start_losing() stays.
    void keep();
    [[nodiscard]] bool is_losing() const { return losing_; }

    void begin();
    void commit();
    void rollback();
    [[nodiscard]] storage::Connection& connection() { return *connection_; }
    [[nodiscard]] std::int64_t new_id() { return ids_.next(); }
    /// How many transactions were committed: their place in history.
    [[nodiscard]] std::int64_t commits() const { return commits_; }
    [[nodiscard]] bool in_transaction() const { return in_transaction_; }
    [[nodiscard]] std::uint32_t people() const { return people_; }

    /// Runs `work` for the world itself: no fault, no interruption.
    void write(const std::function<void(storage::Transaction&)>& work);

 private:
    void add_people();

    storage::IdSource ids_;
    std::unique_ptr<storage::Connection> connection_;
    std::uint32_t people_ = 0;
    bool losing_ = false;
    bool in_transaction_ = false;
    std::int64_t commits_ = 0;
};

/// "+91…" on WhatsApp and by SMS; people who share a phone have the one of the person before.
[[nodiscard]] std::string phone_of(std::uint32_t ordinal);
[[nodiscard]] bool shares_phone(std::uint32_t ordinal);
[[nodiscard]] bool has_whatsapp(std::uint32_t ordinal);
[[nodiscard]] bool has_sms(std::uint32_t ordinal);

/// What becomes of one write.
enum class WriteFate : std::uint8_t {
    kGood,
    kFailsBefore,  ///< Nothing is kept; the caller hears of a failure.
    kFailsAfter,   ///< Kept, but the caller hears of a failure: a commit in doubt.
    kDiesBefore,   ///< kill -9 before the commit…
    kDiesAfter,    ///< …after it, before memory hears of it…
    kDiesAtEnd,    ///< …and after that.
};

/// What a world does at the labelled steps of a process.
class Steps {
 public:
    virtual ~Steps() = default;
    virtual WriteFate fate_of_write(int process) = 0;
    /// True: it dies here.
    virtual bool dies_at_read(int process) = 0;
    /// Others may run now. @throws Killed.
    virtual void interrupt(int process) = 0;
    /// Within a transaction: only the network may act.
    virtual void network_moment(int process) = 0;
    /// A statement of a job, for what a long run must have met.
    virtual void committed(int process, std::string_view labels, WriteFate fate) = 0;
};

/// Instead of a process: the world itself, to which nothing happens.
inline constexpr int kNobody = -1;

/// What one process has of the database.
class ProcessDatabase final : public storage::Database {
 public:
    ProcessDatabase(Disk& disk, Steps& steps, int process)
        : disk_(disk), steps_(steps), process_(process) {}

    void write_async(Job job, Done done) override;
    [[nodiscard]] std::int64_t new_id() override { return disk_.new_id(); }
    [[nodiscard]] storage::Engine engine() const override { return storage::Engine::kSqlite; }
    [[nodiscard]] storage::WriteStats write_stats() const override { return {}; }
    [[nodiscard]] std::int64_t boot_number() const override { return 1; }
    [[nodiscard]] std::int64_t bytes_on_disk() override { return 0; }

    /// Every further use throws Killed.
    void die() { dead_ = true; }
    /// Place in history of the last write that this process saw committed.
    [[nodiscard]] std::int64_t last_commit() const { return last_commit_; }
    [[nodiscard]] std::int64_t writes() const { return writes_; }

 protected:
    void read_blocking(const std::function<void(storage::Transaction&)>& work) override;

 private:
    void check_alive() const;
    [[noreturn]] void dies();

    Disk& disk_;
    Steps& steps_;
    int process_;
    bool dead_ = false;
    std::int64_t last_commit_ = 0;
    std::int64_t writes_ = 0;
};

}  // namespace haat::simulation
