/// @file The double-entry journal: the only code that moves money. Append-only.
/// Each entry sums to zero paise, so no sale can leave a rupee unaccounted for.
/// Source: docs/domain/share-out.md, section 2 (jail goods: staff, makers, victims' families).
///
/// Each entry carries the SHA-256 of the one before and of itself, so that whoever has kept one
/// hash can prove that nothing booked until then has been changed; the format is in
/// docs/domain/share-out.md, section 6, and needs no more than `sha256sum` to check.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "ledger/accounts.hpp"
#include "storage/transaction.hpp"

namespace haat::ledger {

/// One leg of an entry. A debit is positive, a credit negative.
struct Posting {
    std::string_view account;  ///< Code of an open account.
    Paise amount;              ///< Never 0; at most 10^13 (Rs 10,000 crore) either way.
};

/// What an entry is about, beside its postings.
struct EntryHead {
    std::string_view key;   ///< Names the cause, as "sale:81723"; 1..120 bytes of ASCII.
    std::string_view kind;  ///< "sale", "share-out", "payout"…: 1..32 of a-z, 0-9, '-'.
    std::string_view note;  ///< For the books; one line, at most 200 bytes, no names of people.
    std::optional<Date> booked_on;  ///< The day it belongs to; none: today in India.
};

/// Writes one entry and returns its number, counted from 1. Costs 3 + 2N row writes for N postings,
/// and waits for other transactions that post: the chain has one end.
/// Safe to repeat: the same `key` with the same kind, note and postings (in any order) writes
/// nothing and returns the first number, whatever the day.
/// @param postings  2..10,000 legs that sum to exactly 0.
/// @return On refusal nothing is written: ledger.unbalanced, ledger.bad_entry, ledger.no_account,
///   ledger.key_reused, ledger.period_closed, ledger.would_be_negative (param account).
/// @throws storage::Failure if the database fails; the owner of `tx` rolls back.
[[nodiscard]] Result<std::int64_t> post(storage::Transaction& tx, const EntryHead& head,
                                        std::span<const Posting> postings, UnixSeconds now);

/// Takes an entry back, wholly or in part, by an entry that names it. For each account the sum of
/// all reversals stays within the original amount and on its other side. Safe to repeat, as post.
/// @param original  Number of an entry that is not itself a reversal.
/// @return As post, and ledger.no_entry, ledger.reversal_exceeds, ledger.not_reversible.
[[nodiscard]] Result<std::int64_t> post_reversal(storage::Transaction& tx, const EntryHead& head,
                                                 std::int64_t original,
                                                 std::span<const Posting> postings,
                                                 UnixSeconds now);

/// Takes an entry back wholly. Refusals as post_reversal; one that was partly reversed before is
/// ledger.reversal_exceeds.
[[nodiscard]] Result<std::int64_t> reverse(storage::Transaction& tx, const EntryHead& head,
                                           std::int64_t original, UnixSeconds now);

struct PostedLine {
    std::string account;
    Paise amount;
};

struct Entry {
    std::int64_t number = 0;
    std::string key;
    std::string kind;
    std::string note;
    Date booked_on;
    UnixSeconds recorded_at;
    std::int64_t reverses = 0;  ///< Number of the entry taken back; 0: none.
    std::string chain_hash;     ///< 64 hexadecimal digits.
    std::vector<PostedLine> lines;
};

/// @return ledger.no_entry.
[[nodiscard]] Result<Entry> entry_by_key(storage::Transaction& tx, std::string_view key);
[[nodiscard]] Result<Entry> entry_by_number(storage::Transaction& tx, std::int64_t number);

/// Hands over the entries of the days `from`..`to` (both included) by day, then number. One entry
/// is in memory at a time. The callback may not use `tx`.
void each_entry(storage::Transaction& tx, Date from, Date to,
                const std::function<void(const Entry&)>& each);

/// The account's code and what stood on it when that day ended (debit positive); accounts never
/// posted to by then are left out; in the order of their codes.
[[nodiscard]] std::vector<PostedLine> balances_at_end_of(storage::Transaction& tx, Date day);

/// Balance of one account now; 0 if nothing was ever posted. Refusal: ledger.no_account.
[[nodiscard]] Result<Paise> balance(storage::Transaction& tx, std::string_view code);

/// Closes all days up to and including `through`: entries booked on them are refused from now on.
/// Closings only move forward; the same day again does nothing.
/// @return ledger.closing_backwards, ledger.closing_future (a day that has not ended in India).
[[nodiscard]] Result<void> close_through(storage::Transaction& tx, Date through, UnixSeconds now);
[[nodiscard]] std::optional<Date> closed_through(storage::Transaction& tx);

/// The end of the chain: print it, send it, keep it where nobody can change it.
struct ChainHead {
    std::int64_t entry_number = 0;
    std::string hash;
};
[[nodiscard]] ChainHead chain_head(storage::Transaction& tx);

/// Recomputes every hash. Reads the whole journal: about 12 µs of CPU an entry.
/// @return Nothing if the chain is whole and ends at chain_head; else where it breaks.
[[nodiscard]] std::optional<std::string> find_break_in_chain(storage::Transaction& tx);

}  // namespace haat::ledger
