#include "share_out_write.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <vector>

#include "journal_write.hpp"
#include "ledger/accounts.hpp"
#include "sql/share_outs.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

using Numbers = std::map<std::string, std::int64_t>;

/// An account's code without its first two words says whose it is: "person:17".
std::string owner_in(const std::string& account) {
    constexpr std::string_view kPayable = "liabilities:payable:";
    return account.starts_with(kPayable) ? account.substr(kPayable.size()) : std::string();
}

Result<void> open(storage::Transaction& tx, Numbers& numbers, const std::string& account,
                  UnixSeconds now) {
    if (!numbers.contains(account)) {
        numbers[account] =
            HAAT_TRY(open_account(tx, account, owner_in(account), Guard::kFree, now));
    }
    return {};
}

void write_lines(storage::Transaction& tx, ShareOutId id, const Split& split,
                 const Numbers& numbers) {
    std::vector<sql::ShareLineAddParams> lines;
    for (const SplitLine& line : split.lines) {
        lines.push_back({.share_out_id = id,
                         .line = std::ssize(lines) + 1,
                         .role = line.role,
                         .class_code = line.class_code,
                         .account_number = numbers.at(line.account),
                         .weight = line.weight,
                         .amount_paise = line.amount,
                         .reason = line.reason});
    }
    sql::share_line_add(tx, lines);
    std::vector<sql::ClaimAddParams> claims;
    for (const Claim& claim : split.claims) {
        claims.push_back({.share_out_id = id,
                          .line = std::ssize(claims) + 1,
                          .class_code = claim.class_code,
                          .account_number = numbers.at(claim.account),
                          .weight = claim.weight});
    }
    if (!claims.empty()) {
        sql::claim_add(tx, claims);
    }
}

}  // namespace

Result<std::optional<ShareOutReceipt>> find_repeat(storage::Transaction& tx, std::string_view key,
                                                   const std::string& body_hash) {
    if (!is_key(key, 120)) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_share_out", {{"why", "key"}});
    }
    (void)lock_head(tx);
    const auto first = sql::share_out_by_key(tx, {.entry_key = key});
    if (!first) {
        return std::optional<ShareOutReceipt>();
    }
    if (first->body_hash != body_hash) {
        return refuse(ErrorKind::kConflict, "ledger.key_reused", {{"key", std::string(key)}});
    }
    return std::optional(ShareOutReceipt{.id = first->share_out_id,
                                         .entry_number = first->entry_number,
                                         .surplus = first->surplus_paise,
                                         .in_suspense = first->suspense_lines > 0});
}

Result<ShareOutReceipt> record(storage::Transaction& tx, const Record& what, const Split& split,
                               const Carries& carries, UnixSeconds now) {
    Numbers numbers;
    HAAT_TRY(open(tx, numbers, what.source, now));
    for (const SplitLine& line : split.lines) {
        HAAT_TRY(open(tx, numbers, line.account, now));
    }
    for (const Claim& claim : split.claims) {
        HAAT_TRY(open(tx, numbers, claim.account, now));
    }

    std::vector<Posting> postings;
    if (what.from_source.value != 0) {
        postings.push_back({.account = what.source, .amount = what.from_source});
    }
    bool waits = false;
    for (const SplitLine& line : split.lines) {
        if (line.amount.value != 0) {
            postings.push_back({.account = line.account, .amount = -line.amount});
        }
        waits = waits || (line.role == "suspense" && line.amount.value > 0);
    }
    const std::string note = fmt::format("{} {}{}{}", what.kind, what.sale_ref,
                                         what.rule_name.empty() ? "" : " rule ", what.rule_name);
    const std::int64_t entry = HAAT_TRY(
        write_entry(tx, {.key = what.key, .kind = kShareOutKind, .note = note, .booked_on = {}},
                    what.reverses_entry, postings, now));

    const auto id = tx.new_id_as<ShareOutId>();
    sql::share_out_add(tx, {.share_out_id = id,
                            .entry_key = what.key,
                            .body_hash = what.body_hash,
                            .kind = what.kind,
                            .sale_ref = what.sale_ref,
                            .sale_entry_number = what.sale_entry,
                            .entry_number = entry,
                            .source_account = numbers.at(what.source),
                            .rule_name = what.rule_name,
                            .rule_id = split.rule_id,
                            .refers_share_out_id = what.refers,
                            .proceeds_paise = what.from_source,
                            .surplus_paise = split.surplus,
                            .carried = split.carried ? 1 : 0,
                            .booked_on = day_number(date_in_india(now)),
                            .recorded_at = now});
    write_lines(tx, id, split, numbers);
    carries.save(tx);
    return ShareOutReceipt{
        .id = id, .entry_number = entry, .surplus = split.surplus, .in_suspense = waits};
}

}  // namespace haat::ledger
