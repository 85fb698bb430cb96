#include <array>
#include <utility>

#include "market/errors.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "scope.hpp"
#include "sql/lines.hpp"

namespace haat::market {
namespace {

constexpr std::array<std::string_view, 4> kAnswers = {"waiting", "yes", "no", "expired"};

template <typename Row>
OrderLine line_from(const Row& row) {
    return {.order_line_id = row.order_line_id,
            .order_id = row.order_id,
            .offer_id = row.offer_id,
            .person_id = row.person_id,
            .quantity = row.quantity_milli,
            .price_per_unit = row.price_paise,
            .amount = row.amount_paise,
            .distance_metres = row.distance_metres,
            .transport = row.transport_paise,
            .answer = *answer_from(row.answer),
            .answered_at = row.answered_at,
            .weighed = row.weighed_milli,
            .finished_at = row.finished_at};
}

template <typename Row>
std::vector<OrderLine> lines_from(const std::vector<Row>& rows) {
    std::vector<OrderLine> lines;
    lines.reserve(rows.size());
    for (const Row& row : rows) {
        lines.push_back(line_from(row));
    }
    return lines;
}

OrderLine line_now(storage::Transaction& tx, OrderLineId order_line_id) {
    return *find_line(tx, system_viewer(), order_line_id);
}

}  // namespace

std::string_view name_of(Answer answer) { return kAnswers[std::to_underlying(answer)]; }

std::optional<Answer> answer_from(std::string_view name) {
    for (std::size_t i = 0; i < kAnswers.size(); ++i) {
        if (kAnswers[i] == name) return static_cast<Answer>(i);
    }
    return std::nullopt;
}

Result<OrderLine> answer(storage::Transaction& tx, PersonId person_id, OrderLineId order_line_id,
                         Answer answer, UnixSeconds now) {
    HAAT_ASSERT(answer == Answer::kYes || answer == Answer::kNo);
    const std::optional<OrderLine> line = find_line(tx, system_viewer(), order_line_id);
    if (!line || line->person_id != person_id) {
        return refuse(ErrorKind::kNotFound, errors::kNoLine);
    }
    if (line->answer == answer) {
        return *line;
    }
    if (line->answer == Answer::kYes || line->answer == Answer::kNo) {
        return refuse(ErrorKind::kConflict, errors::kLineAnswered,
                      {{"answer", std::string(name_of(line->answer))}});
    }
    const sql::LineDeadlineRow order = sql::line_deadline(tx, {.order_line_id = order_line_id});
    if (line->answer == Answer::kExpired || order.cancelled_at || order.answer_by_at <= now) {
        return refuse(ErrorKind::kConflict, errors::kLineExpired);
    }
    const std::int64_t changed = sql::line_answer(
        tx, {.answer = name_of(answer), .now_at = now, .order_line_id = order_line_id});
    HAAT_ASSERT(changed == 1);
    if (answer == Answer::kYes) {
        confirm(tx, line->offer_id, line->quantity, now);
    } else {
        release(tx, line->offer_id, line->quantity, now);
    }
    return line_now(tx, order_line_id);
}

Result<OrderLine> accept_part(storage::Transaction& tx, PersonId person_id,
                              OrderLineId order_line_id, Milli quantity, UnixSeconds now) {
    const std::optional<OrderLine> line = find_line(tx, system_viewer(), order_line_id);
    if (!line || line->person_id != person_id) {
        return refuse(ErrorKind::kNotFound, errors::kNoLine);
    }
    if (line->answer == Answer::kYes && line->quantity == quantity) {
        return *line;
    }
    if (line->answer == Answer::kYes || line->answer == Answer::kNo) {
        return refuse(ErrorKind::kConflict, errors::kLineAnswered,
                      {{"answer", std::string(name_of(line->answer))}});
    }
    const sql::LineDeadlineRow order = sql::line_deadline(tx, {.order_line_id = order_line_id});
    if (line->answer == Answer::kExpired || order.cancelled_at || order.answer_by_at <= now) {
        return refuse(ErrorKind::kConflict, errors::kLineExpired);
    }
    if (quantity <= Milli{0} || quantity >= line->quantity) {
        return refuse(ErrorKind::kInvalid, errors::kLineTooSmall);
    }
    const std::int64_t changed =
        sql::line_accept_part(tx, {.now_at = now,
                                   .quantity_milli = quantity,
                                   .amount_paise = cost_of(quantity, line->price_per_unit),
                                   .order_line_id = order_line_id});
    HAAT_ASSERT(changed == 1);
    confirm(tx, line->offer_id, quantity, now);
    release(tx, line->offer_id, line->quantity - quantity, now);
    return line_now(tx, order_line_id);
}

std::vector<OrderLine> expire_waiting(storage::Transaction& tx, UnixSeconds now,
                                      std::int64_t limit) {
    std::vector<OrderLine> lines =
        lines_from(sql::lines_overdue(tx, {.now_at = now, .row_limit = limit}));
    for (OrderLine& line : lines) {
        const std::int64_t changed = sql::line_answer(tx, {.answer = name_of(Answer::kExpired),
                                                           .now_at = now,
                                                           .order_line_id = line.order_line_id});
        HAAT_ASSERT(changed == 1);
        release(tx, line.offer_id, line.quantity, now);
        line.answer = Answer::kExpired;
        line.answered_at = now;
    }
    return lines;
}

Result<OrderLine> weigh(storage::Transaction& tx, OrderLineId order_line_id, Milli weighed,
                        LineRest rest, UnixSeconds now) {
    HAAT_ASSERT(weighed > Milli{0});
    const std::optional<OrderLine> line = find_line(tx, system_viewer(), order_line_id);
    if (!line) {
        return refuse(ErrorKind::kNotFound, errors::kNoLine);
    }
    if (line->answer != Answer::kYes) {
        return refuse(ErrorKind::kConflict, errors::kLineNotAgreed);
    }
    if (line->finished_at) {
        return refuse(ErrorKind::kConflict, errors::kLineFinished);
    }
    const Milli all = line->weighed + weighed;
    const bool is_finished = rest == LineRest::kDone || all >= line->quantity;
    const std::int64_t changed =
        sql::line_weigh(tx, {.quantity_milli = weighed,
                             .finished_at = is_finished ? std::optional(now) : std::nullopt,
                             .order_line_id = order_line_id});
    HAAT_ASSERT(changed == 1);
    if (is_finished && all < line->quantity) {
        release_ordered(tx, line->offer_id, line->quantity - all, now);
    }
    return line_now(tx, order_line_id);
}

std::vector<OrderLine> lines_of(storage::Transaction& tx, const Viewer& viewer, OrderId order_id) {
    const PlaceRange places = places_for(viewer);
    return lines_from(sql::lines_of_order(tx, {.order_id = order_id,
                                               .organisation_id = buyer_for(viewer),
                                               .number_first = places.first,
                                               .number_last = places.last}));
}

std::optional<OrderLine> find_line(storage::Transaction& tx, const Viewer& viewer,
                                   OrderLineId order_line_id) {
    const PlaceRange places = places_for(viewer);
    const auto row = sql::line_get(tx, {.order_line_id = order_line_id,
                                        .organisation_id = buyer_for(viewer),
                                        .number_first = places.first,
                                        .number_last = places.last});
    return row ? std::optional(line_from(*row)) : std::nullopt;
}

std::vector<OrderLine> lines_of_person(storage::Transaction& tx, const Viewer& viewer,
                                       PersonId person_id, std::optional<Answer> answer,
                                       std::int64_t limit) {
    const PlaceRange places = places_for(viewer);
    return lines_from(sql::lines_of_person(tx, {.person_id = person_id,
                                                .number_first = places.first,
                                                .number_last = places.last,
                                                .answer = answer ? name_of(*answer) : "",
                                                .row_limit = limit}));
}

}  // namespace haat::market
