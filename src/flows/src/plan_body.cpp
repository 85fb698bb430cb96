#include "flows/plan_body.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/assert.hpp"

namespace haat::flows {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 2> kModes{"at_most_once", "at_least_once"};
constexpr std::array<std::string_view, 5> kRhythms{"now", "at", "daily", "weekly", "monthly"};
constexpr std::int64_t kDaySeconds = 86'400;

template <typename Enum, std::size_t kSize>
std::optional<Enum> enum_from(const std::array<std::string_view, kSize>& names,
                              std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
        return std::nullopt;
    }
    return static_cast<Enum>(found - names.begin());
}

template <typename Ids>
void write_ids(JsonWriter& out, std::string_view name, const Ids& ids) {
    if (ids.empty()) {
        return;
    }
    out.key(name).begin_array();
    for (const auto& id : ids) {
        if constexpr (requires { id.value; }) {
            out.number(id.value);
        } else {
            out.number(id);
        }
    }
    out.end_array();
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const std::string& text : texts) {
        out.string(text);
    }
    out.end_array();
}

void write_audience(JsonWriter& out, const PlanAudience& audience) {
    out.key("audience").begin_object();
    if (audience.form == PlanAudience::Form::kText) {
        out.field("text", audience.text).end_object();
        return;
    }
    if (audience.form == PlanAudience::Form::kSaved) {
        out.field("saved_audience_id", audience.saved_audience_id).end_object();
        return;
    }
    out.key("tree").begin_object();
    write_ids(out, "place_ids", audience.places);
    if (!audience.product_keys.empty()) {
        write_texts(out, "product_keys", audience.product_keys);
    }
    write_ids(out, "group_ids", audience.groups);
    if (!audience.languages.empty()) {
        write_texts(out, "languages", audience.languages);
    }
    write_ids(out, "exclude_place_ids", audience.exclude_places);
    write_ids(out, "exclude_group_ids", audience.exclude_groups);
    out.end_object().end_object();
}

void write_schedule(JsonWriter& out, const PlanSchedule& schedule) {
    out.key("schedule").begin_object().field("kind", plan_rhythm_name(schedule.rhythm));
    if (schedule.at) {
        out.field("at", *schedule.at);
    }
    if (schedule.repeats()) {
        out.field("minute_of_day", schedule.minute_of_day);
    }
    write_ids(out, "weekdays", schedule.weekdays);
    if (schedule.rhythm == PlanRhythm::kMonthly) {
        out.field("day_of_month", schedule.day_of_month);
    }
    if (schedule.until_at) {
        out.field("until_at", *schedule.until_at);
    }
    out.end_object();
}

std::string text_at(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    return found == nullptr ? std::string() : std::string(found->as_string());
}

std::int64_t number_at(const json::object& from, std::string_view name, std::int64_t otherwise) {
    const json::value* found = from.if_contains(name);
    return found == nullptr || found->is_null() ? otherwise : found->as_int64();
}

std::optional<UnixSeconds> moment_at(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    return found == nullptr ? std::nullopt : std::optional(UnixSeconds{found->as_int64()});
}

template <typename Item>
void read_numbers(const json::object& from, std::string_view name, std::vector<Item>& into) {
    if (const json::value* found = from.if_contains(name)) {
        for (const json::value& item : found->as_array()) {
            into.push_back(Item{item.as_int64()});
        }
    }
}

void read_texts(const json::object& from, std::string_view name, std::vector<std::string>& into) {
    if (const json::value* found = from.if_contains(name)) {
        for (const json::value& item : found->as_array()) {
            into.emplace_back(item.as_string());
        }
    }
}

PlanAudience audience_from(const json::object& from) {
    PlanAudience audience;
    if (from.contains("text")) {
        audience.form = PlanAudience::Form::kText;
        audience.text = text_at(from, "text");
    } else if (from.contains("saved_audience_id")) {
        audience.form = PlanAudience::Form::kSaved;
        audience.saved_audience_id = number_at(from, "saved_audience_id", 0);
    } else {
        const json::object& tree = from.at("tree").as_object();
        read_numbers(tree, "place_ids", audience.places);
        read_numbers(tree, "exclude_place_ids", audience.exclude_places);
        read_texts(tree, "product_keys", audience.product_keys);
        read_numbers(tree, "group_ids", audience.groups);
        read_numbers(tree, "exclude_group_ids", audience.exclude_groups);
        read_texts(tree, "languages", audience.languages);
    }
    return audience;
}

PlanSchedule schedule_from(const json::object& from) {
    PlanSchedule schedule;
    const auto rhythm = plan_rhythm_from_name(text_at(from, "kind"));
    HAAT_ASSERT(rhythm.has_value());
    schedule.rhythm = *rhythm;
    schedule.at = moment_at(from, "at");
    schedule.minute_of_day = number_at(from, "minute_of_day", 0);
    read_numbers(from, "weekdays", schedule.weekdays);
    schedule.day_of_month = number_at(from, "day_of_month", 1);
    schedule.until_at = moment_at(from, "until_at");
    return schedule;
}

/// 1 (Monday) to 7, of the day that starts then in India.
std::int64_t weekday_of(UnixSeconds start_of_day) {
    constexpr std::int64_t kIndiaSeconds = 19'800;
    constexpr std::int64_t kThursday = 3;  // 1 January 1970, counted from Monday as 0
    return ((start_of_day.value + kIndiaSeconds) / kDaySeconds + kThursday) % 7 + 1;
}

