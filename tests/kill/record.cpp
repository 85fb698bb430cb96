#include "record.hpp"

#include <memory>
#include <span>

#include "base/clock.hpp"
#include "messaging/delivery.hpp"

namespace haat::test {
namespace {

/// The record is only read: nothing may be sent.
class NoTransport final : public messaging::Transport {
 public:
    void send(registry::Channel, std::vector<net::BatchRequest>, net::BatchRules) override {
        HAAT_ASSERT(false);
    }
    void stop(int) override {}
};

void judge_slot(const messaging::Slot& slot, int taken, Verdict& verdict) {
    using messaging::SlotState;
    const SlotState state = messaging::known_state(slot);
    ++verdict.slots;
    verdict.duplicated += taken > 1 ? 1 : 0;
    if (messaging::is_sendable(state) || state == SlotState::kBusy) {
        ++verdict.missing;
    } else if (state == SlotState::kUnknown) {
        ++(taken > 0 ? verdict.unknown_taken : verdict.unknown);
    } else if (messaging::is_accepted(state)) {
        ++(taken > 0 ? verdict.accepted : verdict.accepted_untrue);
    } else {
        verdict.taken_denied += taken > 0 ? 1 : 0;
    }
}

}  // namespace

Verdict judge(const storage::OpenOptions& options, const std::string& attempt_key,
              std::uint32_t broadcast, const Taken& taken) {
    const std::unique_ptr<storage::Database> database = storage::Database::open(options);
    messaging::DeliveryOptions delivery_options;
    delivery_options.attempt_key = attempt_key;
    delivery_options.phone_number_ids = {"0"};
    delivery_options.alone = true;  // takes every lease, for the others have ended
    const messaging::Delivery delivery(*database, system_clock(), delivery_options,
                                       std::make_unique<NoTransport>());
    Verdict verdict;
    std::uint32_t end = 0;
    delivery.each_chunk(
        BroadcastId{broadcast}, [&](std::uint32_t first, std::span<const std::uint32_t>,
                                    std::span<const messaging::Slot> slots) {
            for (std::uint32_t i = 0; i < slots.size(); ++i) {
                const auto found = taken.find(first + i);
                judge_slot(slots[i], found == taken.end() ? 0 : found->second, verdict);
            }
            end = first + static_cast<std::uint32_t>(slots.size());
        });
    for (const auto& [slot, times] : taken) {
        verdict.strangers += slot >= end ? 1 : 0;
    }
    return verdict;
}

}  // namespace haat::test
