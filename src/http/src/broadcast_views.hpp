/// @file Broadcast of the contract, and how far its messages are.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>

#include "base/json_writer.hpp"
#include "base/texts.hpp"
#include "call.hpp"
#include "flows/read_delivery.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/share_card.hpp"
#include "messaging/slot.hpp"
#include "storage/transaction.hpp"

namespace haat::http {

/// Every recipient is in exactly one of these; they add up to `recipients`.
struct DeliverySums {
    std::int64_t recipients = 0;
    std::int64_t shared = 0;
    std::int64_t queued = 0;
    std::int64_t busy = 0;
    std::int64_t accepted = 0;
    std::int64_t sent = 0;
    std::int64_t delivered = 0;
    std::int64_t read = 0;
    std::int64_t rejected = 0;
    std::int64_t suppressed = 0;
    std::int64_t expired = 0;
    std::int64_t unknown = 0;
    std::int64_t cancelled = 0;
    std::int64_t capped = 0;
    std::int64_t spared = 0;

    void add(messaging::SlotState state, std::int64_t count);
    void add(const messaging::Progress& progress);
};

[[nodiscard]] std::string_view purpose_in_contract(const messaging::NewBroadcast& what);
/// Relayed of the contract.
void write_relayed(JsonWriter& json, const messaging::RelaySums& sums);
/// DeliveryCounts of the contract.
void write_counts(JsonWriter& json, const messaging::Progress& progress);
/// The list of FailedReason.
void write_reasons(JsonWriter& json, const Texts& texts,
                   std::span<const flows::DeliveryReason> reasons);

void write_broadcast(JsonWriter& json, storage::Transaction& tx, const Call& call,
                     const messaging::Broadcast& broadcast);

/// Counts of one district, for today and for a broadcast.
struct DistrictSums {
    std::int64_t recipients = 0;
    std::int64_t delivered = 0;
    std::int64_t replies = 0;
    std::int64_t offers = 0;
};
using DistrictTable = std::map<PlaceId, DistrictSums>;

/// Adds recipients and delivered of a broadcast, on whatever channel.
void add_delivery(DistrictTable& table, storage::Transaction& tx, const Call& call,
                  BroadcastId broadcast_id);
/// Adds people given by their ordinals to one of the columns.
void add_people(DistrictTable& table, const Call& call, std::span<const std::uint32_t> ordinals,
                std::int64_t DistrictSums::* column);

/// The list of DistrictToday: every district that the viewer sees, also those with nothing.
void write_districts(JsonWriter& json, storage::Transaction& tx, const Call& call,
                     const DistrictTable& table);

/// The name of a state in the contract.
[[nodiscard]] std::string_view state_in_contract(messaging::BroadcastState state);

}  // namespace haat::http
