/// The permit transaction: what may be sent now is decided and made durable here, before a byte
/// leaves. Opt-outs are caught up first, in the same transaction.
#include <algorithm>

#include "base/texts.hpp"
#include "machine.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {

/// A row of mail with what its permit depends on.
struct MailToSend {
    std::uint32_t ordinal = 0;
    std::int64_t purpose = 0;  ///< 0: a direct answer.
    std::string body;
    std::string instead;
    UnixSeconds expires_at;
    std::string to;
    std::optional<std::int64_t> last_inbound_at;
};

namespace {

constexpr std::int64_t kWindowSeconds = 24 * 3600;
/// Answers are sent up to a minute before the window closes, so that none arrives after it.
constexpr std::int64_t kWindowMarginSeconds = 60;
constexpr int kMailPerCommit = 512;
constexpr int kExpiredPerCommit = 65'536;

template <typename Row>
MailToSend mail_of(const Row& row) {
    MailToSend mail{.ordinal = static_cast<std::uint32_t>(row.ordinal),
                    .purpose = row.purpose,
                    .body = row.body,
                    .instead = row.template_text,
                    .expires_at = row.expires_at,
                    .to = row.external_id,
                    .last_inbound_at = std::nullopt};
    if (row.last_inbound_at) {
        mail.last_inbound_at = row.last_inbound_at->value;
    }
    return mail;
}

/// What becomes of a slot that gets no permit. Before its first attempt that is the state itself;
/// after a refused attempt the refusal becomes final.
Slot without_permit(SlotState state, std::uint8_t attempt, int code = 0) {
    if (attempt == 1 && state != SlotState::kRejected) {
        return {.state = state};
    }
    return {.state = SlotState::kRejected,
            .attempt = static_cast<std::uint8_t>(std::max(1, attempt - 1)),
            .reason = whatsapp::reason_index(code)};
}

}  // namespace

