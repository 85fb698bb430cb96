#include "demo_plan.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace haat::app {
namespace {

// Longer than a run is left to a process that was killed over it (flows/src/run_plans.cpp).
constexpr int kTries = 900;
constexpr int kPauseMilliseconds = 100;

std::string plan_json(const PlannedMessage& message) {
    return fmt::format(
        R"({{"device_id":"{}","plan":{{"title":"{}","purpose":"{}","audience":{{"tree":{}}},)"
        R"("channels":[{{"channel":"whatsapp","wait_seconds":0}}],"may_arrive_twice":false,)"
        R"("mode":"at_most_once","texts":[{}],"share_a_percent":100,"share_b_percent":0,)"
        R"("schedule":{{"kind":"now"}},"expires_after_seconds":259200,"budget_paise":null,)"
        R"("exclude_contacted_days":0}}}})",
        message.device_id, message.device_id, message.purpose, message.tree, message.text);
}

}  // namespace

std::int64_t send_planned(WebUser& officer, WebUser& second, const PlannedMessage& message) {
    const boost::json::value made = officer.must_post("/api/plans", plan_json(message));
    const std::string path =
        fmt::format("/api/plans/{}", made.at("plan").at("plan_id").to_number<std::int64_t>());
    std::string refusal;
    for (int attempt = 0; attempt < kTries; ++attempt) {
        const boost::json::value seen = officer.must_get(path);
        const boost::json::value& plan = seen.at("plan");
        if (!plan.at("last_broadcast_id").is_null()) {
            return plan.at("last_broadcast_id").to_number<std::int64_t>();
        }
        const std::string yes = fmt::format(R"({{"confirm_count":{},"content_hash":"{}"}})",
                                            seen.at("people").to_number<std::int64_t>(),
                                            std::string(plan.at("content_hash").as_string()));
        // Refused if the count moved meanwhile, or if the yes before was kept and its answer lost.
        if (plan.at("state").as_string() == "draft") {
            refusal = officer.post(path + "/submit", yes).body;
        } else if (plan.at("state").as_string() == "awaiting_second_yes") {
            refusal = second.post(path + "/approve", yes).body;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMilliseconds));
    }
    throw std::runtime_error("plan: it was not sent: " + refusal);
}

}  // namespace haat::app
