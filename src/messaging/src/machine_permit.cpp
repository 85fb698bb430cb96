/// The permit transaction: what may be sent now is decided and made durable here, before a byte
/// leaves. Leases and opt-outs are caught up first, in the same transaction.
#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "machine.hpp"
#include "messaging/allowances.hpp"
#include "messaging/audio.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "messaging/group_chats.hpp"
#include "messaging/quarantine.hpp"
#include "registry/consents.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {

/// A row of mail with what its permit depends on.
struct MailToSend {
    bool has_person = false;  ///< Else its ordinal says nothing: 0 is somebody's.
    std::uint32_t ordinal = 0;
    std::int64_t purpose = 0;  ///< 0: a direct answer.
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string body;
    std::string instead;
    UnixSeconds expires_at;
    std::string to;
    std::optional<std::int64_t> last_inbound_at;
    registry::PurposeMask stopped;  ///< What the address as such said stop to.
    std::string number;             ///< The only one of ours that may send it; empty: any.
    bool is_closed = false;         ///< A group in which nobody may write.
};

namespace {

constexpr std::int64_t kWindowSeconds = 24 * 3600;
/// Answers are sent up to a minute before the window closes, so that none arrives after it.
constexpr std::int64_t kWindowMarginSeconds = 60;
constexpr int kMailPerCommit = 512;
constexpr std::int64_t kHourSeconds = 3600;

template <typename Row>
MailToSend mail_of(const Row& row) {
    MailToSend mail{.has_person = static_cast<bool>(row.person_id),
                    .ordinal = static_cast<std::uint32_t>(row.ordinal),
                    .purpose = row.purpose,
                    .channel = static_cast<registry::Channel>(row.channel),
                    .body = row.body,
                    .instead = row.template_text,
                    .expires_at = row.expires_at,
                    .to = row.external_id,
                    .last_inbound_at = std::nullopt,
                    .stopped = {static_cast<std::uint8_t>(
                        (row.suppressed >> (4 * (row.channel - 1))) & 15)}};
    if (row.last_inbound_at) {
        mail.last_inbound_at = row.last_inbound_at->value;
    }
    return mail;
}

/// The same for a group, as it is now: who is in it may have said stop meanwhile.
template <typename Row>
MailToSend mail_of(storage::Transaction& tx, const Row& row) {
    MailToSend mail = mail_of(row);
    const std::optional<GroupAddress> group = group_address(mail.to);
    const bool is_telegrams =
        mail.channel == registry::Channel::kTelegram && mail.to.starts_with('-');
    if (group || is_telegrams) {
        const GroupPermit permit = read_group_permit(tx, row.address_id);
        mail.number = group ? group->number : std::string_view();
        mail.is_closed = !permit.is_open;
        mail.last_inbound_at.reset();
        if (permit.said_at) {
            mail.last_inbound_at = permit.said_at->value;
        }
        mail.stopped = mail.stopped | permit.stopped;
    }
    return mail;
}

/// What becomes of a slot that gets no permit. Before its first attempt that is the state itself;
/// after a refused attempt the refusal becomes final.
Slot without_permit(SlotState state, std::uint8_t attempt, std::uint16_t reason = 0) {
    if (attempt == 1 && state != SlotState::kRejected) {
        return Slot{.state = state};
    }
    return Slot{.state = SlotState::kRejected,
                .attempt = static_cast<std::uint8_t>(std::max(1, attempt - 1)),
                .reason = reason};
}

/// That number, if it may send; none if it had its share.
std::optional<std::uint16_t> take_named(Allotments& allotments, registry::Channel channel,
                                        const std::vector<SenderNumber>& senders,
                                        std::string_view name) {
    for (Allotment& allotment : allotments[static_cast<std::size_t>(channel)]) {
        if (allotment.left > 0 && senders.at(allotment.sender).name() == name) {
            --allotment.left;
            return allotment.sender;
        }
    }
    return std::nullopt;
}

/// The next number of a channel that may send; none if all had their share.
std::optional<std::uint16_t> take_sender(Allotments& allotments, registry::Channel channel) {
    std::vector<Allotment>& list = allotments[static_cast<std::size_t>(channel)];
    while (!list.empty()) {
        Allotment& last = list.back();
        if (last.left > 0) {
            --last.left;
            const std::uint16_t sender = last.sender;
            std::rotate(list.begin(), list.end() - 1, list.end());
            return sender;
        }
        list.pop_back();
    }
    return std::nullopt;
}

}  // namespace

