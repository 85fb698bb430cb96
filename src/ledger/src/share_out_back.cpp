// What comes after a share-out: the refund that takes it back, the order that frees what waits.
#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

#include "ledger/accounts.hpp"
#include "ledger/allocation.hpp"
#include "ledger/share_out.hpp"
#include "share_out_write.hpp"
#include "sql/share_outs.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

Result<sql::ShareOutGetRow> find_share_out(storage::Transaction& tx, ShareOutId id) {
    auto found = sql::share_out_get(tx, {.share_out_id = id});
    if (!found) {
        return refuse(ErrorKind::kNotFound, "ledger.no_share_out");
    }
    return std::move(*found);
}

/// Takes `refund` from the lines that gave, in proportion to what is left of each.
Result<Split> take_back(const std::vector<sql::LinesLeftRow>& lines, Paise refund) {
    std::vector<std::int64_t> left;
    Paise left_in_all;
    for (const auto& line : lines) {
        left.push_back(line.amount_paise.value > 0 ? line.left_paise.value : 0);
        left_in_all += Paise{left.back()};
    }
    if (refund.value < 1 || refund > left_in_all) {
        return refuse(ErrorKind::kConflict, "ledger.reversal_exceeds",
                      {{"left", rupees_plain(left_in_all)}});
    }
    const std::vector<Paise> parts = HAAT_TRY(allocate(refund, left));
    Split split;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        // A release took its money from suspense by a line below zero: that is put back.
        const bool gave = lines[i].amount_paise.value >= 0;
        const Paise amount = gave ? -parts[i] : refund;
        split.lines.push_back({.role = lines[i].role,
                               .class_code = lines[i].class_code,
                               .account = lines[i].account,
                               .weight = lines[i].weight,
                               .amount = amount,
                               .reason = {}});
        if (lines[i].role != "deduction" && gave) {
            split.surplus += amount;
        }
    }
    return split;
}

Paise waiting_of(storage::Transaction& tx, ShareOutId id) {
    Paise waits;
    for (const auto& line : sql::lines_left(tx, {.share_out_id = id})) {
        waits += line.role == "suspense" ? line.left_paise : Paise{};
    }
    return waits - sql::released_left(tx, {.share_out_id = id}).amount_paise;
}

}  // namespace

Result<ShareOutReceipt> reverse_share_out(storage::Transaction& tx, std::string_view key,
                                          ShareOutId id, Paise refund, UnixSeconds now) {
    const std::string body_hash =
        sha256_hex(fmt::format("haat-share-out-back-1\n{}\n{}\n", id.value, refund.value));
    if (const auto first = HAAT_TRY(find_repeat(tx, key, body_hash))) {
        return *first;
    }
    const auto original = HAAT_TRY(find_share_out(tx, id));
    if (original.kind == "reversal" ||
        sql::released_left(tx, {.share_out_id = id}).amount_paise.value != 0) {
        return refuse(ErrorKind::kConflict, "ledger.not_reversible");
    }
    Split split = HAAT_TRY(take_back(sql::lines_left(tx, {.share_out_id = id}), refund));
    split.rule_id = original.rule_id;
    const Record what{.kind = "reversal",
                      .key = key,
                      .body_hash = body_hash,
                      .sale_ref = original.sale_ref,
                      .sale_entry = original.sale_entry_number,
                      .source = original.source,
                      .from_source = original.kind == "share" ? -refund : Paise{},
                      .rule_name = original.rule_name,
                      .refers = id,
                      .reverses_entry = original.entry_number};
    return record(tx, what, split, Carries{}, now);
}

Result<ShareOutReceipt> release_suspense(storage::Transaction& tx, std::string_view key,
                                         ShareOutId id, UnixSeconds now) {
    const std::string body_hash = sha256_hex(fmt::format("haat-release-1\n{}\n", id.value));
    if (const auto first = HAAT_TRY(find_repeat(tx, key, body_hash))) {
        return *first;
    }
    const auto original = HAAT_TRY(find_share_out(tx, id));
    Split split{.lines = {}, .surplus = waiting_of(tx, id), .rule_id = {}, .claims = {}};
    if (original.kind != "share" || split.surplus.value <= 0) {
        return refuse(ErrorKind::kConflict, "ledger.nothing_waits");
    }
    const auto rule = rule_in_force(tx, original.rule_name, date_in_india(now));
    if (!rule) {
        return refuse(ErrorKind::kConflict, "ledger.no_rule", {{"rule", original.rule_name}});
    }
    std::vector<Claim> claims;
    for (auto& row : sql::claims_of(tx, {.share_out_id = id})) {
        claims.push_back({.class_code = std::move(row.class_code),
                          .account = std::move(row.account),
                          .weight = row.weight});
    }
    split.lines.push_back({.role = "suspense",
                           .class_code = original.rule_name,
                           .account = suspense_of(original.rule_name),
                           .weight = 0,
                           .amount = -split.surplus,
                           .reason = rule->order_number});
    Carries carries;
    HAAT_TRY(give_by_rule(tx, carries, split, *rule, claims));
    const Record what{.kind = "release",
                      .key = key,
                      .body_hash = body_hash,
                      .sale_ref = original.sale_ref,
                      .sale_entry = original.sale_entry_number,
                      .source = original.source,
                      .from_source = {},
                      .rule_name = original.rule_name,
                      .refers = id,
                      .reverses_entry = {}};
    return record(tx, what, split, carries, now);
}

}  // namespace haat::ledger
