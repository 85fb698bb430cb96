/// @file The main job from end to end, done over the web as its people do it: a shop wants mango
/// pickle; haat asks the women who make it; they answer in their own words; their lots become an
/// order, are weighed, packed, sent to the Khadi Mall, sold, and shared out. And one batch of jail
/// goods, sold in the museum's shop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "demo_web.hpp"
#include "demo_world.hpp"

namespace haat::app {

struct StoryOptions {
    std::string haat_url;
    std::string simulator_url;
    std::string run;  ///< Part of every device id; one run, one set of ids.
    std::uint64_t seed = 1;
    int pause_milliseconds = 0;  ///< Between steps, for people who watch.
    std::function<void(std::string_view key, std::int64_t number)> tell;  ///< "app.demo_offers", 57
};

/// What came of it, as judged by haat and by the simulator's own log.
struct StoryReport {
    std::int64_t recipients = 0;
    std::int64_t shared = 0;
    std::int64_t accepted = 0;
    std::int64_t delivered = 0;
    std::int64_t read = 0;
    std::int64_t rejected = 0;
    std::int64_t suppressed = 0;
    std::int64_t expired = 0;
    std::int64_t unknown = 0;
    std::int64_t mail_recipients = 0;
    std::int64_t mail_accepted = 0;
    std::int64_t mail_unknown = 0;
    std::int64_t replies = 0;
    std::int64_t offers = 0;
    std::int64_t orders = 0;
    std::int64_t lots = 0;
    std::int64_t sales = 0;
    std::map<std::string, std::int64_t> shares_paise;  ///< By class.
    std::int64_t missing = 0;
    std::int64_t duplicated = 0;
    std::int64_t unaccounted_paise = 0;
};

/// Gives every phone its way of answering, and tells the simulator where haat is.
/// @throws std::runtime_error if the simulator refuses.
void set_up_phones(WebUser& simulator, const DemoWorld& world, const std::string& webhook_url,
                   std::uint64_t seed);

/// Plays the story to its end. @throws std::runtime_error where it cannot go on.
[[nodiscard]] StoryReport play_story(const StoryOptions& options);

/// One JSON object.
[[nodiscard]] std::string to_json(const StoryReport& report, std::string_view engine,
                                  std::int64_t server_starts, std::int64_t milliseconds);

}  // namespace haat::app
