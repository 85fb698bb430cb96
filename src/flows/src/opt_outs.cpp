#include "flows/opt_outs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "allowed.hpp"
#include "base/text.hpp"
#include "planned.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "sql/opt_outs.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::array<std::string_view, 5> kReasons{"wrote_stop", "pressed_stop", "provider",
                                                   "asked_officer", "officer_other"};
constexpr std::string_view kOfficer = "officer:";
constexpr std::size_t kEvidenceMax = 150;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kStopsOfOne = 65'536;

/// "officer:17:by phone, 3 June" was written by record_opt_out below, "inbound:…" by the dialogue.
OptOutReason reason_of(std::string_view evidence, const std::optional<std::string>& kind) {
    if (evidence.starts_with("inbound:")) {
        return kind && *kind != "text" ? OptOutReason::kPressedStop : OptOutReason::kWroteStop;
    }
    if (evidence.starts_with(kOfficer)) {
        return OptOutReason::kAskedOfficer;
    }
    return evidence.starts_with("provider:") ? OptOutReason::kProvider : OptOutReason::kOther;
}

/// A person and which of her consents it is, in one number.
std::int64_t id_of(std::int64_t ordinal, std::int64_t number) {
    return ordinal * kStopsOfOne + number;
}

Result<PlaceRange> range_of(storage::Transaction& tx, const Viewer& viewer, PlaceId place_id) {
    if (!place_id) {
        return viewer.places;
    }
    const PlaceRange range = registry::place_range(tx, place_id);
    if (range.first > range.last || range.first < viewer.places.first ||
        range.last > viewer.places.last) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    return range;
}

OptOut opt_out_of(const sql::OptOutListRow& row) {
    OptOut out{.opt_out_id = id_of(row.ordinal, row.number),
               .at = row.given_at,
               .person_id = row.person_id,
               .name = row.name,
               .phone = {},
               .place_id = row.place_id,
               .purposes = {static_cast<std::uint8_t>(row.purposes)},
               .channel = static_cast<registry::Channel>(row.channel),
               .reason = reason_of(row.evidence, row.kind),
               .evidence = row.evidence};
    out.still = (static_cast<std::uint8_t>(row.suppressed) & out.purposes.bits) != 0;
    if (row.evidence.starts_with(kOfficer)) {
        const std::string_view rest = std::string_view(row.evidence).substr(kOfficer.size());
        const std::size_t colon = std::min(rest.find(':'), rest.size());
        out.by = AccountId{parse_integer(std::string(rest.substr(0, colon))).value_or(0)};
        out.evidence = rest.substr(std::min(colon + 1, rest.size()));
    }
    return out;
}

void add_phone(storage::Transaction& tx, const Viewer& viewer, OptOut& out) {
    if (const auto addresses = registry::addresses_of(tx, viewer, out.person_id)) {
        for (const registry::PersonAddress& address : *addresses) {
            if (out.phone.empty() || address.channel == out.channel) {
                out.phone = address.external_id;
            }
        }
    }
}

}  // namespace

std::string_view opt_out_reason_name(OptOutReason reason) {
    return kReasons.at(static_cast<std::size_t>(reason));
}

std::optional<OptOutReason> opt_out_reason_from(std::string_view name) {
    const auto found = std::ranges::find(kReasons, name);
    if (found == kReasons.end()) {
        return std::nullopt;
    }
    return static_cast<OptOutReason>(found - kReasons.begin());
}

std::vector<std::uint32_t> people_who_stopped_after(storage::Transaction& tx, UnixSeconds since) {
    std::vector<std::uint32_t> ordinals;
    for (const auto& row : sql::people_who_stopped(tx, {.since_at = since})) {
        ordinals.push_back(static_cast<std::uint32_t>(row.ordinal));
    }
    return ordinals;
}

