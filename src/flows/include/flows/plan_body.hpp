/// @file What an officer writes when she plans a broadcast. Kept as the JSON of the contract
/// (PlanBody), so that what is stored is what was said.
/// Source: docs/internals/planning.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json_writer.hpp"
#include "base/money.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

/// Whom it is for, in one of three forms.
struct PlanAudience {
    enum class Form : std::uint8_t { kTree, kText, kSaved };
    Form form = Form::kTree;
    // kTree: as the composer picks.
    std::vector<PlaceId> places;
    std::vector<PlaceId> exclude_places;
    std::vector<std::string> product_keys;
    std::vector<GroupId> groups;
    std::vector<GroupId> exclude_groups;
    std::vector<std::string> languages;
    std::string text;                    ///< kText: the query language.
    std::int64_t saved_audience_id = 0;  ///< kSaved: taken as it stands at each run.
};

struct PlanChannel {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::int64_t wait_seconds = 0;  ///< How long before the next one is tried; 0 on the last.
};

/// A template with what fills its places.
struct PlanText {
    std::string template_name;
    std::vector<std::string> params_hi;
    std::vector<std::string> params_en;
    DemandId demand_id;  ///< With "haat_demand": the parameters are made from it.
};

enum class PlanMode : std::uint8_t { kAtMostOnce, kAtLeastOnce };
[[nodiscard]] std::string_view plan_mode_name(PlanMode mode);
[[nodiscard]] std::optional<PlanMode> plan_mode_from_name(std::string_view name);

enum class PlanRhythm : std::uint8_t { kNow, kAt, kDaily, kWeekly, kMonthly };
[[nodiscard]] std::string_view plan_rhythm_name(PlanRhythm rhythm);
[[nodiscard]] std::optional<PlanRhythm> plan_rhythm_from_name(std::string_view name);

/// When, in India time.
struct PlanSchedule {
    PlanRhythm rhythm = PlanRhythm::kNow;
    std::optional<UnixSeconds> at;       ///< kAt.
    std::int64_t minute_of_day = 0;      ///< kDaily, kWeekly, kMonthly: 0..1439.
    std::vector<std::int64_t> weekdays;  ///< kWeekly: 1 (Monday)..7.
    std::int64_t day_of_month = 1;       ///< kMonthly: 1..31; the last day of a shorter month.
    std::optional<UnixSeconds> until_at;

    [[nodiscard]] bool repeats() const { return rhythm >= PlanRhythm::kDaily; }
};

struct PlanBody {
    std::string title;
    std::string purpose;  ///< "demand", "price", "fair": market; "training", "scheme", "notice".
    PlanAudience audience;
    std::vector<PlanChannel> channels;  ///< In the order in which they are tried; at least one.
    bool may_arrive_twice = false;      ///< The next one also where the fate is unknown.
    PlanMode mode = PlanMode::kAtMostOnce;
    std::vector<PlanText> texts;  ///< One, or A and B.
    std::int64_t share_a_percent = 100;
    std::int64_t share_b_percent = 0;
    PlanSchedule schedule;
    std::int64_t expires_after_seconds = 3 * 86'400;
    std::optional<Paise> budget;
    std::int64_t exclude_contacted_days = 0;

    [[nodiscard]] registry::MessagePurpose message_purpose() const;
    [[nodiscard]] registry::Channel channel() const { return channels.front().channel; }
};

/// Writes the object PlanBody of the contract.
void write_plan_body(JsonWriter& json, const PlanBody& body);
[[nodiscard]] std::string plan_body_json(const PlanBody& body);
/// Reads what plan_body_json wrote. @throws Bug if it is anything else.
[[nodiscard]] PlanBody plan_body_from_json(std::string_view json);

/// The first moment after `after` (strictly), none if there is none any more. For kNow and kAt the
/// caller says whether it has run: they have no further moment.
[[nodiscard]] std::optional<UnixSeconds> next_moment(const PlanSchedule& schedule,
                                                     UnixSeconds after);

}  // namespace haat::flows
