/// @file One simulated world: recipients, processes, a provider and officers, all from one seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "disk.hpp"
#include "judge.hpp"
#include "messaging/delivery.hpp"

namespace haat::simulation {

/// The wall clock may be set; the monotonic one only runs.
class TwoClocks final : public Clock {
 public:
    [[nodiscard]] UnixMicros now_micros() const override { return {wall_ + monotonic_}; }
    [[nodiscard]] std::int64_t monotonic_micros() const override { return monotonic_; }
    void run_to(std::int64_t micros) { monotonic_ = std::max(monotonic_, micros); }
    void step_wall(std::int64_t micros) { wall_ += micros; }

 private:
    std::int64_t monotonic_ = 1'000'000;
    std::int64_t wall_ = 1'770'000'000'000'000;
};

/// How a world is; drawn from the seed.
struct Temper {
    bool is_large = false;
    bool is_alone = false;  ///< One process, as on SQLite.
    int processes = 1;
    std::uint32_t recipients = 0;
    int broadcasts = 1;
    int mails = 0;
    int numbers = 1;
    int rate = 80;
    int lease_seconds = 5;
    int flush_seconds = 10;
    bool has_fallback = false;
    bool fails_over = false;
    bool quarantines = true;
    std::uint32_t die_per_million = 0;        ///< Of each write and read.
    std::uint32_t fail_per_million = 0;       ///< Of each write.
    std::uint32_t interrupt_per_million = 0;  ///< Of each moment between transactions.
    std::uint32_t trouble_per_mille = 0;      ///< Of requests: every kind of bad answer.
    std::uint32_t kill_seconds = 0;           ///< About so far apart; 0: none.
    std::uint32_t stop_seconds = 0;           ///< SIGSTOP likewise.
    std::uint32_t steps_clock = 0;            ///< Wall clock steps likewise.
    std::uint32_t opt_outs = 0;
    std::int64_t fault_micros = 0;  ///< How long faults last.
};

struct WorldOptions {
    std::uint64_t seed = 1;
    bool quarantine = true;  ///< Off: the control run.
    std::optional<messaging::SlotId> followed;
};

class Provider;

class World final : public Steps {
 public:
    World(Disk& disk, const WorldOptions& options, Sometimes& met);
    ~World() override;

    /// Lives from beginning to end. @throws Violation.
    void run();

    [[nodiscard]] Judge& judge() { return judge_; }
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    [[nodiscard]] const Temper& temper() const { return temper_; }

    // For the provider.
    [[nodiscard]] const TwoClocks& clock() const { return clock_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] bool faults() const { return faults_; }
    void at(std::int64_t micros, std::move_only_function<void()> act);
    void met(const char* what) { ++met_[what]; }
    /// When a process may act: now, or when it goes on after a SIGSTOP.
    [[nodiscard]] std::int64_t when_running(int process) const;
    [[nodiscard]] std::int64_t last_commit(int process) const;
    void outcome_told(int process);
    void deliver(std::shared_ptr<std::vector<messaging::Status>> statuses);
    /// Delivery says that others must act; runs later, outside of it.
    void act_on(const messaging::DeliveryEvent& event);

    // Steps.
    WriteFate fate_of_write(int process) override;
    bool dies_at_read(int process) override;
    void interrupt(int process) override;
    void network_moment(int process) override;
    void committed(int process, std::string_view labels, WriteFate fate) override;

 private:
    struct Process {
        std::unique_ptr<ProcessDatabase> database;
        std::unique_ptr<messaging::Delivery> delivery;
        std::int64_t next_at = 0;
        std::int64_t stopped_until = 0;
        std::int64_t born_at = 0;
        int in_step = 0;
        int idle = 0;
        bool doomed = false;
        bool has_news = false;
    };
    struct Event {
        std::int64_t at = 0;
        std::int64_t order = 0;
        std::move_only_function<void()> act;
        friend bool operator<(const Event& a, const Event& b) {
            return a.at != b.at ? a.at > b.at : a.order > b.order;
        }
    };

    void draw_temper();
    void create_broadcasts();
    void create_broadcast(storage::Database& database, int which, bool is_first);
    void create_later(int which);
    void tell_of_change();
    void compare_progress(const char* when);
    [[nodiscard]] std::uint32_t somebody();
    void schedule_faults();
    void schedule_officers();
    void add_mail();
    void opt_out();
    void change_broadcast();
    void set_state(std::uint32_t number, messaging::BroadcastState state);
    void check_later();

    void start(int process);
    void kill(int process);
    void end_sessions();
    void step(int process);
    void fail_over();
    void run_until(std::int64_t micros);
    bool run_next(std::int64_t until);
    /// Calls into a process; it may die of it.
    void guarded(int process, const std::function<void()>& call);
    [[nodiscard]] bool is_up(int process) const;
    [[nodiscard]] messaging::DeliveryOptions options() const;
    [[nodiscard]] std::int64_t around(std::uint32_t seconds);
    [[nodiscard]] bool in_million(std::uint32_t chance);

    void end_faults();
    void run_until_quiet();
    void check_end();

    Disk& disk_;
    WorldOptions options_;
    Sometimes& met_;
    Random random_;
    TwoClocks clock_;
    Judge judge_;
    Temper temper_;
    std::unique_ptr<Provider> provider_;
    std::vector<Process> processes_;
    std::vector<Event> events_;
    std::vector<std::uint32_t> numbers_;  ///< Of broadcasts, without fallbacks.
    std::int64_t order_ = 0;
    std::int64_t steps_ = 0;
    std::int64_t windows_ = 0;  ///< S4: sum of the windows of all that lived since all was settled.
    std::int64_t lost_from_ = 0;
    int mails_made_ = 0;
    int depth_ = 0;
    bool faults_ = true;
    bool quarantine_next_ = false;
};

}  // namespace haat::simulation
