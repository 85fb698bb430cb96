#include "journal_write.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "sql/accounts.hpp"
#include "sql/entries.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

constexpr std::int64_t kMostPaise = 10'000'000'000'000;
constexpr std::size_t kMostPostings = 10'000;

struct Leg {
    sql::AccountFindRow account;
    Paise change;  // of all postings of the entry on this account
};

using Legs = std::map<std::string_view, Leg>;

Result<void> check_form(const EntryHead& head, std::span<const Posting> postings) {
    if (!is_key(head.key, 120) || !is_word(head.kind, 32) || !is_note(head.note, 200)) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_entry", {{"why", "head"}});
    }
    if (postings.size() < 2 || postings.size() > kMostPostings) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_entry", {{"why", "count"}});
    }
    Paise sum;
    for (const Posting& posting : postings) {
        if (posting.amount.value == 0 || posting.amount.value > kMostPaise ||
            posting.amount.value < -kMostPaise) {
            return refuse(ErrorKind::kInvalid, "ledger.bad_entry", {{"why", "amount"}});
        }
        sum += posting.amount;
    }
    if (sum.value != 0) {
        return refuse(ErrorKind::kInvalid, "ledger.unbalanced", {{"sum", rupees_plain(sum)}});
    }
    return {};
}

Result<Legs> find_legs(storage::Transaction& tx, std::span<const Posting> postings) {
    Legs legs;
    for (const Posting& posting : postings) {
        auto leg = legs.find(posting.account);
        if (leg == legs.end()) {
            auto found = sql::account_find(tx, {.code = posting.account});
            if (!found) {
                return refuse(ErrorKind::kNotFound, "ledger.no_account",
                              {{"account", std::string(posting.account)}});
            }
            leg = legs.emplace(posting.account, Leg{.account = std::move(*found)}).first;
        }
        leg->second.change += posting.amount;
    }
    return legs;
}

Result<void> check_guards(const Legs& legs) {
    for (const auto& [code, leg] : legs) {
        const bool debit_side = leg.account.kind == "asset" || leg.account.kind == "expense";
        const Paise after = leg.account.balance_paise + leg.change;
        if (leg.account.guarded != 0 && (debit_side ? after.value < 0 : after.value > 0)) {
            return refuse(ErrorKind::kConflict, "ledger.would_be_negative",
                          {{"account", std::string(code)}});
        }
    }
    return {};
}

/// For each account, this reversal and all together must stay between nothing and the original.
Result<void> check_reversal(storage::Transaction& tx, std::int64_t original, const Legs& legs) {
    std::map<std::int64_t, Paise> booked;
    for (const auto& row : sql::postings_of(tx, {.entry_number = original})) {
        booked[row.account_number] += row.amount_paise;
    }
    std::map<std::int64_t, Paise> taken;
    for (const auto& row : sql::reversed_so_far(tx, {.original = original})) {
        taken[row.account_number] = row.amount_paise;
    }
    for (const auto& [code, leg] : legs) {
        const auto first = booked.find(leg.account.account_number);
        const Paise limit = first == booked.end() ? Paise{} : -first->second;
        const Paise total = taken[leg.account.account_number] + leg.change;
        const auto within = [&](Paise amount) {
            return amount >= std::min(limit, Paise{}) && amount <= std::max(limit, Paise{});
        };
        if (first == booked.end() || !within(leg.change) || !within(total)) {
            return refuse(ErrorKind::kConflict, "ledger.reversal_exceeds",
                          {{"account", std::string(code)}});
        }
    }
    return {};
}

