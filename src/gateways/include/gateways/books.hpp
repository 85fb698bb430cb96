/// @file The ledger's entries of a period as files that two independent accounting programs read:
/// an auditor checks our books without us, with `hledger check --strict` or `bean-check`.
/// Every account and the commodity are declared, the opening balances are an entry of their own,
/// and each account's closing balance is asserted, so that not only the sums but our balances too
/// are checked.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::gateways {

enum class BooksFormat : std::uint8_t { kHledger, kBeancount };

/// Takes the file piece by piece; pieces are valid only during the call.
using BooksSink = std::function<void(std::string_view)>;

struct BooksSummary {
    std::int64_t entries = 0;
    std::int64_t accounts = 0;
    std::int64_t bytes = 0;
};

/// Writes the books of the days `from`..`to` (both included) to `sink`, one entry at a time; the
/// balances are in memory (about 100 bytes an account). Ids stand for people; no name is written.
/// hledger needs about 12 KB of memory an entry, so give it a slice of a large ledger.
/// @return gateways.bad_period if `to` is before `from`.
[[nodiscard]] Result<BooksSummary> export_books(storage::Transaction& tx, BooksFormat format,
                                                Date from, Date to, const BooksSink& sink);

}  // namespace haat::gateways
