/// @file What every act on goods is made of: a new lot, a move of stock, an event, a refusal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"
#include "supply/lots.hpp"
#include "supply/sites.hpp"

namespace haat::supply {

inline constexpr Milli kMostQuantity{1'000'000'000'000};
inline constexpr Paise kMostPrice{10'000'000'000'000};
inline constexpr std::size_t kMostLines = 500;

[[nodiscard]] bool is_quantity(Milli quantity);
[[nodiscard]] bool is_price(Paise price);  ///< 0..10^13.
[[nodiscard]] bool is_unit(std::string_view unit);
[[nodiscard]] bool is_grade(std::string_view grade);  ///< "a", "b", "c".
[[nodiscard]] bool is_note(std::string_view text);    ///< UTF-8, at most 500 code points.
/// Devices' clocks are wrong; more than a day ahead of ours cannot be.
[[nodiscard]] bool is_time(UnixSeconds at, UnixSeconds now);

[[nodiscard]] std::unexpected<Error> wrong(std::string_view code, std::string_view field);
[[nodiscard]] std::unexpected<Error> not_found(std::string_view code);
[[nodiscard]] std::unexpected<Error> not_enough(storage::Transaction& tx, LotId lot_id, Milli left);

/// The site, if it is of that kind. @return supply.no_site, supply.wrong_site_kind.
[[nodiscard]] Result<Site> site_of_kind(storage::Transaction& tx, SiteId site_id, SiteKind kind);

/// Who has a part of a lot in hand.
struct Holder {
    std::string_view kind;
    std::int64_t id = 0;
    [[nodiscard]] static Holder of(SiteId site) { return {"site", site.value}; }
    [[nodiscard]] static Holder of(ConsignmentId consignment) {
        return {"consignment", consignment.value};
    }
};

[[nodiscard]] std::optional<Owner::Kind> owner_kind_from(std::string_view name);

/// Puts goods into a holder's hands. @return supply.owner_differs.
[[nodiscard]] Result<void> put(storage::Transaction& tx, LotId lot_id, Holder holder, Owner owner,
                               Milli quantity, UnixSeconds now);

/// Takes goods out of a holder's hands; says whose they are. @return supply.not_enough.
[[nodiscard]] Result<Owner> take(storage::Transaction& tx, LotId lot_id, Holder holder,
                                 Milli quantity, UnixSeconds now);

/// A lot to be written; its code and token are found here.
struct NewLot {
    LotKind kind = LotKind::kWeighed;
    ProductId product_id;
    std::optional<PersonId> producer_person_id;
    std::optional<OrderLineId> order_line_id;
    std::string_view unit;
    Milli weight;
    std::string_view grade;
    Paise price_per_unit;
    std::optional<Milli> pack_size;
    std::int64_t packs = 0;
    SiteId site_id;
    UnixSeconds made_at;
    Owner owner;
};

/// Writes a lot and puts it into the hands of its site.
[[nodiscard]] LotId write_lot(storage::Transaction& tx, const NewLot& lot, UnixSeconds now);

/// What happened to a lot. `change` is its effect on what there is of the lot altogether.
struct Event {
    LotId lot_id;
    std::string_view kind;
    UnixSeconds at;
    std::optional<SiteId> site_id;
    std::optional<SiteId> to_site_id;
    std::optional<LotId> other_lot_id;
    std::optional<ConsignmentId> consignment_id;
    std::optional<SaleId> sale_id;
    Milli quantity;
    std::int64_t change_milli = 0;
    std::string_view grade;
    std::string_view note;
};

void write_event(storage::Transaction& tx, const Viewer& viewer, const Event& event,
                 UnixSeconds now);

}  // namespace haat::supply
