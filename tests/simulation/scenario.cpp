/// What happens in a world: who writes to whom, what officers do, which faults strike, and what
/// must hold in the end.
#include <fmt/format.h>

#include <algorithm>

#include "messaging/mail.hpp"
#include "provider.hpp"
#include "registry/consents.hpp"
#include "sql/simulation.hpp"
#include "storage/failure.hpp"
#include "world.hpp"

namespace haat::simulation {

using messaging::BroadcastState;
using messaging::Progress;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;

template <typename T, std::size_t n>
T one_of(Random& random, const std::array<T, n>& values) {
    return values[random.below(n)];
}

bool same(const Progress& a, const Progress& b) {
    return a.by_state == b.by_state && a.failed == b.failed && a.twice == b.twice &&
           a.repeated == b.repeated && a.recipients == b.recipients;
}

std::string difference(const Progress& counted, const Progress& told) {
    std::string out;
    for (int i = 0; i < messaging::kSlotStateCount; ++i) {
        const auto state = static_cast<messaging::SlotState>(i);
        if (counted.of(state) != told.of(state)) {
            out += fmt::format(" {}: recount {}, progress() {};", messaging::slot_state_name(state),
                               counted.of(state), told.of(state));
        }
    }
    return out + fmt::format(" recipients {}/{} failed {}/{} twice {}/{} repeated {}/{}",
                             counted.recipients, told.recipients, counted.failed, told.failed,
                             counted.twice, told.twice, counted.repeated, told.repeated);
}

/// A slot that a process holds otherwise than it is stored, to tell its history.
std::optional<messaging::SlotId> misremembered(const messaging::Delivery& delivery,
                                               const Leg& leg) {
    std::optional<messaging::SlotId> found;
    delivery.each_chunk(BroadcastId{leg.number},
                        [&](std::uint32_t first, auto, std::span<const messaging::Slot> slots) {
                            for (std::uint32_t i = 0; i < slots.size() && !found; ++i) {
                                if (slots[i] != leg.durable.at(first + i)) {
                                    found = {leg.number, first + i};
                                }
                            }
                        });
    return found;
}

}  // namespace

