#include "ledger/share_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>

#include "ledger/accounts.hpp"
#include "ledger/allocation.hpp"
#include "ledger/journal.hpp"
#include "share_out_write.hpp"
#include "sql/share_outs.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

std::unexpected<Error> bad(std::string_view why) {
    return refuse(ErrorKind::kInvalid, "ledger.bad_share_out", {{"why", std::string(why)}});
}

/// The hash of what makes two requests the same.
std::string body_hash_of(const ShareOut& request) {
    std::string text =
        fmt::format("haat-share-out-1\n{}\n{}\n{}\n{}\n{}\n", request.sale_ref, request.sale_entry,
                    request.source, request.proceeds.value, request.rule);
    const auto out = std::back_inserter(text);
    for (const Deduction& part : request.deductions) {
        fmt::format_to(out, "- {} {} {} {} {} {}\n", part.code, part.account, part.amount.value,
                       part.basis_points, part.of == CutOf::kLeft ? "left" : "amount", part.reason);
    }
    for (const PayeeClass& part : request.classes) {
        fmt::format_to(out, "= {}\n", part.code);
        for (const Payee& payee : part.payees) {
            fmt::format_to(out, "+ {} {}\n", payee.account, payee.weight);
        }
    }
    return sha256_hex(text);
}

Result<std::vector<Claim>> claims_of(const ShareOut& request) {
    std::vector<Claim> claims;
    for (auto part = request.classes.begin(); part != request.classes.end(); ++part) {
        if (!is_word(part->code, 32) || std::ranges::find(request.classes.begin(), part, part->code,
                                                          &PayeeClass::code) != part) {
            return bad("class");
        }
        for (const Payee& payee : part->payees) {
            claims.push_back({.class_code = std::string(part->code),
                              .account = std::string(payee.account),
                              .weight = payee.weight});
        }
    }
    return claims;
}

/// The sale must have brought what is to be shared, and nobody may have shared it yet.
Result<Date> check_proceeds(storage::Transaction& tx, const ShareOut& request) {
    const Entry sale = HAAT_TRY(entry_by_number(tx, request.sale_entry));
    if (sale.kind != "sale" || sale.reverses != 0) {
        return bad("sale");
    }
    const Paise credited =
        sql::credited_by(tx, {.sale_entry_number = sale.number, .code = request.source})
            .amount_paise;
    const Paise shared =
        sql::shared_of(tx, {.sale_entry_number = sale.number, .code = request.source}).amount_paise;
    if (request.proceeds > credited - shared) {
        return refuse(ErrorKind::kConflict, "ledger.proceeds_exceed",
                      {{"left", rupees_plain(credited - shared)}});
    }
    return sale.booked_on;
}

/// The surplus waits: the claims are checked against the newest version of the rule, whatever it
/// stands on, so that a later order finds them in order.
Result<void> leave_in_suspense(storage::Transaction& tx, Split& split, std::string_view rule_name,
                               std::vector<Claim> claims) {
    const std::vector<Rule> rules = all_rules(tx);
    const auto newest = std::ranges::find(rules, rule_name, &Rule::name);
    if (newest == rules.end()) {
        return refuse(ErrorKind::kNotFound, "ledger.no_rule", {{"rule", std::string(rule_name)}});
    }
    HAAT_TRY(check_claims(*newest, claims));
    split.lines.push_back({.role = "suspense",
                           .class_code = std::string(rule_name),
                           .account = suspense_of(rule_name),
                           .weight = 0,
                           .amount = split.surplus,
                           .reason = {}});
    split.claims = std::move(claims);
    return {};
}

Result<void> give(storage::Transaction& tx, Carries& carries, Split& split, const ShareOut& request,
                  Date sold_on) {
    std::vector<Claim> claims = HAAT_TRY(claims_of(request));
    if (request.rule.empty()) {
        if (request.classes.size() != 1) {
            return bad("one-class");
        }
        return give_to_class(split, split.surplus, std::string(request.classes.front().code),
                             claims);
    }
    const auto rule = rule_in_force(tx, request.rule, sold_on);
    return rule ? give_by_rule(tx, carries, split, *rule, claims)
                : leave_in_suspense(tx, split, request.rule, std::move(claims));
}

}  // namespace

Result<ShareOutReceipt> share_out(storage::Transaction& tx, const ShareOut& request,
                                  UnixSeconds now) {
    const std::string body_hash = body_hash_of(request);
    if (const auto first = HAAT_TRY(find_repeat(tx, request.key, body_hash))) {
        return *first;
    }
    if (!is_key(request.sale_ref, 64) || request.proceeds.value < 1 ||
        request.proceeds.value > 10'000'000'000'000) {
        return bad("sale");
    }
    const Date sold_on = HAAT_TRY(check_proceeds(tx, request));
    Split split;
    Carries carries;
    HAAT_TRY(take_deductions(tx, carries, split, request.proceeds, request.deductions));
    HAAT_TRY(give(tx, carries, split, request, sold_on));
    if (std::ranges::find(split.lines, request.source, &SplitLine::account) != split.lines.end()) {
        return bad("source");
    }
    const Record what{.kind = "share",
                      .key = request.key,
                      .body_hash = body_hash,
                      .sale_ref = std::string(request.sale_ref),
                      .sale_entry = request.sale_entry,
                      .source = std::string(request.source),
                      .from_source = request.proceeds,
                      .rule_name = std::string(request.rule),
                      .refers = {},
                      .reverses_entry = {}};
    return record(tx, what, split, carries, now);
}

}  // namespace haat::ledger