int days_in_month(int year, int month) {
    constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

bool falls_on(const PlanSchedule& schedule, UnixSeconds day) {
    switch (schedule.rhythm) {
        case PlanRhythm::kDaily:
            return true;
        case PlanRhythm::kWeekly:
            return std::ranges::find(schedule.weekdays, weekday_of(day)) != schedule.weekdays.end();
        case PlanRhythm::kMonthly: {
            const Date date = date_in_india(day);
            const std::int64_t last = days_in_month(date.year, date.month);
            return date.day == std::min(schedule.day_of_month, last);
        }
        case PlanRhythm::kNow:
        case PlanRhythm::kAt:
            return false;
    }
    return false;
}

}  // namespace

std::string_view plan_mode_name(PlanMode mode) { return kModes.at(static_cast<std::size_t>(mode)); }
std::optional<PlanMode> plan_mode_from_name(std::string_view name) {
    return enum_from<PlanMode>(kModes, name);
}
std::string_view plan_rhythm_name(PlanRhythm rhythm) {
    return kRhythms.at(static_cast<std::size_t>(rhythm));
}
std::optional<PlanRhythm> plan_rhythm_from_name(std::string_view name) {
    return enum_from<PlanRhythm>(kRhythms, name);
}

registry::MessagePurpose PlanBody::message_purpose() const {
    return purpose == "demand" || purpose == "price" || purpose == "fair"
               ? registry::MessagePurpose::kMarket
               : registry::MessagePurpose::kNotice;
}

void write_plan_body(JsonWriter& out, const PlanBody& body) {
    out.begin_object().field("title", body.title).field("purpose", body.purpose);
    write_audience(out, body.audience);
    out.key("channels").begin_array();
    for (const PlanChannel& channel : body.channels) {
        out.begin_object().field("channel", registry::channel_name(channel.channel));
        out.field("wait_seconds", channel.wait_seconds).end_object();
    }
    out.end_array().field("may_arrive_twice", body.may_arrive_twice);
    out.field("mode", plan_mode_name(body.mode)).key("texts").begin_array();
    for (const PlanText& text : body.texts) {
        out.begin_object().field("template_name", text.template_name);
        write_texts(out, "params_hi", text.params_hi);
        write_texts(out, "params_en", text.params_en);
        if (text.demand_id) {
            out.field("demand_id", text.demand_id);
        }
        out.end_object();
    }
    out.end_array().field("share_a_percent", body.share_a_percent);
    out.field("share_b_percent", body.share_b_percent);
    write_schedule(out, body.schedule);
    out.field("expires_after_seconds", body.expires_after_seconds).key("budget_paise");
    if (body.budget) {
        out.number(body.budget->value);
    } else {
        out.null();
    }
    out.field("exclude_contacted_days", body.exclude_contacted_days).end_object();
}

std::string plan_body_json(const PlanBody& body) {
    JsonWriter out;
    write_plan_body(out, body);
    return out.take();
}

PlanBody plan_body_from_json(std::string_view text) {
    const json::value document = json::parse(json::string_view(text.data(), text.size()));
    const json::object& from = document.as_object();
    PlanBody body;
    body.title = text_at(from, "title");
    body.purpose = text_at(from, "purpose");
    body.audience = audience_from(from.at("audience").as_object());
    for (const json::value& item : from.at("channels").as_array()) {
        const json::object& channel = item.as_object();
        const auto known = registry::channel_from_name(text_at(channel, "channel"));
        HAAT_ASSERT(known.has_value());
        body.channels.push_back({*known, number_at(channel, "wait_seconds", 0)});
    }
    HAAT_ASSERT(!body.channels.empty());
    body.may_arrive_twice = from.at("may_arrive_twice").as_bool();
    body.mode = plan_mode_from_name(text_at(from, "mode")).value_or(PlanMode::kAtMostOnce);
    for (const json::value& item : from.at("texts").as_array()) {
        const json::object& text_json = item.as_object();
        PlanText plan_text{.template_name = text_at(text_json, "template_name"),
                           .params_hi = {},
                           .params_en = {},
                           .demand_id = {number_at(text_json, "demand_id", 0)}};
        read_texts(text_json, "params_hi", plan_text.params_hi);
        read_texts(text_json, "params_en", plan_text.params_en);
        body.texts.push_back(std::move(plan_text));
    }
    HAAT_ASSERT(!body.texts.empty());
    body.share_a_percent = number_at(from, "share_a_percent", 100);
    body.share_b_percent = number_at(from, "share_b_percent", 0);
    body.schedule = schedule_from(from.at("schedule").as_object());
    body.expires_after_seconds = number_at(from, "expires_after_seconds", 3 * kDaySeconds);
    if (const json::value& budget = from.at("budget_paise"); !budget.is_null()) {
        body.budget = Paise{budget.as_int64()};
    }
    body.exclude_contacted_days = number_at(from, "exclude_contacted_days", 0);
    return body;
}

std::optional<UnixSeconds> next_moment(const PlanSchedule& schedule, UnixSeconds after) {
    if (!schedule.repeats()) {
        return std::nullopt;
    }
    UnixSeconds day = start_of_day_in_india(date_in_india(after));
    // A month and a day hold every rhythm at least once.
    for (int tried = 0; tried <= 63; ++tried, day.value += kDaySeconds) {
        const UnixSeconds moment{day.value + schedule.minute_of_day * 60};
        if (moment > after && falls_on(schedule, day)) {
            return schedule.until_at && moment > *schedule.until_at ? std::nullopt
                                                                    : std::optional(moment);
        }
    }
    return std::nullopt;
}

}  // namespace haat::flows
