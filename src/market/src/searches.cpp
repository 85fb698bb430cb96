#include "market/searches.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "checks.hpp"
#include "market/errors.hpp"
#include "scope.hpp"
#include "sql/searches.hpp"

namespace haat::market {
namespace {

/// The first field of a draft that is wrong, or nothing.
std::string_view wrong_field(const SearchDraft& draft) {
    if (!is_device_id(draft.device_id)) return "device_id";
    if (!draft.product_id) return "product_key";
    if (!is_grade(draft.grade)) return "grade";
    if (draft.min_quantity != Milli{0} && !is_quantity(draft.min_quantity)) {
        return "min_quantity_milli";
    }
    if (draft.max_price && !is_price(*draft.max_price)) return "max_price_paise";
    if (!draft.place_id) return "place_id";
    return {};
}

/// Rows of both queries have the same columns.
template <typename Row>
Search search_of(const Row& row) {
    return {.search_id = {row.search_id},
            .account_id = row.account_id,
            .organisation_id = row.organisation_id,
            .product_id = row.product_id,
            .grade = row.grade.value_or(""),
            .min_quantity = row.min_quantity_milli,
            .max_price = row.max_price_paise,
            .place_id = row.place_id,
            .tells = row.tells != 0,
            .saved_at = row.saved_at,
            .matches = row.matches,
            .unseen = row.matches - row.seen};
}

bool is_same(const Search& search, const SearchDraft& draft) {
    return search.product_id == draft.product_id && search.grade == draft.grade &&
           search.min_quantity == draft.min_quantity && search.max_price == draft.max_price &&
           search.place_id == draft.place_id;
}

/// Those that an offer fits, or its draft.
template <typename Goods>
std::vector<sql::SearchFittingRow> fitting(storage::Transaction& tx, const Goods& goods) {
    const auto grade =
        goods.grade.empty() ? std::optional<std::string_view>() : std::string_view(goods.grade);
    return sql::search_fitting(tx, {.place_id = goods.place_id,
                                    .product_id = goods.product_id,
                                    .grade = grade,
                                    .quantity_milli = goods.quantity,
                                    .price_paise = goods.price_per_unit});
}

/// The same account's search for the same: a second one would only say everything twice.
std::optional<Search> equal_search(storage::Transaction& tx, const Viewer& viewer,
                                   const SearchDraft& draft) {
    std::vector<Search> searches = list_searches(tx, viewer);
    const auto found = std::ranges::find_if(searches, [&](const Search& one) {
        return one.account_id == viewer.account_id && is_same(one, draft);
    });
    return found == searches.end() ? std::nullopt : std::optional(std::move(*found));
}

}  // namespace

Result<Search> save_search(storage::Transaction& tx, const Viewer& viewer, const SearchDraft& draft,
                           UnixSeconds now) {
    if (const auto first = sql::search_by_device(tx, {.device_id = draft.device_id})) {
        std::optional<Search> search = find_search(tx, viewer, {first->search_id});
        if (!search || !is_same(*search, draft)) {
            return refuse(ErrorKind::kConflict, errors::kDeviceIdReused);
        }
        return *std::move(search);
    }
    if (auto before = equal_search(tx, viewer, draft)) {
        if (draft.tells && !before->tells) {
            HAAT_TRY(set_tells(tx, viewer, before->search_id, true));
            before->tells = true;
        }
        return *std::move(before);
    }
    if (const std::string_view field = wrong_field(draft); !field.empty()) {
        return refuse(ErrorKind::kInvalid, errors::kSearchInvalid, {{"field", std::string(field)}});
    }
    if (!viewer.organisation_id) {
        return refuse(ErrorKind::kInvalid, errors::kSearchInvalid, {{"field", "buyer"}});
    }
    if (sql::search_count(tx, {.organisation_id = viewer.organisation_id}).searches >=
        kSearchesMax) {
        return refuse(ErrorKind::kConflict, errors::kSearchesFull,
                      {{"most", std::to_string(kSearchesMax)}});
    }
    const SearchId search_id{tx.new_id()};
    const std::int64_t added = sql::search_add(
        tx, {.search_id = search_id.value,
             .device_id = draft.device_id,
             .account_id = viewer.account_id,
             .organisation_id = viewer.organisation_id,
             .product_id = draft.product_id,
             .grade = draft.grade.empty() ? std::optional<std::string_view>() : draft.grade,
             .min_quantity_milli = draft.min_quantity,
             .max_price_paise = draft.max_price,
             .place_id = draft.place_id,
             .tells = draft.tells ? 1 : 0,
             .saved_at = now});
    HAAT_ASSERT(added == 1);
    return *find_search(tx, viewer, search_id);
}

std::vector<Search> list_searches(storage::Transaction& tx, const Viewer& viewer) {
    std::vector<Search> searches;
    for (const auto& row :
         sql::search_list(tx, {.organisation_id = viewer.organisation_id, .search_id = 0})) {
        searches.push_back(search_of(row));
    }
    return searches;
}

std::optional<Search> find_search(storage::Transaction& tx, const Viewer& viewer,
                                  SearchId search_id) {
    if (!search_id) {
        return std::nullopt;
    }
    const auto rows = sql::search_list(
        tx, {.organisation_id = viewer.organisation_id, .search_id = search_id.value});
    return rows.empty() ? std::nullopt : std::optional(search_of(rows.front()));
}

Result<void> remove_search(storage::Transaction& tx, const Viewer& viewer, SearchId search_id,
                           UnixSeconds now) {
    const std::int64_t removed = sql::search_remove(
        tx,
        {.now_at = now, .search_id = search_id.value, .organisation_id = viewer.organisation_id});
    if (removed == 0) {
        return refuse(ErrorKind::kNotFound, errors::kNoSearch);
    }
    return {};
}

Result<void> set_tells(storage::Transaction& tx, const Viewer& viewer, SearchId search_id,
                       bool tells) {
    const std::int64_t changed =
        sql::search_set_tells(tx, {.tells = tells ? 1 : 0,
                                   .search_id = search_id.value,
                                   .organisation_id = viewer.organisation_id});
    if (changed == 0) {
        return refuse(ErrorKind::kNotFound, errors::kNoSearch);
    }
    return {};
}

Result<std::vector<Offer>> matches_of(storage::Transaction& tx, const Viewer& viewer,
                                      SearchId search_id, const Page& page, UnixSeconds now) {
    if (!find_search(tx, viewer, search_id)) {
        return refuse(ErrorKind::kNotFound, errors::kNoSearch);
    }
    std::vector<Offer> offers;
    for (const auto& row : sql::match_page(tx, {.search_id = search_id.value,
                                                .before_at = page.before_at,
                                                .before_id = page.before_id,
                                                .row_limit = page.limit})) {
        if (auto offer = find_offer(tx, viewer, row.offer_id, now)) {
            offers.push_back(*std::move(offer));
        }
    }
    return offers;
}

Result<void> mark_seen(storage::Transaction& tx, const Viewer& viewer, SearchId search_id) {
    if (!find_search(tx, viewer, search_id)) {
        return refuse(ErrorKind::kNotFound, errors::kNoSearch);
    }
    sql::search_mark_seen(
        tx, {.search_id = search_id.value, .organisation_id = viewer.organisation_id});
    return {};
}

void ask_to_note(storage::Transaction& asks, const OfferDraft& draft) {
    (void)fitting(asks, draft);
}

int note_offer(storage::Transaction& tx, const Offer& offer, UnixSeconds now) {
    int noted = 0;
    for (const auto& row : fitting(tx, offer)) {
        const bool is_new =
            sql::match_add(
                tx, {.search_id = row.search_id, .offer_id = offer.offer_id, .matched_at = now}) ==
            1;
        if (is_new) {
            sql::search_count_match(
                tx, {.tell_every = kTellEverySeconds, .now_at = now, .search_id = row.search_id});
            ++noted;
        }
    }
    return noted;
}

std::vector<Tellable> take_due_searches(storage::Transaction& tx, UnixSeconds now, int limit) {
    std::vector<Tellable> due;
    for (const auto& row : sql::search_due(tx, {.now_at = now, .row_limit = limit})) {
        sql::search_taken(tx, {.search_id = row.search_id});
        const auto latest = sql::match_page(tx, {.search_id = row.search_id,
                                                 .before_at = Page{}.before_at,
                                                 .before_id = Page{}.before_id,
                                                 .row_limit = 1});
        if (row.matches > row.told && !latest.empty()) {
            due.push_back({search_of(row), row.matches - row.told, latest.front().offer_id});
        }
    }
    return due;
}

void note_told(storage::Transaction& tx, SearchId search_id, UnixSeconds now) {
    sql::search_told(tx, {.now_at = now, .search_id = search_id.value});
}

}  // namespace haat::market
