#include "ledger/journal.hpp"

#include <fmt/format.h>

#include <utility>

#include "journal_write.hpp"
#include "sql/entries.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

Entry read_entry(storage::Transaction& tx, sql::EntryByNumberRow row) {
    Entry entry{.number = row.entry_number,
                .key = std::move(row.entry_key),
                .kind = std::move(row.kind),
                .note = std::move(row.note),
                .booked_on = date_of_day(row.booked_on),
                .recorded_at = row.recorded_at,
                .reverses = row.reverses.value_or(0),
                .chain_hash = std::move(row.chain_hash),
                .lines = {}};
    for (auto& posting : sql::postings_of(tx, {.entry_number = entry.number})) {
        entry.lines.push_back({.account = std::move(posting.code), .amount = posting.amount_paise});
    }
    return entry;
}

/// Checks the chain entry by entry as its postings arrive in order.
class ChainWalk {
 public:
    void take(const sql::ChainWalkRow& row) {
        if (broken_) {
            return;
        }
        if (row.entry_number != entry_.number) {
            finish_entry();
            if (!broken_ && row.entry_number != entry_.number + 1) {
                broken_ = fmt::format("entry {} is missing", entry_.number + 1);
            }
            entry_ = Entry{.number = row.entry_number,
                           .key = row.entry_key,
                           .kind = row.kind,
                           .note = row.note,
                           .booked_on = date_of_day(row.booked_on),
                           .recorded_at = row.recorded_at,
                           .reverses = row.reverses.value_or(0),
                           .chain_hash = row.chain_hash,
                           .lines = {}};
            body_hash_ = row.body_hash;
        }
        entry_.lines.push_back({.account = row.code, .amount = row.amount_paise});
    }

    std::optional<std::string> finish(const ChainHead& head) {
        finish_entry();
        if (!broken_ && (head.entry_number != entry_.number || head.hash != previous_)) {
            broken_ = fmt::format("the chain ends at entry {}, but its head says {}", entry_.number,
                                  head.entry_number);
        }
        return broken_;
    }

 private:
    void finish_entry() {
        if (broken_ || entry_.number == 0) {
            return;
        }
        if (body_hash_of(entry_.kind, entry_.note, entry_.reverses, entry_.lines) != body_hash_) {
            broken_ = fmt::format("entry {} was changed: its body does not fit", entry_.number);
        } else if (sha256_hex(previous_ + "\n" + chain_text(entry_, body_hash_)) !=
                   entry_.chain_hash) {
            broken_ = fmt::format("entry {} was changed, or one before it", entry_.number);
        }
        previous_ = entry_.chain_hash;
    }

    Entry entry_;
    std::string body_hash_;
    std::string previous_ = std::string(64, '0');
    std::optional<std::string> broken_;
};

}  // namespace

Result<std::int64_t> post(storage::Transaction& tx, const EntryHead& head,
                          std::span<const Posting> postings, UnixSeconds now) {
    if (head.kind == kShareOutKind) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_entry", {{"why", "kind"}});
    }
    return write_entry(tx, head, std::nullopt, postings, now);
}

Result<std::int64_t> post_reversal(storage::Transaction& tx, const EntryHead& head,
                                   std::int64_t original, std::span<const Posting> postings,
                                   UnixSeconds now) {
    const auto first = sql::entry_by_number(tx, {.entry_number = original});
    if (!first) {
        return refuse(ErrorKind::kNotFound, "ledger.no_entry");
    }
    if (first->reverses || first->kind == kShareOutKind || head.kind == kShareOutKind) {
        return refuse(ErrorKind::kConflict, "ledger.not_reversible");
    }
    return write_entry(tx, head, original, postings, now);
}

Result<std::int64_t> reverse(storage::Transaction& tx, const EntryHead& head, std::int64_t original,
                             UnixSeconds now) {
    const auto lines = sql::postings_of(tx, {.entry_number = original});
    if (lines.empty()) {
        return refuse(ErrorKind::kNotFound, "ledger.no_entry");
    }
    std::vector<Posting> postings;
    for (const auto& line : lines) {
        postings.push_back({.account = line.code, .amount = -line.amount_paise});
    }
    return post_reversal(tx, head, original, postings, now);
}

Result<Entry> entry_by_number(storage::Transaction& tx, std::int64_t number) {
    auto row = sql::entry_by_number(tx, {.entry_number = number});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "ledger.no_entry");
    }
    return read_entry(tx, std::move(*row));
}

Result<Entry> entry_by_key(storage::Transaction& tx, std::string_view key) {
    const auto row = sql::entry_by_key(tx, {.entry_key = key});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "ledger.no_entry");
    }
    return entry_by_number(tx, row->entry_number);
}

void each_entry(storage::Transaction& tx, Date from, Date to,
                const std::function<void(const Entry&)>& each) {
    Entry entry;
    const auto flush = [&] {
        if (entry.number != 0) {
            each(entry);
        }
    };
    sql::lines_between(tx, {.from_day = day_number(from), .to_day = day_number(to)},
                       [&](const sql::LinesBetweenRow& row) {
                           if (row.entry_number != entry.number) {
                               flush();
                               entry = Entry{.number = row.entry_number,
                                             .key = row.entry_key,
                                             .kind = row.kind,
                                             .note = row.note,
                                             .booked_on = date_of_day(row.booked_on),
                                             .recorded_at = row.recorded_at,
                                             .reverses = row.reverses.value_or(0),
                                             .chain_hash = row.chain_hash,
                                             .lines = {}};
                           }
                           entry.lines.push_back({.account = row.code, .amount = row.amount_paise});
                       });
    flush();
}

std::vector<PostedLine> balances_at_end_of(storage::Transaction& tx, Date day) {
    std::vector<PostedLine> balances;
    for (auto& row : sql::balances_at(tx, {.day = day_number(day)})) {
        balances.push_back({.account = std::move(row.code), .amount = row.amount_paise});
    }
    return balances;
}

Result<Paise> balance(storage::Transaction& tx, std::string_view code) {
    return HAAT_TRY(find_account(tx, code)).balance;
}

Result<void> close_through(storage::Transaction& tx, Date through, UnixSeconds now) {
    const Head head = lock_head(tx);
    const auto last = closed_through(tx);
    if (last && through == *last) {
        return {};
    }
    if (last && through < *last) {
        return refuse(ErrorKind::kConflict, "ledger.closing_backwards", {{"day", iso_date(*last)}});
    }
    if (through >= date_in_india(now)) {
        return refuse(ErrorKind::kInvalid, "ledger.closing_future", {{"day", iso_date(through)}});
    }
    sql::closing_add(tx, {.closed_through = day_number(through),
                          .closed_at = now,
                          .entry_number = head.entry_number,
                          .chain_hash = head.chain_hash});
    return {};
}

std::optional<Date> closed_through(storage::Transaction& tx) {
    const auto row = sql::closing_last(tx);
    return row.closed_through ? std::optional(date_of_day(*row.closed_through)) : std::nullopt;
}

ChainHead chain_head(storage::Transaction& tx) {
    auto row = sql::head_read(tx);
    return {.entry_number = row.entry_number, .hash = std::move(row.chain_hash)};
}

std::optional<std::string> find_break_in_chain(storage::Transaction& tx) {
    ChainWalk walk;
    sql::chain_walk(tx, [&](const sql::ChainWalkRow& row) { walk.take(row); });
    return walk.finish(chain_head(tx));
}

}  // namespace haat::ledger
