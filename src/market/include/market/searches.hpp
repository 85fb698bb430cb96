/// @file What buyers look for, kept: each offer that fits is noted in the transaction that confirms
/// it, so that none is missed and none is told twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "market/offers.hpp"
#include "market/page.hpp"
#include "storage/transaction.hpp"

namespace haat::market {

struct SearchTag;
using SearchId = Id<SearchTag>;

inline constexpr int kSearchesMax = 50;                 ///< Of one organisation.
inline constexpr std::int64_t kTellEverySeconds = 600;  ///< Messages about one search.

struct SearchDraft {
    std::string device_id;  ///< Made by the client, 8..64 of [A-Za-z0-9_-].
    ProductId product_id;
    std::string grade;               ///< "a", "b", "c"; empty: any.
    Milli min_quantity;              ///< An offer of less does not fit. 0: any.
    std::optional<Paise> max_price;  ///< Per unit; none: any.
    PlaceId place_id;                ///< Offers at or under it.
    bool tells = false;              ///< By message too.
};

struct Search {
    SearchId search_id;
    AccountId account_id;
    OrganisationId organisation_id;
    ProductId product_id;
    std::string grade;
    Milli min_quantity;
    std::optional<Paise> max_price;
    PlaceId place_id;
    bool tells = false;
    UnixSeconds saved_at;
    std::int64_t matches = 0;  ///< Offers that fitted since.
    std::int64_t unseen = 0;   ///< Of these, those that came since somebody looked.
};

/// Keeps a search of the viewer's organisation. Safe to repeat by device id. One that the viewer's
/// account has already is given back, and tells if this one would.
/// @return market.search_invalid (params: field), market.searches_full, market.device_id_reused.
[[nodiscard]] Result<Search> save_search(storage::Transaction& tx, const Viewer& viewer,
                                         const SearchDraft& draft, UnixSeconds now);

/// Of the viewer's organisation, newest first.
[[nodiscard]] std::vector<Search> list_searches(storage::Transaction& tx, const Viewer& viewer);
[[nodiscard]] std::optional<Search> find_search(storage::Transaction& tx, const Viewer& viewer,
                                                SearchId search_id);

/// Nothing more is noted for it; what was noted stays. Safe to repeat. @return market.no_search.
[[nodiscard]] Result<void> remove_search(storage::Transaction& tx, const Viewer& viewer,
                                         SearchId search_id, UnixSeconds now);

/// Whether messages are sent about it. @return market.no_search.
[[nodiscard]] Result<void> set_tells(storage::Transaction& tx, const Viewer& viewer,
                                     SearchId search_id, bool tells);

/// Offers that fitted, the latest first, as they are now. @return market.no_search.
[[nodiscard]] Result<std::vector<Offer>> matches_of(storage::Transaction& tx, const Viewer& viewer,
                                                    SearchId search_id, const Page& page,
                                                    UnixSeconds now);
/// Somebody looked at what fitted. @return market.no_search.
[[nodiscard]] Result<void> mark_seen(storage::Transaction& tx, const Viewer& viewer,
                                     SearchId search_id);

/// What note_offer asks about an offer of this draft (storage/ahead.hpp).
void ask_to_note(storage::Transaction& asks, const OfferDraft& draft);
/// Notes it for each search that it fits; returns how many that are. Repeating notes nothing twice.
/// One indexed read, then two statements for each that fits.
int note_offer(storage::Transaction& tx, const Offer& offer, UnixSeconds now);

/// A search with something to tell.
struct Tellable {
    Search search;
    std::int64_t fresh = 0;  ///< Offers that were not told yet.
    OfferId latest;
};
/// Those that are due, taken in this transaction; at most `limit`.
[[nodiscard]] std::vector<Tellable> take_due_searches(storage::Transaction& tx, UnixSeconds now,
                                                      int limit);
/// A message about it was queued: the next waits for kTellEverySeconds. Without one, what fits next
/// is told at once.
void note_told(storage::Transaction& tx, SearchId search_id, UnixSeconds now);

}  // namespace haat::market
