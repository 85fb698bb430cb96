/// @file The one place that writes entries; what the public functions and the share-out have in
/// common.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/journal.hpp"

namespace haat::ledger {

/// The kind that only share_out.cpp may write, so that each such entry has its record.
inline constexpr std::string_view kShareOutKind = "share-out";

/// Holds the end of the chain until the transaction ends: from here on nobody else posts, and what
/// is read of balances, carries and keys stays true.
struct Head {
    std::int64_t entry_number = 0;
    std::string chain_hash;
};
[[nodiscard]] Head lock_head(storage::Transaction& tx);

[[nodiscard]] Result<std::int64_t> write_entry(storage::Transaction& tx, const EntryHead& head,
                                               std::optional<std::int64_t> reverses,
                                               std::span<const Posting> postings, UnixSeconds now);

/// The text whose hash, after the hash before it and a line feed, is an entry's chain hash; and the
/// hash of what makes two posts the same.
[[nodiscard]] std::string chain_text(const Entry& entry, std::string_view body_hash);
[[nodiscard]] std::string body_hash_of(std::string_view kind, std::string_view note,
                                       std::int64_t reverses, std::vector<PostedLine> lines);

}  // namespace haat::ledger
