#include "flows/read_today.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "allowed.hpp"
#include "sql/today.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;
constexpr std::size_t kProductsShown = 10;
constexpr std::int64_t kRecentShown = 20;

/// Who gets a deduction, in the words of the contract.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kReceivers{{
    {"outlet-margin", "outlet"},
    {"group-fee", "group"},
    {"packing", "packaging_house"},
}};

std::string class_name(std::string_view role, const std::string& code) {
    if (role == "suspense") {
        return "suspense";
    }
    const auto receiver =
        std::ranges::find(kReceivers, code, &decltype(kReceivers)::value_type::first);
    if (role == "deduction" && receiver != kReceivers.end()) {
        return std::string(receiver->second);
    }
    std::string name = code;
    std::ranges::replace(name, '-', '_');
    return name;
}

void read_offers(storage::Transaction& tx, const Viewer& viewer, TodayCounts& today) {
    for (const auto& row : sql::today_offers(tx, {.now_at = today.as_of_at,
                                                  .number_first = viewer.places.first,
                                                  .number_last = viewer.places.last})) {
        today.offers_open += row.offers;
        if (today.offers_by_product.size() < kProductsShown) {
            today.offers_by_product.push_back({row.product_id, row.offers, row.quantity_milli});
        }
    }
}

void read_money(storage::Transaction& tx, const Viewer& viewer, UnixSeconds from,
                TodayCounts& today) {
    const UnixSeconds until{from.value + kSecondsADay};
    const auto sales = sql::today_sales(tx, {.from_at = from,
                                             .until_at = until,
                                             .number_first = viewer.places.first,
                                             .number_last = viewer.places.last});
    today.sales = sales.sales;
    today.sales_amount = sales.price_paise;
    for (const auto& row : sql::today_shares(tx, {.from_at = from,
                                                  .until_at = until,
                                                  .number_first = viewer.places.first,
                                                  .number_last = viewer.places.last})) {
        today.shares.push_back({class_name(row.role, row.class_code), row.amount_paise});
    }
    for (const auto& row : sql::today_district_offers(tx, {.from_at = from,
                                                           .until_at = until,
                                                           .number_first = viewer.places.first,
                                                           .number_last = viewer.places.last})) {
        today.district_offers.push_back({row.place_id, row.offers});
    }
}

void read_recent(storage::Transaction& tx, const Viewer& viewer, TodayCounts& today) {
    for (auto& row : sql::today_recent(tx, {.number_first = viewer.places.first,
                                            .number_last = viewer.places.last,
                                            .row_limit = kRecentShown})) {
        today.recent.push_back({.kind = std::move(row.kind),
                                .id = row.event_id,
                                .at = UnixSeconds{row.at},
                                .place_id = row.place_id,
                                .product_id = row.product_id,
                                .quantity = row.quantity_milli,
                                .unit = std::move(row.unit),
                                .amount = row.amount_paise,
                                .count = row.count});
    }
}

}  // namespace

Result<TodayCounts> read_today(storage::Transaction& tx, const Viewer& viewer, UnixSeconds now) {
    HAAT_TRY(allow(viewer, access::Action::kSeeToday));
    TodayCounts today{.day = date_in_india(now), .as_of_at = now};
    read_offers(tx, viewer, today);
    const auto orders = sql::today_orders(tx);
    today.orders_open = orders.open_orders;
    today.orders_completed = orders.completed_orders;
    read_money(tx, viewer, start_of_day_in_india(today.day), today);
    read_recent(tx, viewer, today);
    return today;
}

}  // namespace haat::flows