void Delivery::Machine::plan_permits(storage::Transaction& tx, PermitPlan& plan, int capacity) {
    plan = {};
    catch_up_suppressions(tx);
    {
        const std::lock_guard lock(mutex_);
        plan.events = outcomes_;
        plan.outcomes = outcomes_.size();
    }
    if (capacity > 0) {
        plan_mail(tx, plan, capacity);
        plan_retries(tx, plan, capacity);
        std::vector<Campaign*> campaigns;
        {
            const std::lock_guard lock(mutex_);
            for (auto& [number, campaign] : campaigns_) {
                if (number != 0 && !campaign.paused && !campaign.done) {
                    campaigns.push_back(&campaign);
                }
            }
        }
        for (Campaign* campaign : campaigns) {
            plan_campaign(tx, *campaign, plan, capacity);
        }
    }
    plan.seq = append(tx, plan.events);
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

std::size_t Delivery::Machine::next_sender() {
    const std::int64_t now = clock_.monotonic_micros();
    for (std::size_t i = 0; i < senders_.size(); ++i) {
        last_sender_ = (last_sender_ + 1) % senders_.size();
        if (senders_[last_sender_].available(now, commit_micros_.p99()) > 0) {
            break;
        }
    }
    return last_sender_;
}

void Delivery::Machine::plan_mail(storage::Transaction& tx, PermitPlan& plan, int& capacity) {
    const int limit = std::min(capacity, kMailPerCommit);
    const std::vector<sql::MailWaitingRow> rows = sql::mail_waiting(tx, {.row_limit = limit});
    plan.looked_for_mail = true;
    plan.mail_left = static_cast<int>(rows.size()) == limit;
    if (rows.empty()) {
        return;
    }
    std::vector<sql::MailTakeSlotParams> taken;
    auto slot = static_cast<std::uint32_t>(sql::mail_next_slot(tx).slot);
    for (const sql::MailWaitingRow& row : rows) {
        taken.push_back({.slot = slot, .mail_id = row.mail_id});
        permit_mail(mail_of(row), slot, 1, plan, capacity);
        ++slot;
    }
    sql::mail_take_slot(tx, taken);
}

void Delivery::Machine::permit_mail(const MailToSend& mail, std::uint32_t slot,
                                    std::uint8_t attempt, PermitPlan& plan, int& capacity) {
    const SlotId id{0, slot};
    const auto decide = [&](SlotState state, int code = 0) {
        plan.events.push_back({id, without_permit(state, attempt, code)});
    };
    const UnixSeconds now = clock_.now();
    const bool open = mail.last_inbound_at && now.value < *mail.last_inbound_at + kWindowSeconds -
                                                              kWindowMarginSeconds;
    const std::lock_guard lock(mutex_);
    if (mail.purpose != 0 &&
        is_suppressed(mail.ordinal, static_cast<registry::MessagePurpose>(mail.purpose))) {
        decide(SlotState::kSuppressed);
    } else if (now >= mail.expires_at) {
        decide(SlotState::kExpired);
    } else if (!open && mail.instead.empty()) {
        decide(SlotState::kRejected, whatsapp::kWindowClosed);
    } else {
        const std::string callback = attempt_ids_.write({id, attempt});
        const std::string json =
            open ? whatsapp::send_json(mail.to, callback, text_body_from_json(mail.body))
                 : whatsapp::send_json(mail.to, callback, template_body_from_json(mail.instead));
        plan.events.push_back({id, {.state = SlotState::kBusy, .attempt = attempt}});
        plan.permits.push_back({id, attempt, json, next_sender()});
        --capacity;
    }
}

void Delivery::Machine::plan_retries(storage::Transaction& tx, PermitPlan& plan, int& capacity) {
    std::vector<std::pair<SlotId, Slot>> due;
    {
        const std::lock_guard lock(mutex_);
        const std::int64_t now = clock_.monotonic_micros();
        for (auto it = retries_.begin(); it != retries_.end() && it->first <= now &&
                                         static_cast<int>(due.size()) < capacity;
             ++it) {
            const Campaign* campaign = campaign_of(it->second.broadcast);
            const Slot* slot = slot_of(it->second);
            const bool waits = campaign == nullptr || slot == nullptr || campaign->paused ||
                               (!campaign->is_mail() && is_quiet(campaign->purpose));
            // A slot may stand here twice (stored and in the journal); it is permitted once.
            if (!waits && plan.retries_used.insert(it->second).second &&
                slot->state == SlotState::kRetry) {
                due.emplace_back(it->second, *slot);
            }
        }
    }
    for (const auto& [id, slot] : due) {
        if (id.broadcast != 0) {
            retry_recipient(tx, id, slot, plan, capacity);
        } else if (const auto row = sql::mail_in_slot(tx, {.slot = id.slot})) {
            permit_mail(mail_of(*row), id.slot, static_cast<std::uint8_t>(slot.attempt + 1), plan,
                        capacity);
        }
    }
}

void Delivery::Machine::retry_recipient(storage::Transaction& tx, SlotId id, const Slot& slot,
                                        PermitPlan& plan, int& capacity) {
    Campaign* campaign = nullptr;
    std::uint32_t ordinal = 0;
    {
        const std::lock_guard lock(mutex_);
        campaign = campaign_of(id.broadcast);
        ordinal = campaign->chunks[id.slot / kSlotsPerChunk].ordinals[id.slot % kSlotsPerChunk];
    }
    bool permitted = false;
    if (clock_.now() < campaign->expires_at) {
        registry::addresses_in(tx, ordinal, ordinal, registry::Channel::kWhatsapp,
                               [&](const registry::SendAddress& address) {
                                   if (!permitted) {
                                       permitted = true;
                                       permit_recipient(*campaign, id, slot, address.external_id,
                                                        address.language, plan, capacity);
                                   }
                               });
    }
    if (!permitted) {
        plan.events.push_back({id, {.state = SlotState::kRejected, .attempt = slot.attempt}});
    }
}

void Delivery::Machine::plan_campaign(storage::Transaction& tx, Campaign& campaign,
                                      PermitPlan& plan, int& capacity) {
    const bool expired = clock_.now() >= campaign.expires_at;
    if (!expired && is_quiet(campaign.purpose)) {
        return;
    }
    // The slots whose turn it is. Chunks change only on this thread, so no lock is held over SQL.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> turn;  // (ordinal, slot)
    const auto most = static_cast<std::size_t>(expired ? kExpiredPerCommit : std::max(capacity, 0));
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t c = campaign.next_chunk; c < campaign.chunks.size() && turn.size() < most;
             ++c) {
            const Chunk& chunk = campaign.chunks[c];
            bool any = false;
            for (std::size_t i = 0; i < chunk.slots.size() && turn.size() < most; ++i) {
                if (chunk.slots[i].state == SlotState::kQueued) {
                    any = true;
                    turn.emplace_back(chunk.ordinals[i],
                                      static_cast<std::uint32_t>(c * kSlotsPerChunk + i));
                }
            }
            if (!any && c == campaign.next_chunk) {
                ++campaign.next_chunk;
            }
        }
    }
    if (expired) {
        for (const auto& [ordinal, slot] : turn) {
            plan.events.push_back({{campaign.number, slot}, {.state = SlotState::kExpired}});
        }
        return;
    }
    // Recipients that lie close together are one range query; scattered ones a lookup each.
    std::size_t from = 0;
    while (from < turn.size() && capacity > 0) {
        std::size_t to = from + 1;
        while (to < turn.size() && to - from < 512 && turn[to].first - turn[to - 1].first <= 16) {
            ++to;
        }
        std::size_t at = from;
        std::vector<bool> found(to - from);
        registry::addresses_in(
            tx, turn[from].first, turn[to - 1].first, registry::Channel::kWhatsapp,
            [&](const registry::SendAddress& address) {
                while (at < to && turn[at].first < address.ordinal) {
                    ++at;
                }
                if (at < to && turn[at].first == address.ordinal && !found[at - from]) {
                    found[at - from] = true;
                    permit_recipient(campaign, {campaign.number, turn[at].second}, Slot{},
                                     address.external_id, address.language, plan, capacity);
                }
            });
        for (std::size_t i = from; i < to; ++i) {
            if (!found[i - from]) {
                plan.events.push_back(
                    {{campaign.number, turn[i].second}, {.state = SlotState::kNoAddress}});
            }
        }
        from = to;
    }
}

void Delivery::Machine::permit_recipient(Campaign& campaign, SlotId id, const Slot& slot,
                                         std::string_view to, std::string_view language,
                                         PermitPlan& plan, int& capacity) {
    const auto attempt = static_cast<std::uint8_t>(slot.attempt + 1);
    const std::lock_guard lock(mutex_);
    const std::uint32_t ordinal =
        campaign.chunks[id.slot / kSlotsPerChunk].ordinals[id.slot % kSlotsPerChunk];
    if (is_suppressed(ordinal, campaign.purpose)) {
        plan.events.push_back({id, without_permit(SlotState::kSuppressed, attempt)});
        return;
    }
    const TemplateBody& body =
        language_from_code(language) == Language::kEnglish ? campaign.english : campaign.hindi;
    plan.events.push_back({id, {.state = SlotState::kBusy, .attempt = attempt}});
    plan.permits.push_back({id, attempt,
                            whatsapp::send_json(to, attempt_ids_.write({id, attempt}), body),
                            next_sender()});
    --capacity;
}

}  // namespace haat::messaging
