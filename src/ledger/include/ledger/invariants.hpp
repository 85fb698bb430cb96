/// @file The laws of the ledger, each in a file of its own (src/ledger/invariants/). Tests,
/// simulation and `haat doctor` run them all; they only read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/transaction.hpp"

namespace haat::ledger {

/// One law. `broken` returns nothing if it holds, else which entry or account breaks it and by how
/// much, in English for the operator, without personal data.
struct Law {
    std::string_view name;  ///< "entries-sum-to-zero"
    std::optional<std::string> (*broken)(storage::Transaction& tx);
};

[[nodiscard]] std::span<const Law> all_laws();

struct Breach {
    std::string_view law;
    std::string explanation;
};

/// Checks every law on the snapshot of `tx`. Reads the whole journal. Empty: all hold.
[[nodiscard]] std::vector<Breach> check_invariants(storage::Transaction& tx);

}  // namespace haat::ledger
