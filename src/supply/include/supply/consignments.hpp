/// @file Lots on their way from one site to another. Sending changes who holds them, never who owns
/// them. What did not arrive is recorded with its reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"

namespace haat::supply {

struct SendLine {
    LotId lot_id;
    std::optional<Milli> quantity;  ///< None: all that is left of it at the sending site.
};

struct ConsignmentDraft {
    std::string device_id;
    SiteId from_site_id;
    SiteId to_site_id;
    std::vector<SendLine> lines;  ///< 1..500, each lot once.
    UnixSeconds sent_at;
};

struct ConsignmentLine {
    LotId lot_id;
    std::string lot_code;
    ProductId product_id;
    std::string unit;
    Milli sent;
    std::optional<Milli> received;  ///< None until it is received.
    std::string note;               ///< Why less arrived.
};

struct Consignment {
    ConsignmentId consignment_id;
    SiteId from_site_id;
    SiteId to_site_id;
    UnixSeconds sent_at;
    std::optional<UnixSeconds> received_at;
    std::vector<ConsignmentLine> lines;
};

/// Sends. Safe to repeat by device id. @return supply.consignment_invalid (params: field),
/// supply.no_site, supply.no_lot, supply.not_enough (params: lot_id, left_milli),
/// supply.device_id_reused.
[[nodiscard]] Result<Made<Consignment>> send(storage::Transaction& tx, const Viewer& viewer,
                                             const ConsignmentDraft& draft, UnixSeconds now);

/// Less of a lot arrived than was sent.
struct Difference {
    LotId lot_id;
    Milli received;    ///< 0..sent.
    std::string note;  ///< Why; not empty.
};

/// Receives all lines; those without a Difference arrived whole. What is missing is taken out of
/// the lot by its event. Safe to repeat: a received consignment is returned as it is.
/// @return supply.no_consignment, supply.consignment_invalid (params: field).
[[nodiscard]] Result<Made<Consignment>> receive(storage::Transaction& tx, const Viewer& viewer,
                                                ConsignmentId consignment_id,
                                                const std::vector<Difference>& differences,
                                                UnixSeconds now);

/// None if there is none or the viewer sees neither site.
[[nodiscard]] std::optional<Consignment> find_consignment(storage::Transaction& tx,
                                                          const Viewer& viewer,
                                                          ConsignmentId consignment_id);

enum class ConsignmentState : std::uint8_t { kMoving, kReceived };

struct ConsignmentFilter {
    SiteId site_id;  ///< From or to; none: every site.
    std::optional<ConsignmentState> state;
};

/// Newest first.
[[nodiscard]] std::vector<Consignment> list_consignments(storage::Transaction& tx,
                                                         const Viewer& viewer,
                                                         const ConsignmentFilter& filter,
                                                         const Page& page);

}  // namespace haat::supply