void World::draw_temper() {
    Random& random = random_;
    Temper& t = temper_;
    t.is_large = random.chance(1, 4);
    t.is_alone = random.chance(1, 2);
    t.processes = t.is_alone ? 1 : 1 + static_cast<int>(random.below(4));
    t.recipients = t.is_large ? 20'000 + random.below(disk_.people() / 2)
                              : one_of(random, std::array{30U, 80U, 300U, 1500U, 4000U, 9000U});
    t.broadcasts =
        t.is_large ? 1 + static_cast<int>(random.below(2)) : 1 + static_cast<int>(random.below(4));
    t.mails = random.chance(1, 2) ? static_cast<int>(random.below(40)) : 0;
    t.numbers = t.is_large ? 4 : 1 + static_cast<int>(random.below(3));
    t.rate = t.is_large ? 20'000 : one_of(random, std::array{20, 80, 500, 2000});
    t.lease_seconds = 2 + static_cast<int>(random.below(6));
    t.flush_seconds = one_of(random, std::array{1, 3, 10, 60});
    t.has_fallback = random.chance(1, 3);
    t.fails_over = random.chance(1, 5);
    const bool is_calm = random.chance(1, 10);
    const std::uint32_t scale = is_calm ? 0 : 1 + random.below(4);
    t.die_per_million = scale * one_of(random, std::array{0U, 200U, 1000U, 5000U});
    t.fail_per_million = scale * one_of(random, std::array{0U, 0U, 1000U, 5000U});
    t.interrupt_per_million = scale * one_of(random, std::array{0U, 1000U, 5000U, 20'000U});
    t.trouble_per_mille = is_calm ? 1 : one_of(random, std::array{2U, 10U, 50U, 300U});
    t.kill_seconds = is_calm ? 0 : one_of(random, std::array{0U, 5U, 20U, 60U});
    t.stop_seconds = is_calm ? 0 : one_of(random, std::array{0U, 10U, 30U});
    t.steps_clock = is_calm ? 0 : one_of(random, std::array{0U, 20U});
    t.opt_outs = random.below(30);
    t.fault_micros = static_cast<std::int64_t>(10 + random.below(t.is_large ? 30 : 120)) * kSecond;
}

/// A person of the first broadcasts' audience, which is where things happen.
std::uint32_t World::somebody() {
    return 1 + random_.below(std::min(temper_.recipients, disk_.people() - 1));
}

void World::create_broadcast(storage::Database& database, int which, bool is_first) {
    // Drawn anew from the world's seed, so that a repetition asks for the same.
    Random random(options_.seed * 1000 + static_cast<std::uint64_t>(which));
    std::vector<std::uint32_t> ordinals;
    const std::uint32_t gap = temper_.is_large || random.chance(1, 2) ? 1 : 1 + random.below(20);
    std::uint32_t ordinal = 1 + (temper_.is_large ? random.below(disk_.people() / 4) : 0);
    while (ordinals.size() < temper_.recipients && ordinal <= disk_.people()) {
        ordinals.push_back(ordinal);
        ordinal += gap == 1 ? 1 : 1 + random.below(gap);
    }
    const UnixSeconds now = clock_.now();
    messaging::NewBroadcast what{
        .device_id = fmt::format("device-{}", which),
        .purpose = one_of(random, std::array{registry::MessagePurpose::kMarket,
                                             registry::MessagePurpose::kNotice}),
        .template_name = "haat_broadcast",
        .params_json = R"({"hi":["namaste"],"en":["hello"],"buttons":[],)"
                       R"("text_hi":"namaste","text_en":"hello"})",
        .audience_json = "{}",
        .place_id = PlaceId{1},
        .expires_at = {now.value + 60 + random.below(400)},
        .mode = random.chance(1, 4) ? messaging::DeliveryMode::kAtLeastOnce
                                    : messaging::DeliveryMode::kAtMostOnce,
        .fallbacks = {}};
    if (temper_.has_fallback && random.chance(1, 2)) {
        what.fallbacks.push_back({.channel = registry::Channel::kSms,
                                  .wait_until = {},
                                  .may_repeat = random.chance(1, 3),
                                  .expires_at = {what.expires_at.value + 30 + random.below(300)}});
    }
    const auto made = messaging::create_broadcast(database, what, ordinals, now);
    if (!made) {
        throw Violation{"a broadcast was refused: " + made.error().code, {}, false};
    }
    numbers_.push_back(static_cast<std::uint32_t>(made->broadcast_id.value));
    if (!is_first) {
        met("broadcast made while others run");
        tell_of_change();
    }
}

void World::create_broadcasts() {
    ProcessDatabase database(disk_, *this, kNobody);
    create_broadcast(database, 0, true);
    for (int i = 1; i < temper_.broadcasts; ++i) {
        at(around(static_cast<std::uint32_t>(temper_.fault_micros / kSecond / 3)),
           [this, i] { create_later(i); });
    }
}

/// By a process that may die of it; whoever asked asks again.
void World::create_later(int which) {
    const int process =
        static_cast<int>(random_.below(static_cast<std::uint32_t>(temper_.processes)));
    bool done = false;
    if (is_up(process)) {
        guarded(process, [&] {
            create_broadcast(*processes_[static_cast<std::size_t>(process)].database, which, false);
            done = true;
        });
    }
    if (!done) {
        at(around(3), [this, which] { create_later(which); });
    }
}

/// Each process hears of a change before its next step.
void World::tell_of_change() {
    for (Process& one : processes_) {
        one.has_news = true;
        one.next_at = std::min(one.next_at, clock_.monotonic_micros() + kSecond / 10);
    }
}

void World::set_state(std::uint32_t number, BroadcastState state) {
    disk_.write([&](storage::Transaction& tx) {
        (void)messaging::set_broadcast_state(tx, system_viewer(), BroadcastId{number}, state);
    });
    tell_of_change();
}

void World::change_broadcast() {
    if (!faults_ || numbers_.empty()) {
        return;
    }
    const std::uint32_t number =
        numbers_[random_.below(static_cast<std::uint32_t>(numbers_.size()))];
    if (random_.chance(1, 4)) {
        set_state(number, BroadcastState::kCancelled);
        met("broadcast cancelled");
    } else {
        set_state(number, BroadcastState::kPaused);
        met("broadcast paused");
        at(around(10), [this, number] { set_state(number, BroadcastState::kSending); });
    }
}

void World::opt_out() {
    const std::uint32_t ordinal = somebody();
    disk_.write([&](storage::Transaction& tx) {
        (void)registry::suppress(tx, system_viewer(), PersonId{ordinal}, registry::kAllPurposes,
                                 {registry::Channel::kWhatsapp, "1/hi", "form:1"}, clock_.now());
    });
    judge_.suppressed(ordinal, registry::kAllPurposes);
    met("somebody said stop");
}

void World::add_mail() {
    const std::uint32_t ordinal = somebody();
    const auto phone = sql::address_of(disk_.connection(), {.ordinal = ordinal});
    if (!phone) {
        return;
    }
    const AddressId address_id{phone->contact_id * 8 +
                               static_cast<std::int64_t>(registry::Channel::kWhatsapp)};
    const int key = mails_made_++;
    const std::uint32_t purpose = random_.below(3);
    const bool wrote = random_.chance(1, 2);
    disk_.write([&](storage::Transaction& tx) {
        messaging::NewMail mail{.address_id = address_id,
                                .person_id = PersonId{ordinal},
                                .ordinal = ordinal,
                                .body = {.text = fmt::format("m{}", key), .buttons = {}},
                                .expires_at = {clock_.now().value + 60 + random_.below(1200)}};
        if (purpose != 0) {
            mail.purpose = static_cast<registry::MessagePurpose>(purpose);
        }
        if (random_.chance(1, 2)) {
            mail.instead =
                messaging::TemplateBody{"haat_notice", "hi", {fmt::format("m{}", key)}, {}};
        }
        if (wrote) {
            tx.execute_script(fmt::format(
                "INSERT INTO conversation (address_id, person_id, place_id, state, queue,"
                " last_text, last_inbound_at, changed_at)"
                " VALUES ({0}, {1}, 1, '', 'machine', '', {2}, {2})"
                " ON CONFLICT (address_id) DO UPDATE SET last_inbound_at = {2}",
                address_id.value, ordinal, clock_.now().value));
        }
        (void)messaging::add_mail(tx, mail, clock_.now());
    });
    judge_.mail_added(key, ordinal, static_cast<std::uint8_t>(purpose));
    tell_of_change();
}

void World::schedule_officers() {
    const auto within = static_cast<std::uint32_t>(temper_.fault_micros / kSecond / 2);
    for (int i = 0; i < temper_.mails; ++i) {
        at(around(within), [this] { add_mail(); });
    }
    for (std::uint32_t i = 0; i < temper_.opt_outs; ++i) {
        at(around(within), [this] { opt_out(); });
    }
    for (int i = 0; i < 3 && random_.chance(1, 2); ++i) {
        at(around(within), [this] { change_broadcast(); });
    }
}

void World::schedule_faults() {
    const auto again = [this](std::uint32_t seconds, auto act) {
        if (seconds == 0) {
            return;
        }
        const auto repeat = [this, seconds, act](const auto& self) -> void {
            at(around(seconds), [this, act, self] {
                if (faults_) {
                    act();
                    self(self);
                }
            });
        };
        repeat(repeat);
    };
    const auto any = [this] {
        return static_cast<int>(random_.below(static_cast<std::uint32_t>(temper_.processes)));
    };
    again(temper_.kill_seconds, [this, any] {
        const int process = any();
        if (processes_[static_cast<std::size_t>(process)].delivery != nullptr) {
            kill(process);
        }
    });
    again(temper_.stop_seconds, [this, any] {
        Process& one = processes_[static_cast<std::size_t>(any())];
        one.stopped_until = clock_.monotonic_micros() + random_.below(20'000) * 1'000;
        met("stopped for a while");
        end_sessions();
    });
    again(temper_.steps_clock, [this] {
        clock_.step_wall(random_.chance(1, 2) ? kHour : -kHour);
        met("wall clock stepped");
    });
    if (temper_.fails_over) {
        at(around(static_cast<std::uint32_t>(temper_.fault_micros / kSecond / 2)), [this] {
            if (!faults_) {
                return;
            }
            disk_.start_losing();
            lost_from_ = disk_.commits();
            at(around(2), [this] { create_later(200); });  // to be forgotten, if it is quick enough
            at(around(8), [this] { fail_over(); });
        });
    }
}

/// The primary is lost, and with it the latest commits; everybody starts anew on the other one.
void World::fail_over() {
    if (!disk_.is_losing()) {
        return;
    }
    met("failover that lost commits");
    for (int i = 0; i < static_cast<int>(processes_.size()); ++i) {
        if (processes_[static_cast<std::size_t>(i)].delivery != nullptr ||
            processes_[static_cast<std::size_t>(i)].in_step > 0) {
            kill(i);
        }
    }
    judge_.look_at_all();
    disk_.lose();
    judge_.forget_since(lost_from_);
    quarantine_next_ = true;
    // New ones, under the numbers of those that are forgotten.
    for (int i = 0; i < 2; ++i) {
        at(around(20), [this, which = 100 + i] { create_later(which); });
    }
}

void World::end_faults() {
    faults_ = false;
    disk_.keep();
    for (Process& one : processes_) {
        one.stopped_until = 0;
        one.idle = 0;
        if (one.delivery != nullptr) {
            for (const messaging::SenderState& sender : one.delivery->senders()) {
                one.delivery->set_sender_stopped(sender.channel, sender.name, false);
            }
        }
    }
    for (const std::uint32_t number : numbers_) {
        set_state(number, BroadcastState::kPaused);  // what a process paused by itself moves too
        set_state(number, BroadcastState::kSending);
    }
}

void World::compare_progress(const char* when) {
    for (const Process& one : processes_) {
        if (one.delivery == nullptr) {
            continue;
        }
        for (const auto& [number, leg] : judge_.legs()) {
            const Progress told = one.delivery->progress(BroadcastId{number});
            if (!same(leg.recount, told)) {
                std::optional<messaging::SlotId> slot;
                for (const Process& other : processes_) {
                    slot = slot || other.delivery == nullptr ? slot
                                                             : misremembered(*other.delivery, leg);
                }
                throw Violation{fmt::format("S7: {}: broadcast {}:{}", when, number,
                                            difference(leg.recount, told)),
                                slot.value_or(messaging::SlotId{}), slot.has_value()};
            }
        }
        const Progress mail = one.delivery->mail_progress();
        if (!same(judge_.mail_recount(), mail)) {
            throw Violation{
                fmt::format("S7: {}: mail:{}", when, difference(judge_.mail_recount(), mail)),
                {},
                false};
        }
    }
}

void World::check_end() {
    judge_.recount(true);
    compare_progress("in the end");
    for (Process& one : processes_) {
        one.delivery->stop(0);
        if (!temper_.is_alone) {
            one.delivery.reset();
        }
    }
    judge_.recount(true);
    if (temper_.is_alone) {
        judge_.check_stored();
        judge_.recount(true);
        quarantine_next_ = false;
        processes_[0].delivery.reset();
        start(0);
        compare_progress("after a last restart");
    }
}

}  // namespace haat::simulation