void Delivery::Machine::plan_permits(storage::Transaction& tx, const Turn& turn,
                                     PermitPlan& plan) {
    plan = {};
    plan.allotments = turn.allotments;
    check_leases(tx);
    catch_up_suppressions(tx);
    const bool held = look_at_quarantine(tx, clock_.now()).on;
    if (held) {
        plan.allotments = {};
    }
    {
        const std::lock_guard lock(mutex_);
        held_ = held;
        plan.events = outcomes_;
        plan.outcomes = outcomes_.size();
        for (const SlotEvent& event : turn.settled) {
            const Slot* slot = is_ours(event.id) ? slot_of(event.id) : nullptr;
            if (slot != nullptr && is_sendable(slot->state)) {
                plan.events.push_back(event);
            }
        }
    }
    plan_mail(tx, turn, plan);
    read_allowances(tx, turn, plan);
    {
        const std::lock_guard lock(mutex_);
        for (const Candidate& candidate : turn.candidates) {
            permit(candidate, plan);
        }
    }
    for (const auto& [allowance_id, centipaise] : plan.taken) {
        take_allowance(tx, allowance_id, centipaise);
    }
    if (plan.opened > 0 && options_.daily_limit > 0) {
        sql::portfolio_add(tx, {.hour = clock_.now().value / kHourSeconds,
                                .writer = owner_,
                                .sent = plan.opened});
    }
    plan.seq = append(tx, plan.events);
}

/// Promise: a permit is given only by the owner of its shard. The rows are held until the commit, so
/// nobody takes a shard in between.
void Delivery::Machine::check_leases(storage::Transaction& tx) {
    std::array<std::int64_t, kShards> epochs{};
    epochs.fill(-1);
    for (const sql::LeaseHeldRow& row : sql::lease_held(tx, {.owner = owner_})) {
        epochs[static_cast<std::size_t>(row.shard)] = row.epoch;
    }
    std::vector<int> lost;
    {
        const std::lock_guard lock(mutex_);
        for (int s = 0; s < kShards; ++s) {
            const Shard& shard = shards_[static_cast<std::size_t>(s)];
            if (shard.hold == Shard::Hold::kOwned &&
                epochs[static_cast<std::size_t>(s)] != shard.epoch) {
                lost.push_back(s);
            }
        }
    }
    for (const int shard : lost) {
        log_warning("delivery.shard_lost", {{"shard", shard}});
        lose(shard);
    }
}

/// Everybody who said stop before this transaction is known before a permit is given.
void Delivery::Machine::catch_up_suppressions(storage::Transaction& tx) {
    std::vector<std::pair<std::uint32_t, registry::PurposeMask>> changes;
    const std::int64_t epoch = registry::suppression_changes_since(
        tx, suppression_epoch_, [&](std::uint32_t ordinal, registry::PurposeMask purposes) {
            changes.emplace_back(ordinal, purposes);
        });
    const std::lock_guard lock(mutex_);
    for (const auto& [ordinal, purposes] : changes) {
        if (purposes == registry::kNoPurpose) {
            suppressed_.erase(ordinal);
        } else {
            suppressed_[ordinal] = purposes;
        }
    }
    suppression_epoch_ = epoch;
}

bool Delivery::Machine::is_suppressed(std::uint32_t ordinal,
                                      registry::MessagePurpose purpose) const {
    const auto found = suppressed_.find(ordinal);
    return found != suppressed_.end() && found->second.has(purpose);
}

