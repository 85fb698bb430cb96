/// @file Tags: sets of people with a name, for attributes that others own (a scheme's stage, a
/// list from a fair). Kept in the database, so that an index rebuilt at start is complete, and
/// followed through the change log.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// Tags of kStage are "stage:" and the stage's name.
inline constexpr std::string_view kStagePrefix = "stage:";

enum class Tagging : std::uint8_t { kPut, kTake };

/// Puts people into a tag or takes them out. Rewrites up to 8 KB for each 65,536 ordinals touched:
/// slice calls so that one touches at most 64 of those. Repeating changes nothing.
/// @param tag  1..60 bytes of UTF-8.
/// @return registry.bad_tag.
[[nodiscard]] Result<void> set_tag(storage::Transaction& tx, std::string_view tag,
                                   std::span<const std::uint32_t> ordinals, Tagging tagging);

/// Tags that start with `prefix`, in order, at most `limit`; for suggestions.
[[nodiscard]] std::vector<std::string> tags_like(storage::Transaction& tx, std::string_view prefix,
                                                 int limit);

}  // namespace haat::registry
