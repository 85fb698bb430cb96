/// @file What the demonstration plays in: real places, made-up people, sites, accounts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace haat::app {

/// Everybody in the demonstration signs in with it; such a database never leaves this machine.
inline constexpr const char* kDemoPassword = "haat-namuna-2026";

/// A phone that the simulator plays.
struct DemoPhone {
    std::string number;
    std::string name;
};

struct DemoWorld {
    std::vector<DemoPhone> phones;  ///< Of everybody with WhatsApp.
    std::int64_t people = 0;
};

/// Makes whatever is missing: schema, places, products, people, sites, accounts ("state",
/// "state2", "shop", "point", "house", "mall", "museum", "jail", "auditor"). Safe to repeat; a few
/// seconds.
/// @return app.demo_not_synthetic if real people are in this database.
[[nodiscard]] Result<DemoWorld> make_demo_world(const storage::OpenOptions& options,
                                                std::int64_t people, std::uint64_t seed);

}  // namespace haat::app
