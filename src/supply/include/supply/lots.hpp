/// @file Goods that stay together. A lot is written once: its producer, product, weight, grade,
/// price and order line never change. What is left of it, who holds it and who owns it are kept
/// beside it, and every change is an event, append-only.
/// Source: docs/domain/trace.md, sections 3 and 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/page.hpp"
#include "supply/sites.hpp"

namespace haat::supply {

enum class LotKind : std::uint8_t {
    kWeighed,  ///< Weighed in from one producer.
    kPacked,   ///< Packets made from other lots.
    kBatch,    ///< Made in a workshop; its makers are sealed.
};

enum class LotState : std::uint8_t {
    kStored,  ///< Some of it stands at a site.
    kMoving,  ///< All that is left is on its way.
    kUsed,    ///< Nothing is left; it went into packets.
    kSold,    ///< Nothing is left; it was sold or lost.
};

/// "weighed", "stored"…; the names in contract and i18n.
[[nodiscard]] std::string_view name_of(LotKind kind);
[[nodiscard]] std::string_view name_of(LotState state);
[[nodiscard]] std::optional<LotState> lot_state_from(std::string_view name);

struct Lot {
    LotId lot_id;
    std::string code;  ///< "L4K7P9": what stands on the bag.
    LotKind kind = LotKind::kWeighed;
    ProductId product_id;
    std::optional<PersonId> producer_person_id;  ///< Only of weighed lots; none for cashiers.
    std::optional<OrderLineId> order_line_id;
    std::string unit;
    Milli weight;                    ///< When it was made.
    Milli remaining;                 ///< Now, wherever it is.
    std::string grade;               ///< "a", "b", "c" or empty.
    Paise price_per_unit;            ///< Agreed at weighing in; of a batch its price; else 0.
    std::optional<Milli> pack_size;  ///< Only of packed lots.
    std::int64_t packs = 0;          ///< Made; 0 if not packed.
    SiteId made_site_id;
    SiteId site_id;  ///< Where most of it stands, or where it stood last.
    LotState state = LotState::kStored;
    UnixSeconds made_at;
    std::string trace_token;  ///< Of its public page; empty for weighed lots.
};

struct IntakeDraft {
    std::string device_id;
    SiteId site_id;
    PersonId producer_person_id;
    ProductId product_id;
    std::string unit;
    Milli weight;  ///< 1..10^12.
    std::string grade;
    Paise price_per_unit;  ///< Agreed with her; what she is paid by.
    std::optional<OrderLineId> order_line_id;
    std::optional<Owner> owner;  ///< None: she owns it until it is sold (consignment).
    UnixSeconds weighed_at;      ///< By the device's clock; not after now + 1 day.
};

/// What an act made, and whether this was the first time.
template <typename Thing>
struct Made {
    Thing thing;
    Repeat repeat = Repeat::kFirst;
};

/// Weighs a lot in at a purchase point (or a packaging house): events received and graded.
/// Safe to repeat by device id. @return supply.lot_invalid (params: field), supply.no_site,
/// supply.wrong_site_kind, supply.device_id_reused.
[[nodiscard]] Result<Made<Lot>> take_in(storage::Transaction& tx, const Viewer& viewer,
                                        const IntakeDraft& draft, UnixSeconds now);

/// One holder's part of a lot.
struct Stock {
    LotId lot_id;
    std::optional<SiteId> site_id;                ///< Where it stands, or…
    std::optional<ConsignmentId> consignment_id;  ///< …what it travels in.
    Owner owner;
    Milli quantity;
};

/// All parts of a lot with something in them.
[[nodiscard]] std::vector<Stock> stock_of(storage::Transaction& tx, LotId lot_id);

/// What is left of a lot at a site; 0 if nothing.
[[nodiscard]] Milli stock_at(storage::Transaction& tx, LotId lot_id, SiteId site_id);

/// The part at a site changes its owner (outright sale to the board, say); who holds it does not.
/// @return supply.no_stock.
[[nodiscard]] Result<void> change_owner(storage::Transaction& tx, const Viewer& viewer,
                                        LotId lot_id, SiteId site_id, Owner owner,
                                        std::string_view note, UnixSeconds now);

/// A part is corrected after counting: up or down, with the reason. Never below nothing.
/// @return supply.no_stock, supply.not_enough (params: left_milli), supply.lot_invalid (a
/// correction of 0 or without a reason).
[[nodiscard]] Result<void> correct(storage::Transaction& tx, const Viewer& viewer, LotId lot_id,
                                   SiteId site_id, std::int64_t change_milli,
                                   std::string_view reason, UnixSeconds now);

/// None if there is none or the viewer may not see it. Sites see what stands or stood with them,
/// jails what they made, officers what stands or stood in their places.
[[nodiscard]] std::optional<Lot> find_lot(storage::Transaction& tx, const Viewer& viewer,
                                          LotId lot_id);
[[nodiscard]] std::optional<Lot> find_lot_by_code(storage::Transaction& tx, const Viewer& viewer,
                                                  std::string_view code);
/// The lots of one order line, oldest first.
[[nodiscard]] std::vector<Lot> lots_of_order_line(storage::Transaction& tx, const Viewer& viewer,
                                                  OrderLineId order_line_id);

struct LotFilter {
    SiteId site_id;  ///< Stands or stood there; none: every site.
    std::optional<LotState> state;
};

/// Newest first.
[[nodiscard]] std::vector<Lot> list_lots(storage::Transaction& tx, const Viewer& viewer,
                                         const LotFilter& filter, const Page& page);

}  // namespace haat::supply