Result<std::vector<OptOut>> list_opt_outs(FlowContext& context, const Viewer& viewer,
                                          const OptOutFilter& filter) {
    HAAT_TRY(allow(viewer, access::Action::kSeePeople));
    return context.database.read([&](storage::Transaction& tx) -> Result<std::vector<OptOut>> {
        const PlaceRange places = HAAT_TRY(range_of(tx, viewer, filter.place_id));
        std::vector<OptOut> found;
        std::int64_t before = filter.before;
        // A reason is read out of the evidence, so pages are filtered here until one is full.
        while (static_cast<int>(found.size()) < filter.limit) {
            const auto rows = sql::opt_out_list(
                tx, {.before_number = before % kStopsOfOne,
                     .before_ordinal = before / kStopsOfOne,
                     .places_first = places.first,
                     .places_last = places.last,
                     .channel = filter.channel ? static_cast<std::int64_t>(*filter.channel) : 0,
                     .row_limit = filter.limit});
            for (const sql::OptOutListRow& row : rows) {
                before = id_of(row.ordinal, row.number);
                OptOut out = opt_out_of(row);
                const bool wanted = !filter.reason || out.reason == *filter.reason;
                if (wanted && static_cast<int>(found.size()) < filter.limit) {
                    add_phone(tx, viewer, out);
                    found.push_back(std::move(out));
                }
            }
            if (static_cast<int>(rows.size()) < filter.limit) {
                break;
            }
        }
        return found;
    });
}

Result<OptOutSummary> summarise_opt_outs(FlowContext& context, const Viewer& viewer,
                                         PlaceId place_id, std::int64_t days) {
    HAAT_TRY(allow(viewer, access::Action::kSeeMessages));
    const UnixSeconds today = start_of_day_in_india(date_in_india(context.clock.now()));
    const UnixSeconds since{today.value - (days - 1) * kDaySeconds};
    return context.database.read([&](storage::Transaction& tx) -> Result<OptOutSummary> {
        const PlaceRange places = HAAT_TRY(range_of(tx, viewer, place_id));
        OptOutSummary summary;
        sql::opt_out_facts(
            tx, {.since_at = since, .places_first = places.first, .places_last = places.last},
            [&](const sql::OptOutFactsRow& row) {
                const std::optional<std::string> kind =
                    row.kind ? std::optional<std::string>(*row.kind) : std::nullopt;
                ++summary.days[start_of_day_in_india(date_in_india(row.given_at))];
                ++summary.channels[static_cast<registry::Channel>(row.channel)];
                ++summary.reasons[reason_of(row.evidence, kind)];
                ++summary.total;
            });
        return summary;
    });
}

Result<RecordedOptOut> record_opt_out(FlowContext& context, const Viewer& viewer,
                                      const OptOutWish& wish) {
    HAAT_TRY(allow(viewer, access::Action::kRecordOptOut));
    const std::string said(trim(wish.evidence));
    if (said.empty()) {
        return refuse(ErrorKind::kInvalid, "flows.opt_out_evidence");
    }
    const UnixSeconds now = context.clock.now();
    return context.database.write([&](storage::Transaction& tx) -> Result<RecordedOptOut> {
        const registry::Person person = HAAT_TRY(registry::find_person(tx, viewer, wish.person_id));
        RecordedOptOut recorded;
        recorded.fresh = sql::opt_out_request_add(tx, {.device_id = wish.device_id,
                                                       .person_id = wish.person_id,
                                                       .by_account_id = viewer.account_id,
                                                       .requested_at = now,
                                                       .evidence = said}) > 0;
        if (recorded.fresh) {
            const std::string evidence = fmt::format("{}{}:{}", kOfficer, viewer.account_id.value,
                                                     first_code_points(said, kEvidenceMax));
            HAAT_TRY(registry::suppress(
                tx, viewer, wish.person_id, wish.purposes,
                {.channel = wish.channel, .text_version = "officer", .evidence = evidence}, now));
            storage::audit(tx, now, viewer.account_id, "opt_out.record",
                           fmt::format("person:{}", wish.person_id.value),
                           fmt::format(R"({{"purposes":{}}})", wish.purposes.bits));
        }
        for (const sql::OptOutListRow& row :
             sql::opt_out_list(tx, {.before_number = 0,
                                    .before_ordinal = 0,
                                    .places_first = viewer.places.first,
                                    .places_last = viewer.places.last,
                                    .channel = static_cast<std::int64_t>(wish.channel),
                                    .row_limit = 200})) {
            if (row.person_id == wish.person_id) {
                recorded.opt_out = opt_out_of(row);
                add_phone(tx, viewer, recorded.opt_out);
                break;
            }
        }
        if (recorded.opt_out.opt_out_id == 0) {  // a repeat long after: what is known of her
            recorded.opt_out = {.opt_out_id = person.person_id.value,
                                .at = now,
                                .person_id = person.person_id,
                                .name = person.name,
                                .place_id = person.place_id,
                                .purposes = wish.purposes,
                                .channel = wish.channel,
                                .reason = OptOutReason::kAskedOfficer,
                                .evidence = said,
                                .by = viewer.account_id,
                                .still = true};
        }
        return recorded;
    });
}

}  // namespace haat::flows
