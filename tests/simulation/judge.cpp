#include "judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "messaging/chunk.hpp"
#include "messaging/journal.hpp"
#include "sql/simulation.hpp"

namespace haat::simulation {

using messaging::AttemptId;
using messaging::Slot;
using messaging::SlotId;
using messaging::SlotState;

namespace {

constexpr int kRepeatsMax = 3;

bool was_taken(SlotState state) { return state >= SlotState::kAccepted; }

bool was_never_sent(SlotState state) {
    return state >= SlotState::kSuppressed && state <= SlotState::kSpared;
}

/// The law of merging, written a second time: that it was taken outranks everything, then the later
/// attempt, then the stronger word about one attempt.
Slot join(const Slot& a, const Slot& b) {
    const bool later = was_taken(a.state) != was_taken(b.state) ? was_taken(b.state)
                       : was_taken(a.state)                     ? b.state > a.state
                       : a.attempt != b.attempt                 ? b.attempt > a.attempt
                                                                : b.state > a.state;
    Slot out = later ? b : a;
    out.attempt = std::max(a.attempt, b.attempt);
    out.reason = std::max(a.reason, b.reason);
    out.tag = std::max(a.tag, b.tag);
    out.failed = a.failed || b.failed;
    out.doubted = a.doubted || b.doubted;
    out.twice = a.twice || b.twice || (a.tag != b.tag && a.tag != 0 && b.tag != 0);
    return out;
}

void count(messaging::Progress& progress, const Slot& slot) {
    ++progress.by_state[static_cast<std::size_t>(messaging::known_state(slot))];
    progress.failed += slot.failed ? 1 : 0;
    progress.twice += slot.twice ? 1 : 0;
    progress.repeated += slot.doubted ? 1 : 0;
    progress.recipients += slot.state == SlotState::kShared ? 0 : 1;
}

}  // namespace

bool Judge::is_followed(SlotId slot) const {
    // What a fallback follows has the number before it.
    return slot.slot == followed_.slot && slot.broadcast <= followed_.broadcast &&
           slot.broadcast + 1 >= followed_.broadcast;
}

void Judge::write_down(SlotId slot, const std::string& what) {
    history_.push_back(fmt::format("{:>12.6f} s  {}.{}: {}", static_cast<double>(micros_) / 1e6,
                                   slot.broadcast, slot.slot, what));
}

void Judge::violated(std::string what, SlotId slot) const {
    throw Violation{std::move(what), slot, true};
}

std::string Judge::describe(const Slot& slot) const {
    return fmt::format("{} attempt {}{}{}{}", messaging::slot_state_name(slot.state), slot.attempt,
                       slot.failed ? " failed" : "", slot.doubted ? " doubted" : "",
                       slot.twice ? " twice" : "");
}

Leg* Judge::leg(std::uint32_t number) {
    const auto found = legs_.find(number);
    if (found != legs_.end()) {
        return &found->second;
    }
    const auto row = sql::broadcast_one(disk_.connection(), {.broadcast_id = BroadcastId{number}});
    if (!row || row->state == "planning") {
        return nullptr;
    }
    Leg& made = legs_[number];
    made.number = number;
    made.nonce = static_cast<std::uint32_t>(row->nonce);
    made.channel = static_cast<registry::Channel>(row->channel);
    made.purpose = *registry::message_purpose_from_name(row->purpose);
    made.at_least_once = row->mode == "at_least_once";
    made.follows = static_cast<std::uint32_t>(row->follows);
    made.may_repeat = row->may_repeat != 0;
    made.waits = row->wait_until != 0;
    made.truth.resize(static_cast<std::size_t>(row->slots));
    sql::chunks_all(disk_.connection(), [&](const sql::ChunksAllRow& chunk) {
        if (chunk.broadcast_id.value == number) {
            const std::vector<std::uint32_t> part = messaging::decode_ordinals(chunk.ordinals);
            made.ordinals.insert(made.ordinals.end(), part.begin(), part.end());
        }
    });
    return &made;
}

Leg* Judge::leg_of(const AttemptId& attempt) {
    Leg* found = leg(attempt.id.broadcast);
    if (found == nullptr || found->nonce != attempt.nonce) {
        const auto old = std::ranges::find_if(forgotten_, [&](const Leg& one) {
            return one.number == attempt.id.broadcast && one.nonce == attempt.nonce;
        });
        found = old == forgotten_.end() ? nullptr : &*old;
    }
    return found != nullptr && attempt.id.slot < found->truth.size() ? found : nullptr;
}

void Judge::check_stop(std::uint32_t ordinal, std::uint8_t purpose, std::int64_t permit_commit,
                       SlotId slot) {
    const auto found = stops_.find(ordinal);
    if (purpose == 0 || found == stops_.end()) {
        return;
    }
    for (const Stop& stop : found->second) {
        if ((stop.purposes.bits & purpose) != 0 && stop.commit < permit_commit) {
            violated(fmt::format("S8: she said stop in commit {}, the permit is of {}", stop.commit,
                                 permit_commit),
                     slot);
        }
    }
}

void Judge::check_fallback(const Leg& leg, SlotId slot) const {
    if (leg.follows == 0 || leg.may_repeat || leg.waits) {
        return;
    }
    const auto found = legs_.find(leg.follows);
    if (found == legs_.end()) {
        return;
    }
    const Truth& before = found->second.truth.at(slot.slot);
    if (before.open > 0 && !before.reported) {
        violated("S1: a fallback left while the message before it may have arrived", slot);
    }
}

Truth* Judge::departs(int process, const AttemptId& attempt, std::int64_t permit_commit,
                      const std::string& to, registry::Channel channel, int mail_key) {
    ++sends_;
    const SlotId id = attempt.id;
    Truth* truth = nullptr;
    std::uint32_t ordinal = 0;
    bool at_least_once = false;
    if (id.broadcast == 0) {
        Mail& mail = mail_.at(static_cast<std::size_t>(mail_key));
        truth = &mail.truth;
        ordinal = mail.ordinal;
        check_stop(ordinal, mail.purpose, permit_commit, id);
    } else {
        Leg* found = leg_of(attempt);
        if (found == nullptr) {
            violated("S0: sent for a slot that does not exist", id);
        }
        truth = &found->truth[id.slot];
        ordinal = found->ordinals[id.slot];
        at_least_once = found->at_least_once;
        check_stop(ordinal, static_cast<std::uint8_t>(found->purpose), permit_commit, id);
        check_fallback(*found, id);
        if (channel != found->channel) {
            violated("S0: sent over another channel", id);
        }
    }
    trace(id, "process {}: attempt {} leaves, permit of commit {}", process, attempt.attempt,
          permit_commit);
    const std::string expected = phone_of(ordinal);
    if (to != expected && to != expected.substr(1)) {
        violated("S0: sent to another person", id);
    }
    const std::uint64_t bit = std::uint64_t{1} << (attempt.attempt % 64U);
    if ((truth->attempts & bit) != 0 && attempt.attempt < 64) {
        violated(fmt::format("S1: attempt {} left twice", attempt.attempt), id);
    }
    if (truth->open > 0 && !at_least_once) {
        violated(fmt::format("S1: attempt {} left while an earlier one may have arrived",
                             attempt.attempt),
                 id);
    }
    if (truth->open >= kRepeatsMax) {
        violated("S1: at-least-once left for the fourth time", id);
    }
    if (truth->open > 0) {
        ++met_["repeated in at-least-once"];
    }
    if (attempt.attempt > 1) {
        ++met_["sent again after a refusal or doubt"];
    }
    truth->attempts |= bit;
    ++truth->open;
    return truth;
}

void Judge::accepted(const AttemptId& attempt, Truth& truth) {
    trace(attempt.id, "provider takes attempt {}", attempt.attempt);
    ++truth.accepts;
    const Leg* found = leg_of(attempt);
    const int most = found != nullptr && found->at_least_once ? kRepeatsMax : 1;
    if (truth.accepts > most) {
        violated(fmt::format("S1: taken {} times", truth.accepts), attempt.id);
    }
    if (found != nullptr && found->follows != 0) {
        ++met_["fallback taken"];
    }
}

void Judge::reported_failed(const AttemptId& attempt) {
    if (Leg* found = leg_of(attempt)) {
        found->truth[attempt.id.slot].reported = true;
    }
}

void Judge::told(const AttemptId& attempt, Truth& truth, bool definite_no) {
    trace(attempt.id, "outcome of attempt {} told: {}", attempt.attempt,
          definite_no ? "a definite no" : "taken or unknown");
    if (definite_no) {
        --truth.open;
    }
}

void Judge::acknowledged(const AttemptId& attempt, SlotState state) {
    trace(attempt.id, "status {} of attempt {} acknowledged", messaging::slot_state_name(state),
          attempt.attempt);
    if (Leg* found = leg_of(attempt)) {
        Truth& truth = found->truth[attempt.id.slot];
        truth.acknowledged = std::max(truth.acknowledged, static_cast<std::uint8_t>(state));
    }
}

void Judge::suppressed(std::uint32_t ordinal, registry::PurposeMask purposes) {
    stops_[ordinal].push_back({disk_.commits(), purposes});
}

void Judge::mail_added(int key, std::uint32_t ordinal, std::uint8_t purpose) {
    if (mail_.size() <= static_cast<std::size_t>(key)) {
        mail_.resize(static_cast<std::size_t>(key) + 1);
    }
    mail_[static_cast<std::size_t>(key)] = {
        .ordinal = ordinal, .purpose = purpose, .commit = disk_.commits(), .truth = {}, .slot = {}};
}

void Judge::look_at_all() {
    for (const auto& row : sql::broadcasts_all(disk_.connection())) {
        (void)leg(static_cast<std::uint32_t>(row.broadcast_id.value));
    }
}

void Judge::forget_since(std::int64_t commit) {
    for (auto& [ordinal, stops] : stops_) {
        std::erase_if(stops, [&](const Stop& stop) { return stop.commit > commit; });
    }
    const auto forget = [](Truth& truth) {
        truth.seen = 0;
        truth.acknowledged = 0;
        truth.before = 0;
        truth.failed = false;
    };
    for (auto& [number, leg] : legs_) {
        std::ranges::for_each(leg.truth, forget);
    }
    for (auto it = legs_.begin(); it != legs_.end();) {
        const auto row =
            sql::broadcast_one(disk_.connection(), {.broadcast_id = BroadcastId{it->first}});
        if (row && row->state != "planning") {
            ++it;
            continue;
        }
        ++met_["broadcast forgotten"];
        forgotten_.push_back(std::move(it->second));  // what is on its way still points into it
        it = legs_.erase(it);
    }
    for (Mail& mail : mail_) {
        forget(mail.truth);
    }
}

void Judge::read_chunks() {
    for (auto& [number, leg] : legs_) {
        leg.durable.assign(leg.truth.size(), Slot{});
    }
    mail_durable_.clear();
    std::set<std::uint32_t> met;
    sql::chunks_all(disk_.connection(), [&](const sql::ChunksAllRow& row) {
        const auto number = static_cast<std::uint32_t>(row.broadcast_id.value);
        const auto first = static_cast<std::size_t>(row.chunk_no) * messaging::kSlotsPerChunk;
        const std::vector<Slot> slots = messaging::decode_slots(row.slots);
        if (number == 0) {
            mail_durable_.resize(std::max(mail_durable_.size(), first + slots.size()));
            std::ranges::copy(slots, mail_durable_.begin() + static_cast<std::ptrdiff_t>(first));
            return;
        }
        const auto found = legs_.find(number);
        if (found != legs_.end()) {
            if (first + slots.size() > found->second.durable.size()) {
                throw Violation{"S7: a chunk beyond its broadcast", {number, 0}, false};
            }
            std::ranges::copy(slots,
                              found->second.durable.begin() + static_cast<std::ptrdiff_t>(first));
        }
    });
}

void Judge::fold(SlotId id, const Slot& evidence) {
    if (id.broadcast == 0) {
        if (id.slot >= mail_durable_.size()) {
            mail_durable_.resize(id.slot + std::size_t{1});
        }
        mail_durable_[id.slot] = join(mail_durable_[id.slot], evidence);
        return;
    }
    const auto found = legs_.find(id.broadcast);
    if (found != legs_.end() && id.slot < found->second.durable.size()) {
        Slot& slot = found->second.durable[id.slot];
        slot = join(slot, evidence);
    }
}

void Judge::read_journal() {
    sql::journal_all(disk_.connection(), [&](const sql::JournalAllRow& row) {
        for (const messaging::SlotEvent& event : messaging::decode_events(row.events)) {
            if (is_followed(event.id)) {
                trace(event.id, "journal {}/{}: {}", row.writer, row.seq, describe(event.evidence));
            }
            fold(event.id, event.evidence);
        }
    });
}

void Judge::check_slot(SlotId id, const Slot& slot, Truth& truth, bool at_end) {
    const auto state = static_cast<std::uint8_t>(slot.state);
    const SlotState known = messaging::known_state(slot);
    if (was_taken(slot.state) && truth.accepts == 0) {
        violated("S2: recorded " + describe(slot) + ", and the provider never took it", id);
    }
    if ((known == SlotState::kRejected || was_never_sent(slot.state)) &&
        (truth.accepts > 0 || truth.undecided > 0)) {
        violated("S3: recorded " + describe(slot) + ", but it was taken, or may be", id);
    }
    if (truth.seen > state || (truth.failed && !slot.failed)) {
        violated(fmt::format("S5: was {}, is {}",
                             messaging::slot_state_name(static_cast<SlotState>(truth.seen)),
                             describe(slot)),
                 id);
    }
    if (at_end && truth.acknowledged > state) {
        violated(fmt::format("S5: {} was acknowledged, is {}",
                             messaging::slot_state_name(static_cast<SlotState>(truth.acknowledged)),
                             describe(slot)),
                 id);
    }
    if (at_end && !messaging::is_settled(slot.state)) {
        violated("S6: not settled: " + describe(slot), id);
    }
    if (truth.before != state) {
        const auto before = static_cast<SlotState>(truth.before);
        trace(id, "durable: {}", describe(slot));
        met_["unknown settled by a callback"] +=
            before == SlotState::kUnknown && was_taken(slot.state) ? 1 : 0;
        ++met_["slot " + std::string(messaging::slot_state_name(slot.state))];
        truth.before = state;
    }
    truth.seen = was_taken(slot.state) ? std::max(truth.seen, state) : truth.seen;
    truth.failed = slot.failed;
}

void Judge::recount(bool at_end) {
    for (const auto& row : sql::broadcasts_all(disk_.connection())) {
        (void)leg(static_cast<std::uint32_t>(row.broadcast_id.value));
    }
    read_chunks();
    read_journal();
    open_slots_ = 0;
    busy_slots_ = 0;
    const auto tally = [&](messaging::Progress& progress, const Slot& slot) {
        count(progress, slot);
        open_slots_ += messaging::is_settled(slot.state) ? 0 : 1;
        busy_slots_ += slot.state == SlotState::kBusy ? 1 : 0;
    };
    for (auto& [number, leg] : legs_) {
        leg.recount = {};
        for (std::uint32_t i = 0; i < leg.truth.size(); ++i) {
            tally(leg.recount, leg.durable[i]);
            check_slot({number, i}, leg.durable[i], leg.truth[i], at_end);
        }
        met_["arrived twice"] += at_end ? leg.recount.twice : 0;
    }
    mail_recount_ = {};
    for (const Slot& slot : mail_durable_) {
        tally(mail_recount_, slot);
    }
    sql::mail_all(disk_.connection(), [&](const sql::MailAllRow& row) {
        const std::size_t mark = row.body.find("\"m");
        const auto key =
            static_cast<std::size_t>(std::stoi(std::string(row.body.substr(mark + 2))));
        if (!row.slot) {
            ++open_slots_;
            if (at_end) {
                throw Violation{fmt::format("S6: mail {} never got a slot", key), {}, false};
            }
            return;
        }
        const auto slot = static_cast<std::uint32_t>(*row.slot);
        if (slot < mail_durable_.size()) {
            check_slot({0, slot}, mail_durable_[slot], mail_.at(key).truth, at_end);
        } else if (at_end) {
            violated("S6: mail has a slot, and nothing is known of it", {0, slot});
        }
    });
}

void Judge::check_stored() {
    std::map<std::uint32_t, std::vector<Slot>> full;
    for (auto& [number, leg] : legs_) {
        full[number] = leg.durable;
    }
    const std::vector<Slot> mail = mail_durable_;
    read_chunks();
    for (auto& [number, leg] : legs_) {
        for (std::uint32_t i = 0; i < leg.durable.size(); ++i) {
            if (leg.durable[i] != full[number][i]) {
                violated("S7: stored as " + describe(leg.durable[i]) + ", journal says " +
                             describe(full[number][i]),
                         {number, i});
            }
        }
    }
    for (std::uint32_t i = 0; i < mail.size(); ++i) {
        if (i >= mail_durable_.size() || mail_durable_[i] != mail[i]) {
            violated("S7: mail is not stored as the journal says", {0, i});
        }
    }
}

}  // namespace haat::simulation