/// Market messages go from 10 to 21, notices from 8 to 20, India time; orders and payments, which
/// she waits for, at any time.
bool Delivery::Machine::is_quiet(registry::MessagePurpose purpose) const {
    if (!options_.quiet_hours) {
        return false;
    }
    const int minute = minute_of_day_in_india(clock_.now());
    switch (purpose) {
        case registry::MessagePurpose::kMarket: return minute < 10 * 60 || minute >= 21 * 60;
        case registry::MessagePurpose::kNotice: return minute < 8 * 60 || minute >= 20 * 60;
        default: return false;
    }
}

void Delivery::Machine::plan_mail(storage::Transaction& tx, const Turn& turn, PermitPlan& plan) {
    for (const SlotId id : turn.mail_retries) {
        if (const auto row = sql::mail_in_slot(tx, {.slot = id.slot})) {
            permit_mail(mail_of(tx, *row), id.slot, plan);
        }
    }
    if (turn.mail_asked == 0) {
        return;
    }
    const std::vector<sql::MailWaitingRow> rows =
        sql::mail_waiting(tx, {.row_limit = kMailPerCommit});
    if (rows.empty()) {
        return;
    }
    std::vector<sql::MailTakeSlotParams> taken;
    std::uint32_t slot = next_mail_slot(tx);
    for (const sql::MailWaitingRow& row : rows) {
        if (!permit_mail(mail_of(tx, row), slot, plan)) {
            continue;  // its turn comes with the next permits; another channel's may be now
        }
        taken.push_back({.slot = slot, .mail_id = row.mail_id});
        ++slot;
    }
    plan.mail_left = taken.size() < rows.size() || rows.size() == kMailPerCommit;
    sql::mail_take_slot(tx, taken);
}

/// False if nobody may send it now. The slot's attempts are counted from memory, which also knows
/// those of commits that never landed.
bool Delivery::Machine::permit_mail(const MailToSend& mail, std::uint32_t slot,
                                    PermitPlan& plan) {
    const SlotId id{0, slot};
    const UnixSeconds now = clock_.now();
    const std::lock_guard lock(mutex_);
    const Slot* known = slot_of(id);
    const auto attempt = static_cast<std::uint8_t>((known == nullptr ? 0 : known->attempt) + 1);
    if (shards_[0].hold != Shard::Hold::kOwned ||
        (known != nullptr && !is_sendable(known->state))) {
        return false;
    }
    const auto decide = [&](SlotState state, std::uint16_t reason = 0) {
        plan.events.push_back({id, without_permit(state, attempt, reason)});
        return true;
    };
    const bool is_whatsapp = mail.channel == registry::Channel::kWhatsapp;
    const bool open = !is_whatsapp ||
                      (mail.last_inbound_at && now.value < *mail.last_inbound_at + kWindowSeconds -
                                                               kWindowMarginSeconds);
    const auto purpose = static_cast<registry::MessagePurpose>(mail.purpose);
    const bool she_stopped = mail.has_person && is_suppressed(mail.ordinal, purpose);
    if (mail.purpose != 0 && (she_stopped || mail.stopped.has(purpose))) {
        return decide(SlotState::kSuppressed);
    }
    if (mail.is_closed) {
        return decide(SlotState::kCancelled);
    }
    if (now >= mail.expires_at) {
        return decide(SlotState::kExpired);
    }
    if (!open && mail.instead.empty()) {
        return decide(SlotState::kRejected, reason_index(mail.channel, whatsapp::kWindowClosed));
    }
    const std::optional<TextBody> body =
        is_whatsapp && open ? std::optional(text_body_from_json(mail.body)) : std::nullopt;
    // A voice note goes by the number that uploaded it, a group's mail by the one that holds it.
    const std::string& only = body && body->voice ? body->voice->sender : mail.number;
    const std::optional<std::uint16_t> sender =
        only.empty() ? take_sender(plan.allotments, mail.channel)
                     : take_named(plan.allotments, mail.channel, senders_, only);
    if (!sender) {
        return false;
    }
    const std::string callback = attempt_ids_.write({id, attempt});
    std::string json;
    if (body) {
        json = body->voice
                   ? whatsapp::send_voice_json(mail.to, callback, body->voice->media_id)
                   : whatsapp::send_json(mail.to, callback, *body);
    } else if (is_whatsapp) {
        json = whatsapp::send_json(mail.to, callback, template_body_from_json(mail.instead));
    } else {
        json = mail.body;
    }
    plan.events.push_back({id, Slot{.state = SlotState::kBusy, .attempt = attempt}});
    plan.sends.push_back({.permit = {.id = id,
                                     .attempt = attempt,
                                     .sender = *sender,
                                     .channel = mail.channel,
                                     .ordinal = mail.ordinal},
                          .to = mail.to,
                          .json = std::move(json)});
    plan.opened += open ? 0 : 1;
    return true;
}

