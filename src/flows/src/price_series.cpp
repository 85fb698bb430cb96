#include "price_series.hpp"

#include <algorithm>
#include <map>

namespace haat::flows {
namespace {

constexpr std::size_t kPointsMost = 3;
constexpr int kMonthsBack = 3;
constexpr std::int64_t kSamePercent = 3;

int month_number(Date day) { return day.year * 12 + day.month; }

/// -1, 0, 1: cheaper, about the same, dearer.
int change(Paise from, Paise to) {
    const std::int64_t percent = (to.value - from.value) * 100;
    return percent >= from.value * kSamePercent    ? 1
           : percent <= -from.value * kSamePercent ? -1
                                                   : 0;
}

}  // namespace

std::vector<SeriesPoint> points_of(std::span<const market::MandiPrice> newest_first) {
    std::vector<SeriesPoint> points;
    if (newest_first.empty()) {
        return points;
    }
    const Date newest = date_in_india(newest_first.front().priced_at);
    points.push_back({.day = newest, .price = newest_first.front().price_per_unit});
    struct Sum {
        Date day;
        std::int64_t paise = 0;
        std::int64_t days = 0;
    };
    std::map<int, Sum, std::greater<>> months;
    for (const market::MandiPrice& price : newest_first) {
        const Date day = date_in_india(price.priced_at);
        const int back = month_number(newest) - month_number(day);
        if (back > 0 && back <= kMonthsBack) {
            Sum& sum = months[month_number(day)];
            sum.day = day;
            sum.paise += price.price_per_unit.value;
            ++sum.days;
        }
    }
    for (const auto& [number, sum] : months) {
        if (points.size() < kPointsMost) {
            points.push_back({.day = sum.day, .is_month = true, .price = {sum.paise / sum.days}});
        }
    }
    for (std::size_t i = 1; months.empty() && i < newest_first.size() && i < kPointsMost; ++i) {
        points.push_back({.day = date_in_india(newest_first[i].priced_at),
                          .price = newest_first[i].price_per_unit});
    }
    std::ranges::reverse(points);
    return points;
}

Trend trend_of(std::span<const SeriesPoint> points) {
    if (points.size() < 2) {
        return Trend::kNone;
    }
    const Paise now = points.back().price;
    const int of_late = change(points[points.size() - 2].price, now);
    const int in_all = change(points.front().price, now);
    if (of_late * in_all < 0 || (of_late != 0 && in_all == 0)) {
        return Trend::kMixed;
    }
    return in_all > 0 ? Trend::kUp : in_all < 0 ? Trend::kDown : Trend::kSame;
}

}  // namespace haat::flows
