#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "provider.hpp"
#include "sql/simulation.hpp"
#include "storage/failure.hpp"

namespace haat::simulation {

using messaging::BroadcastState;
using messaging::Delivery;
using messaging::Status;

namespace {

constexpr std::int64_t kMilli = 1'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kSleepless = 100 * kMilli;
constexpr int kDepthMax = 3;
constexpr int kYoungWrites = 6;  ///< A process dies more often while it recovers.

}  // namespace

World::World(Disk& disk, const WorldOptions& options, Sometimes& met)
    : disk_(disk), options_(options), met_(met), random_(options.seed), judge_(disk, met) {
    if (options.followed) {
        judge_.follow(*options.followed);
    }
    disk_.reset();
    provider_ = std::make_unique<Provider>(*this);
    draw_temper();
}

World::~World() {
    for (Process& process : processes_) {
        if (process.database != nullptr) {
            process.database->die();
        }
        process.delivery.reset();
    }
    events_.clear();
}

void World::at(std::int64_t micros, std::move_only_function<void()> act) {
    events_.push_back({micros, order_++, std::move(act)});
    std::push_heap(events_.begin(), events_.end());
}

std::int64_t World::around(std::uint32_t seconds) {
    return clock_.monotonic_micros() +
           static_cast<std::int64_t>(random_.below(seconds * 2'000 + 1)) * kMilli;
}

bool World::in_million(std::uint32_t chance) {
    return faults_ && chance > 0 && random_.below(1'000'000) < chance;
}

// ---------------------------------------------------------------- processes

messaging::DeliveryOptions World::options() const {
    messaging::DeliveryOptions options;
    options.access_token = "token";
    for (int i = 0; i < temper_.numbers; ++i) {
        options.phone_number_ids.push_back(std::to_string(1001 + i));
    }
    options.rate_per_number = temper_.rate;
    options.sms.base_url = "http://kannel";
    options.sms.header = "JEEVKA";
    options.sms.report_url = "http://haat/dlr";
    options.sms_rate = temper_.rate;
    options.quiet_hours = false;
    options.attempt_key = "a key of sixteen bytes or more";
    options.flush_seconds = temper_.flush_seconds;
    options.alone = temper_.is_alone;
    options.lease_seconds = temper_.lease_seconds;
    options.repeat_seconds = 60;
    options.quarantine = quarantine_next_ && options_.quarantine;
    return options;
}

bool World::is_up(int process) const {
    const Process& one = processes_[static_cast<std::size_t>(process)];
    return one.delivery != nullptr && !one.doomed && one.stopped_until <= clock_.monotonic_micros();
}

std::int64_t World::when_running(int process) const {
    return std::max(clock_.monotonic_micros(),
                    processes_[static_cast<std::size_t>(process)].stopped_until);
}

std::int64_t World::last_commit(int process) const {
    return processes_[static_cast<std::size_t>(process)].database->last_commit();
}

void World::outcome_told(int process) {
    Process& one = processes_[static_cast<std::size_t>(process)];
    one.idle = 0;
    one.next_at = std::min(one.next_at, clock_.monotonic_micros() + 50 * kMilli);
}

void World::start(int process) {
    Process& one = processes_[static_cast<std::size_t>(process)];
    if (one.delivery != nullptr || one.in_step > 0) {
        return;
    }
    one = {};
    one.born_at = clock_.monotonic_micros();
    one.database = std::make_unique<ProcessDatabase>(disk_, *this, process);
    one.next_at = clock_.monotonic_micros() + random_.below(1'000);
    auto line = std::make_shared<Line>();
    line->process = process;
    met(quarantine_next_ ? "started in quarantine" : "started");
    ++one.in_step;
    try {
        one.delivery = std::make_unique<Delivery>(*one.database, clock_, options(),
                                                  provider_->connect(std::move(line)));
        one.delivery->on_event([this](const messaging::DeliveryEvent& event) { act_on(event); });
    } catch (const Killed&) {
        met("died in its constructor");
    } catch (const storage::Failure&) {
        met("could not start");
    }
    --one.in_step;
    if (one.delivery == nullptr || one.doomed) {
        kill(process);
    }
}

/// kill -9; it is started again a little later.
void World::kill(int process) {
    Process& one = processes_[static_cast<std::size_t>(process)];
    if (one.database != nullptr) {
        one.database->die();
    }
    one.doomed = true;
    if (one.in_step > 0) {
        return;  // as soon as it is back
    }
    if (one.delivery != nullptr) {
        for (const messaging::SenderState& sender : one.delivery->senders()) {
            windows_ += std::max(sender.window, sender.in_flight);
        }
        met("killed");
    }
    one.delivery.reset();
    end_sessions();
    at(around(faults_ ? 4 : 0), [this, process] { start(process); });
}

/// The database sees at once that a process died; or it only lost every session for a moment, also
/// those of processes that live or sleep. Others may take their shards early.
void World::end_sessions() {
    if (faults_ && !temper_.is_alone && random_.chance(1, 2)) {
        disk_.write([](storage::Transaction& tx) { sql::sessions_end(tx); });
        met("sessions ended");
    }
}

void World::guarded(int process, const std::function<void()>& call) {
    Process& one = processes_[static_cast<std::size_t>(process)];
    ++one.in_step;
    try {
        call();
    } catch (const Killed&) {
        one.doomed = true;
    } catch (const storage::Failure&) {
        one.next_at = clock_.monotonic_micros() + kSecond / 2;
        met("a step failed");
    } catch (...) {
        --one.in_step;
        throw;
    }
    --one.in_step;
    if (one.doomed && one.in_step == 0) {
        kill(process);
    }
}

void World::step(int process) {
    Process& one = processes_[static_cast<std::size_t>(process)];
    ++steps_;
    guarded(process, [&] {
        if (std::exchange(one.has_news, false)) {
            one.delivery->wake();
            one.delivery->broadcast_changed({});
        }
        const std::int64_t wait = one.delivery->step();
        // A process that has nothing to do is asked more and more rarely.
        one.idle = wait >= 50 * kMilli ? std::min(one.idle + 1, 9) : 0;
        const std::int64_t most = faults_ ? kSecond : temper_.lease_seconds * kSecond / 3;
        one.next_at =
            clock_.monotonic_micros() + std::min(std::max(wait, kMilli) << one.idle, most);
    });
}

// ---------------------------------------------------------------- time

bool World::run_next(std::int64_t until) {
    const std::int64_t now = clock_.monotonic_micros();
    std::int64_t next = events_.empty() ? INT64_MAX : std::max(events_.front().at, now);
    int who = -1;
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        const Process& one = processes_[i];
        if (one.delivery == nullptr || one.in_step > 0 || one.doomed) {
            continue;
        }
        const std::int64_t time = std::max({one.next_at, one.stopped_until, now});
        if (time < next) {
            next = time;
            who = static_cast<int>(i);
        }
    }
    if (next > until) {
        return false;
    }
    clock_.run_to(next);
    judge_.set_time(next);
    if (who >= 0) {
        step(who);
        return true;
    }
    std::pop_heap(events_.begin(), events_.end());
    std::move_only_function<void()> act = std::move(events_.back().act);
    events_.pop_back();
    act();
    return true;
}

void World::run_until(std::int64_t micros) {
    while (run_next(micros)) {
    }
    clock_.run_to(micros);
    judge_.set_time(micros);
}

// ---------------------------------------------------------------- labelled steps

WriteFate World::fate_of_write(int process) {
    if (process == kNobody) {
        return WriteFate::kGood;
    }
    const Process& one = processes_[static_cast<std::size_t>(process)];
    const std::uint32_t more = one.database->writes() < kYoungWrites ? 10 : 1;
    if (in_million(temper_.die_per_million * more)) {
        constexpr std::array kDeaths{WriteFate::kDiesBefore, WriteFate::kDiesAfter,
                                     WriteFate::kDiesAtEnd};
        return kDeaths[random_.below(3)];
    }
    if (in_million(temper_.fail_per_million)) {
        return random_.chance(1, 2) ? WriteFate::kFailsBefore : WriteFate::kFailsAfter;
    }
    return WriteFate::kGood;
}

bool World::dies_at_read(int process) {
    if (process == kNobody) {
        return false;
    }
    const Process& one = processes_[static_cast<std::size_t>(process)];
    const bool young = one.database->writes() < kYoungWrites;
    if (!in_million(young ? temper_.die_per_million * 5 : temper_.die_per_million / 4)) {
        return false;
    }
    met(young ? "died at a read while recovering" : "died at a read");
    return true;
}

void World::committed(int process, std::string_view labels, WriteFate fate) {
    if (process == kNobody) {
        return;
    }
    const bool young =
        processes_[static_cast<std::size_t>(process)].database->writes() < kYoungWrites;
    const auto has = [&](std::string_view label) {
        return labels.find(label) != std::string_view::npos;
    };
    if (has("lease_take ") && !temper_.is_alone && clock_.monotonic_micros() > 30 * kSecond) {
        met("lease taken over");
    }
    if (fate == WriteFate::kGood) {
        return;
    }
    const bool dies = fate >= WriteFate::kDiesBefore;
    const char* what = dies ? (young ? "died while recovering, at " : "died at ") : "failed at ";
    const char* where = has("chunk_put ")           ? "a write-back"
                        : has("cursor_put ")        ? "storing cursors"
                        : has("journal_drop ")      ? "dropping the journal"
                        : has("lease_take ")        ? "taking shards"
                        : has("suppression_since ") ? "a permit"
                        : has("journal_add ")       ? "an append"
                                                    : "something else";
    ++met_[std::string(what) + where];
    if (fate == WriteFate::kFailsAfter) {
        met("a commit in doubt that landed");
    }
}

/// Between two transactions of a process: somebody says stop, others run, or it is stopped.
void World::interrupt(int process) {
    if (process == kNobody || !in_million(temper_.interrupt_per_million) || depth_ >= kDepthMax) {
        return;
    }
    ++depth_;
    const std::uint32_t kind = random_.below(10);
    if (kind < 5) {
        opt_out();
    } else if (kind < 8) {
        run_until(clock_.monotonic_micros() + random_.below(200'000));
    } else {
        Process& one = processes_[static_cast<std::size_t>(process)];
        const std::int64_t until =
            clock_.monotonic_micros() + kSecond + random_.below(20) * kSecond;
        one.stopped_until = until;
        met("stopped in the middle of a step");
        end_sessions();
        run_until(until);
    }
    --depth_;
    if (processes_[static_cast<std::size_t>(process)].doomed) {
        throw Killed{};
    }
}

void World::network_moment(int process) {
    if (process != kNobody && in_million(temper_.interrupt_per_million / 4) && is_up(process)) {
        provider_->tell_some(process);
    }
}

// ---------------------------------------------------------------- callbacks and events

void World::deliver(std::shared_ptr<std::vector<Status>> statuses) {
    std::vector<int> up;
    for (int i = 0; i < static_cast<int>(processes_.size()); ++i) {
        if (is_up(i)) {
            up.push_back(i);
        }
    }
    const auto again = [this, statuses] {
        at(around(faults_ ? 20 : 1), [this, statuses] { deliver(statuses); });
    };
    if (up.empty()) {
        again();
        return;
    }
    const int process = up[random_.below(static_cast<std::uint32_t>(up.size()))];
    const messaging::AttemptIds ids("a key of sixteen bytes or more");
    for (const Status& status : *statuses) {
        const auto attempt = status.failed ? ids.read(status.callback_data) : std::nullopt;
        if (attempt) {
            judge_.reported_failed(*attempt);
        }
    }
    const auto acknowledged = std::make_shared<bool>(false);  // it may be told much later
    guarded(process, [&] {
        Process& one = processes_[static_cast<std::size_t>(process)];
        one.delivery->absorb_statuses(*statuses, [acknowledged](bool ok) { *acknowledged = ok; });
    });
    if (!*acknowledged) {
        met("statuses told again");
        again();
        return;
    }
    for (const Status& status : *statuses) {
        if (const auto attempt = ids.read(status.callback_data)) {
            judge_.acknowledged(*attempt, status.state);
        }
    }
}

void World::act_on(const messaging::DeliveryEvent& event) {
    using Kind = messaging::DeliveryEvent::Kind;
    at(around(1), [this, event] {
        met("the provider asked for an act of ours");
        const auto number = static_cast<std::uint32_t>(event.broadcast_id.value);
        if (event.kind == Kind::kTemplateStopped || event.kind == Kind::kSpamLimit) {
            set_state(number, BroadcastState::kPaused);
            at(around(60), [this, number] { set_state(number, BroadcastState::kSending); });
        } else if (event.kind == Kind::kNumberStopped || event.kind == Kind::kChannelStopped) {
            at(around(60), [this] {
                for (Process& one : processes_) {
                    if (one.delivery == nullptr) {
                        continue;
                    }
                    for (const messaging::SenderState& sender : one.delivery->senders()) {
                        one.delivery->set_sender_stopped(sender.channel, sender.name, false);
                    }
                }
            });
        }
    });
}

// ---------------------------------------------------------------- from beginning to end

void World::run() {
    create_broadcasts();
    processes_.resize(static_cast<std::size_t>(temper_.processes));
    for (int i = 0; i < temper_.processes; ++i) {
        at(around(1), [this, i] { start(i); });
    }
    schedule_officers();
    schedule_faults();
    check_later();
    run_until(clock_.monotonic_micros() + temper_.fault_micros);
    end_faults();
    run_until_quiet();
    check_end();
}

void World::check_later() {
    at(around(temper_.is_large ? 20 : 5), [this] {
        judge_.recount(false);
        std::int64_t windows = windows_;
        for (const Process& one : processes_) {
            if (one.delivery != nullptr) {
                for (const messaging::SenderState& sender : one.delivery->senders()) {
                    windows += std::max(sender.window, sender.in_flight);
                }
            }
        }
        if (judge_.busy_slots() > windows) {
            throw Violation{
                fmt::format("S4: {} slots are busy, windows are {}", judge_.busy_slots(), windows),
                {},
                false};
        }
        if (faults_) {
            check_later();
        }
    });
}

void World::run_until_quiet() {
    // The longest that anything may wait: expiry, then the last callbacks.
    const std::int64_t most = clock_.monotonic_micros() + 86'400 * kSecond;
    const auto is_quiet = [this] {
        return std::ranges::all_of(processes_, [](const Process& one) {
            return one.delivery != nullptr && !one.doomed && one.delivery->idle();
        });
    };
    const auto open = [this] {
        judge_.recount(false);
        return judge_.open_slots();
    };
    std::int64_t limit = clock_.monotonic_micros() + 2 * 3600 * kSecond;
    while (clock_.monotonic_micros() < limit) {
        run_until(clock_.monotonic_micros() + 20 * kSecond);
        if (is_quiet() && open() == 0) {
            break;
        }
    }
    // Callbacks come for days; in between the machine sleeps, and only its wall clock goes on.
    while (provider_->on_the_way() > 0 && clock_.monotonic_micros() < most) {
        const std::int64_t now = clock_.monotonic_micros();
        const std::int64_t next = events_.empty() ? now : std::max(now, events_.front().at);
        const std::int64_t slept = std::max<std::int64_t>(0, next - now - kSleepless);
        clock_.step_wall(slept);
        for (Event& event : events_) {
            event.at -= slept;
        }
        run_until(next - slept);
    }
    for (Process& one : processes_) {
        one.next_at = clock_.monotonic_micros();
    }
    run_until(clock_.monotonic_micros() + (2 * temper_.lease_seconds + 5) * kSecond);
}

}  // namespace haat::simulation
