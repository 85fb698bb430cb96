#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "base/assert.hpp"
#include "journal_write.hpp"
#include "ledger/share_out.hpp"
#include "sql/share_outs.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

constexpr std::array<std::pair<Basis, std::string_view>, 3> kBases{{
    {Basis::kOrder, "order"},
    {Basis::kDemo, "demo"},
    {Basis::kProposal, "proposal"},
}};

Rule rule_of(storage::Transaction& tx, sql::RulesNamedRow row) {
    const auto basis = std::ranges::find(kBases, row.basis, &decltype(kBases)::value_type::second);
    HAAT_ASSERT(basis != kBases.end());
    Rule rule{.id = row.rule_id,
              .name = std::move(row.name),
              .version = static_cast<int>(row.version),
              .holds_from = date_of_day(row.holds_from),
              .basis = basis->first,
              .order_number = std::move(row.order_number),
              .order_date =
                  row.order_date == 0 ? std::nullopt : std::optional(date_of_day(row.order_date)),
              .note = std::move(row.note),
              .classes = {}};
    for (auto& part : sql::rule_classes(tx, {.rule_id = rule.id})) {
        rule.classes.push_back({.code = std::move(part.class_code),
                                .basis_points = static_cast<int>(part.basis_points),
                                .sealed = part.sealed != 0});
    }
    return rule;
}

std::unexpected<Error> bad(std::string_view why) {
    return refuse(ErrorKind::kInvalid, "ledger.bad_rule", {{"why", std::string(why)}});
}

Result<void> check(const Rule& rule) {
    if (!is_word(rule.name, 32) || !is_note(rule.note, 500) || !is_note(rule.order_number, 100)) {
        return bad("text");
    }
    if (rule.basis == Basis::kOrder && (rule.order_number.empty() || !rule.order_date)) {
        return refuse(ErrorKind::kInvalid, "ledger.order_missing");
    }
    if (rule.basis == Basis::kDemo && !rule.order_number.starts_with("DEMO")) {
        return bad("demo");
    }
    if (rule.basis == Basis::kProposal && !rule.order_number.empty()) {
        return bad("proposal");
    }
    std::set<std::string_view> codes;
    int sum = 0;
    for (const RuleClass& part : rule.classes) {
        if (!is_word(part.code, 32) || part.basis_points < 0 || part.basis_points > 10'000 ||
            !codes.insert(part.code).second) {
            return bad("class");
        }
        sum += part.basis_points;
    }
    if (sum != 10'000 || rule.classes.size() > 20) {
        return bad("sum");
    }
    return {};
}

bool same_content(const Rule& a, const Rule& b) {
    return a.holds_from == b.holds_from && a.basis == b.basis && a.order_number == b.order_number &&
           a.order_date == b.order_date && a.note == b.note &&
           std::ranges::equal(a.classes, b.classes, [](const RuleClass& x, const RuleClass& y) {
               return x.code == y.code && x.basis_points == y.basis_points && x.sealed == y.sealed;
           });
}

}  // namespace

Result<RuleId> add_rule(storage::Transaction& tx, const Rule& rule, UnixSeconds now) {
    HAAT_TRY(check(rule));
    (void)lock_head(tx);
    auto versions = sql::rules_named(tx, {.name = rule.name});
    const std::int64_t newest = versions.empty() ? 0 : versions.front().version;
    if (newest > 0) {
        const Rule last = rule_of(tx, std::move(versions.front()));
        if (same_content(last, rule)) {
            return last.id;
        }
    }
    const auto id = tx.new_id_as<RuleId>();
    const auto basis = std::ranges::find(kBases, rule.basis, &decltype(kBases)::value_type::first);
    sql::rule_add(tx, {.rule_id = id,
                       .name = rule.name,
                       .version = newest + 1,
                       .holds_from = day_number(rule.holds_from),
                       .basis = basis->second,
                       .order_number = rule.order_number,
                       .order_date = rule.order_date ? day_number(*rule.order_date) : 0,
                       .note = rule.note,
                       .added_at = now});
    std::vector<sql::RuleClassAddParams> rows;
    for (const RuleClass& part : rule.classes) {
        rows.push_back({.rule_id = id,
                        .slot = std::ssize(rows),
                        .class_code = part.code,
                        .basis_points = part.basis_points,
                        .sealed = part.sealed ? 1 : 0});
    }
    sql::rule_class_add(tx, rows);
    return id;
}

std::optional<Rule> rule_in_force(storage::Transaction& tx, std::string_view name, Date day) {
    auto versions = sql::rules_named(tx, {.name = name});
    sql::RulesNamedRow* best = nullptr;
    for (auto& row : versions) {  // the newest first, so of two from the same day it wins
        if (!name.empty() && row.basis != "proposal" && row.holds_from <= day_number(day) &&
            (best == nullptr || row.holds_from > best->holds_from)) {
            best = &row;
        }
    }
    return best == nullptr ? std::nullopt : std::optional(rule_of(tx, std::move(*best)));
}

std::vector<Rule> all_rules(storage::Transaction& tx) {
    std::vector<Rule> rules;
    for (auto& row : sql::rules_named(tx, {.name = {}})) {
        rules.push_back(rule_of(tx, std::move(row)));
    }
    return rules;
}

}  // namespace haat::ledger
