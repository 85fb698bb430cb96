/// What is in memory after a start: stored chunks with the journal folded over them, and every
/// permit without an outcome settled as unknown.
#include <boost/json.hpp>

#include "base/log.hpp"
#include "machine.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

/// Statuses come for seven days; the eighth is for clocks.
constexpr std::int64_t kStatusSeconds = 8 * 86'400;

TemplateBody template_from(std::string_view name, const boost::json::object& params,
                           std::string_view language) {
    TemplateBody body{.name = std::string(name), .language = std::string(language)};
    const boost::json::string_view key(language.data(), language.size());
    if (const boost::json::value* list = params.if_contains(key)) {
        for (const boost::json::value& text : list->as_array()) {
            body.params.emplace_back(text.as_string());
        }
    }
    if (const boost::json::value* list = params.if_contains("buttons")) {
        for (const boost::json::value& payload : list->as_array()) {
            body.button_payloads.emplace_back(payload.as_string());
        }
    }
    return body;
}

}  // namespace

void Delivery::Machine::load() {
    database_.write([](storage::Transaction& tx) {
        sql::broadcast_delete_half_planned_chunks(tx);
        sql::broadcast_delete_half_planned(tx);
    });
    database_.read([this](storage::Transaction& tx) {
        const std::lock_guard lock(mutex_);
        campaigns_[0].number = 0;
        load_chunks(tx, campaigns_[0]);
        load_campaigns(tx);
        replay_journal(tx);
    });
    settle_lost_permits();
}

void Delivery::Machine::load_campaigns(storage::Transaction& tx) {
    const UnixSeconds since{clock_.now().value - kStatusSeconds};
    for (const sql::BroadcastListOpenRow& row :
         sql::broadcast_list_open(tx, {.since_at = since})) {
        const auto number = static_cast<std::uint32_t>(row.broadcast_id.value);
        if (campaigns_.contains(number)) {
            continue;
        }
        Campaign& campaign = campaigns_[number];
        campaign.number = number;
        campaign.paused = row.state == "paused";
        campaign.done = row.state == "done";
        campaign.purpose = registry::message_purpose_from_name(row.purpose)
                               .value_or(registry::MessagePurpose::kMarket);
        campaign.expires_at = row.expires_at;
        const boost::json::value params = boost::json::parse(row.params);
        campaign.hindi = template_from(row.template_name, params.as_object(), "hi");
        campaign.english = template_from(row.template_name, params.as_object(), "en");
        load_chunks(tx, campaign);
    }
}

void Delivery::Machine::load_chunks(storage::Transaction& tx, Campaign& campaign) {
    sql::chunk_list(tx, {.broadcast_id = BroadcastId{campaign.number}},
                    [&](const sql::ChunkListRow& row) {
                        const auto chunk_no = static_cast<std::size_t>(row.chunk_no);
                        campaign.chunks.resize(chunk_no + 1);
                        Chunk& chunk = campaign.chunks[chunk_no];
                        chunk.ordinals = decode_ordinals(row.ordinals);
                        chunk.slots = decode_slots(row.slots);
                    });
    for (std::size_t c = 0; c < campaign.chunks.size(); ++c) {
        for (std::size_t i = 0; i < campaign.chunks[c].slots.size(); ++i) {
            const Slot& slot = campaign.chunks[c].slots[i];
            Progress& progress = campaign.progress;
            ++progress.by_state[static_cast<std::size_t>(slot.state)];
            progress.failed += slot.failed ? 1 : 0;
            progress.twice += slot.twice ? 1 : 0;
            progress.recipients += slot.state == SlotState::kShared ? 0 : 1;
            if (slot.state == SlotState::kRetry) {
                retries_.emplace(0, SlotId{campaign.number,
                                           static_cast<std::uint32_t>(c * kSlotsPerChunk + i)});
            }
        }
    }
}

void Delivery::Machine::replay_journal(storage::Transaction& tx) {
    sql::journal_each(tx, [this](const sql::JournalEachRow& row) {
        fold(decode_events(row.events));
        ++counts_.journal_rows;
    });
}

/// Promise: a permit of a process that died is never used again. Whether its bytes left nobody
/// knows, so it is unknown until the provider's callback tells.
void Delivery::Machine::settle_lost_permits() {
    std::vector<SlotEvent> lost;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, campaign] : campaigns_) {
            for (std::size_t c = 0; c < campaign.chunks.size(); ++c) {
                for (std::size_t i = 0; i < campaign.chunks[c].slots.size(); ++i) {
                    const Slot& slot = campaign.chunks[c].slots[i];
                    if (slot.state == SlotState::kBusy) {
                        lost.push_back(
                            {{number, static_cast<std::uint32_t>(c * kSlotsPerChunk + i)},
                             {.state = SlotState::kUnknown, .attempt = slot.attempt}});
                    }
                }
            }
        }
    }
    if (!lost.empty()) {
        log_warning("delivery.permits_lost", {{"count", lost.size()}});
        database_.write([&](storage::Transaction& tx) { (void)append(tx, lost); });
    }
}

/// A commit that failed in the middle (the connection broke) may have been kept. If it was, its
/// permits are spent, but this process knows that it never used them: a definite no.
void Delivery::Machine::settle_doubtful_commits() {
    if (doubtful_.empty()) {
        return;
    }
    std::vector<SlotEvent> kept;
    database_.read([&](storage::Transaction& tx) {
        kept.clear();
        for (const std::int64_t seq : doubtful_) {
            if (const auto row = sql::journal_find(
                    tx, {.writer = database_.boot_number(), .seq = seq})) {
                const std::vector<SlotEvent> events = decode_events(row->events);
                kept.insert(kept.end(), events.begin(), events.end());
            }
        }
    });
    std::vector<SlotEvent> unused;
    for (const SlotEvent& event : kept) {
        if (event.evidence.state == SlotState::kBusy) {
            unused.push_back(
                {event.id, {.state = SlotState::kRetry, .attempt = event.evidence.attempt}});
        }
    }
    {
        const std::lock_guard lock(mutex_);
        fold(kept);
    }
    database_.write([&](storage::Transaction& tx) { (void)append(tx, unused); });
    doubtful_.clear();
}

}  // namespace haat::messaging
