/// @file What share-out, reversal and release have in common: the repeat, the entry, the record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "carries.hpp"
#include "ledger/share_out.hpp"
#include "split.hpp"

namespace haat::ledger {

/// Everything of one record beside its lines.
struct Record {
    std::string_view kind;  // "share", "reversal", "release"
    std::string_view key;
    std::string body_hash;
    std::string sale_ref;
    std::int64_t sale_entry = 0;
    std::string source;  // where the proceeds were
    Paise from_source;   // what the entry takes from there (a reversal: below 0)
    std::string rule_name;
    std::optional<ShareOutId> refers;
    std::optional<std::int64_t> reverses_entry;
};

/// The receipt of an earlier call with this key, or the refusal that it was another request.
/// Nothing: the key is free. Holds the end of the chain from here on.
[[nodiscard]] Result<std::optional<ShareOutReceipt>> find_repeat(storage::Transaction& tx,
                                                                 std::string_view key,
                                                                 const std::string& body_hash);

/// Opens the accounts, posts the entry, writes the record, its lines, its claims and the carries.
[[nodiscard]] Result<ShareOutReceipt> record(storage::Transaction& tx, const Record& what,
                                             const Split& split, const Carries& carries,
                                             UnixSeconds now);

}  // namespace haat::ledger