/// What the broadcasts of this turn may still cost, before the first of them is permitted.
void Delivery::Machine::read_allowances(storage::Transaction& tx, const Turn& turn,
                                        PermitPlan& plan) const {
    {
        const std::lock_guard lock(mutex_);
        std::uint32_t last = 0;
        for (const Candidate& candidate : turn.candidates) {
            if (std::exchange(last, candidate.id.broadcast) == candidate.id.broadcast) {
                continue;
            }
            const Campaign* campaign = campaign_of(candidate.id.broadcast);
            if (campaign != nullptr && campaign->allowance_id != 0) {
                plan.allowed[campaign->allowance_id] = 0;
            }
        }
    }
    for (auto& [allowance_id, left] : plan.allowed) {
        const auto allowance = find_allowance(tx, allowance_id);
        left = allowance ? allowance->left_centipaise : 0;
    }
}

/// Decides about one recipient of a broadcast. Held: mutex_.
void Delivery::Machine::permit(const Candidate& candidate, PermitPlan& plan) {
    const Slot* slot = is_ours(candidate.id) ? slot_of(candidate.id) : nullptr;
    const Campaign* campaign = campaign_of(candidate.id.broadcast);
    if (slot == nullptr || slot->attempt + 1 != candidate.attempt) {
        return;  // the shard went, or a status settled it meanwhile
    }
    const bool repeats = slot->state == SlotState::kUnknown && candidate.doubted;
    if ((!is_sendable(slot->state) && !repeats) || campaign->paused || campaign->cancelled) {
        return;
    }
    if (is_suppressed(candidate.ordinal, campaign->purpose)) {
        if (!repeats) {
            plan.events.push_back(
                {candidate.id, without_permit(SlotState::kSuppressed, candidate.attempt)});
        }
        return;
    }
    if (!candidate.found) {
        if (!repeats) {
            plan.events.push_back(
                {candidate.id, without_permit(SlotState::kNoAddress, candidate.attempt)});
        }
        return;
    }
    const std::int64_t price = campaign->allowance_id == 0 ? 0 : campaign->price_centipaise;
    if (price > 0 && plan.allowed[campaign->allowance_id] < price) {
        return;  // the budget is spent; it waits in the queue
    }
    const std::optional<std::uint16_t> sender = take_sender(plan.allotments, campaign->channel);
    if (!sender) {
        return;
    }
    if (price > 0) {
        plan.allowed[campaign->allowance_id] -= price;
        plan.taken[campaign->allowance_id] += price;
    }
    plan.events.push_back({candidate.id,
                           Slot{.state = SlotState::kBusy,
                            .doubted = candidate.doubted,
                            .attempt = candidate.attempt}});
    plan.sends.push_back({.permit = {.id = candidate.id,
                                     .attempt = candidate.attempt,
                                     .sender = *sender,
                                     .channel = campaign->channel,
                                     .ordinal = candidate.ordinal,
                                     .nonce = campaign->nonce},
                          .to = candidate.to,
                          .english = candidate.english,
                          .form = &campaign->form,
                          .json = {}});
    ++plan.opened;
}

}  // namespace haat::messaging