void write_rows(storage::Transaction& tx, const Entry& entry, const std::string& body_hash,
                const std::string& previous, const Legs& legs, std::span<const Posting> postings) {
    std::vector<sql::PostingAddParams> rows;
    rows.reserve(postings.size());
    for (const Posting& posting : postings) {
        rows.push_back({.entry_number = entry.number,
                        .line = std::ssize(rows) + 1,
                        .account_number = legs.at(posting.account).account.account_number,
                        .amount_paise = posting.amount});
    }
    sql::posting_add(tx, rows);
    const std::string chain_hash = sha256_hex(previous + "\n" + chain_text(entry, body_hash));
    sql::entry_add(tx,
                   {.entry_number = entry.number,
                    .entry_key = entry.key,
                    .kind = entry.kind,
                    .note = entry.note,
                    .booked_on = day_number(entry.booked_on),
                    .recorded_at = entry.recorded_at,
                    .reverses = entry.reverses == 0 ? std::nullopt : std::optional(entry.reverses),
                    .body_hash = body_hash,
                    .chain_hash = chain_hash});
    for (const auto& [code, leg] : legs) {
        const auto moved = sql::balance_move(
            tx, {.account_number = leg.account.account_number, .amount_paise = leg.change});
        HAAT_ASSERT(moved.balance_paise == leg.account.balance_paise + leg.change);
    }
    sql::head_move(tx, {.entry_number = entry.number, .chain_hash = chain_hash});
}

}  // namespace

std::string body_hash_of(std::string_view kind, std::string_view note, std::int64_t reverses,
                         std::vector<PostedLine> lines) {
    std::ranges::sort(lines, {}, [](const PostedLine& line) {
        return std::tie(line.account, line.amount.value);
    });
    std::string text = fmt::format("haat-body-1\n{}\n{}\n{}\n", kind, note, reverses);
    for (const PostedLine& line : lines) {
        fmt::format_to(std::back_inserter(text), "{} {}\n", line.account, line.amount.value);
    }
    return sha256_hex(text);
}

std::string chain_text(const Entry& entry, std::string_view body_hash) {
    std::string text = fmt::format("haat-entry-1\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", entry.number,
                                   entry.key, entry.kind, entry.note, day_number(entry.booked_on),
                                   entry.recorded_at.value, entry.reverses, body_hash);
    for (const PostedLine& line : entry.lines) {
        fmt::format_to(std::back_inserter(text), "{} {}\n", line.account, line.amount.value);
    }
    return text;
}

Head lock_head(storage::Transaction& tx) {
    auto row = sql::head_lock(tx);
    return {.entry_number = row.entry_number, .chain_hash = std::move(row.chain_hash)};
}

Result<std::int64_t> write_entry(storage::Transaction& tx, const EntryHead& head,
                                 std::optional<std::int64_t> reverses,
                                 std::span<const Posting> postings, UnixSeconds now) {
    HAAT_TRY(check_form(head, postings));
    const Head end = lock_head(tx);

    Entry entry{.number = end.entry_number + 1,
                .key = std::string(head.key),
                .kind = std::string(head.kind),
                .note = std::string(head.note),
                .booked_on = head.booked_on.value_or(date_in_india(now)),
                .recorded_at = now,
                .reverses = reverses.value_or(0),
                .chain_hash = {},
                .lines = {}};
    for (const Posting& posting : postings) {
        entry.lines.push_back({.account = std::string(posting.account), .amount = posting.amount});
    }
    const std::string body_hash = body_hash_of(head.kind, head.note, entry.reverses, entry.lines);
    if (const auto first = sql::entry_by_key(tx, {.entry_key = head.key})) {
        if (first->body_hash == body_hash) {
            return first->entry_number;
        }
        return refuse(ErrorKind::kConflict, "ledger.key_reused", {{"key", entry.key}});
    }

    const auto closed = closed_through(tx);
    if (closed && entry.booked_on <= *closed) {
        return refuse(ErrorKind::kConflict, "ledger.period_closed",
                      {{"day", iso_date(entry.booked_on)}});
    }
    const Legs legs = HAAT_TRY(find_legs(tx, postings));
    if (reverses) {
        HAAT_TRY(check_reversal(tx, *reverses, legs));
    }
    HAAT_TRY(check_guards(legs));
    write_rows(tx, entry, body_hash, end.chain_hash, legs, postings);
    return entry.number;
}

}  // namespace haat::ledger
