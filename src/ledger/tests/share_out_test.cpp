#include "ledger/share_out.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"
#include "ledger/allocation.hpp"
#include "ledger/statements.hpp"
#include "ledger_fixture.hpp"
#include "table.hpp"

namespace haat::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kNow;
using testing::outcome_of;

const Rule kMukti{
    .id = {},
    .name = "mukti",
    .version = 0,
    .holds_from = {.year = 2026, .month = 4, .day = 1},
    .basis = Basis::kDemo,
    .order_number = "DEMO-1",
    .order_date = {},
    .note = "demo figures",
    .classes = {{"prisoners", 5000, true}, {"victims", 3333, true}, {"staff", 1667, false}}};

const Rule kPending{.id = {},
                    .name = "pending",
                    .version = 0,
                    .holds_from = {.year = 2026, .month = 4, .day = 1},
                    .basis = Basis::kProposal,
                    .order_number = {},
                    .order_date = {},
                    .note = {},
                    .classes = {{"makers", 10'000, true}}};

/// A request that owns its texts.
struct Request {
    std::string key;
    std::string sale_ref;
    std::int64_t sale_entry = 0;
    Paise proceeds;
    std::vector<Deduction> deductions;
    std::string rule;
    std::vector<std::pair<std::string, std::vector<Payee>>> classes;
    std::set<std::string> texts;

    std::string_view keep(const std::string& text) { return *texts.insert(text).first; }
};

/// "person:1" is short for liabilities:payable:person:1.
std::string long_code(const std::string& text) {
    const std::string first = text.substr(0, text.find(':'));
    if (text == "tax") return std::string(kGstPayable);
    if (first == "pool" || first == "suspense" || first == "proceeds") return "liabilities:" + text;
    return "liabilities:payable:" + text;
}
std::string short_code(const std::string& code) {
    for (const std::string prefix : {"liabilities:payable:", "liabilities:"}) {
        if (code.starts_with(prefix)) {
            return code == kGstPayable ? "tax" : code.substr(prefix.size());
        }
    }
    return code;
}

class ShareOutTest : public testing::LedgerTest {
 protected:
    void SetUp() override {
        LedgerTest::SetUp();
        open("assets:cash:site:9", Guard::kNeverNegative);
        open("liabilities:proceeds:t", Guard::kNeverNegative);
        add(kMukti);
        add(kPending);
    }

    Result<RuleId> add(const Rule& rule) {
        return database().write([&](storage::Transaction& tx) { return add_rule(tx, rule, kNow); });
    }

    /// A sale of that much, and the beginning of its share-out.
    Request sale(std::int64_t paise) {
        const std::string number = std::to_string(++sales_);
        Request request;
        request.key = "share-out:" + number;
        request.sale_ref = "sale:" + number;
        request.proceeds = {paise};
        request.sale_entry =
            posted({.key = request.sale_ref, .kind = "sale", .note = "", .booked_on = {}},
                   {{"assets:cash:site:9", {paise}}, {"liabilities:proceeds:t", {-paise}}})
                .value();
        return request;
    }

    Request mukti_sale(std::int64_t paise) {
        Request request = sale(paise);
        request.rule = "mukti";
        request.classes = {{"prisoners",
                            {{request.keep(long_code("sealed:11")), 2},
                             {request.keep(long_code("sealed:12")), 1}}},
                           {"victims", {{request.keep(long_code("pool:victims")), 1}}},
                           {"staff", {{request.keep(long_code("pool:staff")), 1}}}};
        return request;
    }

    Request pending_sale(std::int64_t paise) {
        Request request = sale(paise);
        request.rule = "pending";
        request.classes = {{"makers",
                            {{request.keep(long_code("sealed:21")), 3},
                             {request.keep(long_code("sealed:22")), 2}}}};
        return request;
    }

    Result<ShareOutReceipt> share(const Request& request) {
        std::vector<PayeeClass> classes;
        for (const auto& [code, payees] : request.classes) {
            classes.push_back({.code = code, .payees = payees});
        }
        return database().write([&](storage::Transaction& tx) {
            return share_out(tx,
                             {.key = request.key,
                              .sale_ref = request.sale_ref,
                              .sale_entry = request.sale_entry,
                              .source = "liabilities:proceeds:t",
                              .proceeds = request.proceeds,
                              .deductions = request.deductions,
                              .rule = request.rule,
                              .classes = classes},
                             kNow);
        });
    }

    Result<ShareOutReceipt> refund(const std::string& key, ShareOutId id, std::int64_t paise) {
        return database().write([&](storage::Transaction& tx) {
            return reverse_share_out(tx, key, id, {paise}, kNow);
        });
    }

    Result<ShareOutReceipt> release(const std::string& key, ShareOutId id) {
        return database().write(
            [&](storage::Transaction& tx) { return release_suspense(tx, key, id, kNow); });
    }

    /// Every line of a sale as "account=paise", recorded order.
    std::string lines_of(const std::string& sale_ref) {
        std::string text;
        database().read([&](storage::Transaction& tx) {
            for (const ShareLine& line : shares_of_sale(tx, sale_ref)) {
                text += (text.empty() ? "" : " ") + short_code(line.account) + "=" +
                        std::to_string(line.amount.value);
            }
        });
        return text;
    }

    std::int64_t owed(const std::string& account) { return -on(long_code(account)).value; }

    int sales_ = 0;
};
HAAT_BOTH_ENGINES(ShareOutTest);

void read_deductions(Request& request, const std::string& cell) {
    for (const std::string& word : testing::split_text(cell, ' ')) {
        const std::size_t at = word.find('@');
        const std::size_t equals = word.find('=');
        const std::size_t star = word.find('*');
        Deduction deduction{
            .code = request.keep(word.substr(0, at)),
            .account = request.keep(long_code(word.substr(at + 1, equals - at - 1))),
            .amount = {},
            .basis_points = 0,
            .of = {},
            .reason = "table"};
        if (star == std::string::npos) {
            deduction.amount.value = std::stoll(word.substr(equals + 1));
        } else {
            deduction.basis_points = std::stoi(word.substr(equals + 1, star - equals - 1));
            deduction.of = word.ends_with("*left") ? CutOf::kLeft : CutOf::kAmount;
            deduction.amount.value =
                deduction.of == CutOf::kLeft ? 0 : std::stoll(word.substr(star + 1));
        }
        request.deductions.push_back(deduction);
    }
}

void read_classes(Request& request, const std::string& cell) {
    for (const std::string& word : testing::split_text(cell, ' ')) {
        const std::size_t at = word.find('@');
        const std::size_t equals = word.find('=');
        const std::string code = word.substr(0, at);
        if (request.classes.empty() || request.classes.back().first != code) {
            request.classes.push_back({code, {}});
        }
        request.classes.back().second.push_back(
            {.account = request.keep(long_code(word.substr(at + 1, equals - at - 1))),
             .weight = std::stoll(word.substr(equals + 1))});
    }
}

TEST_P(ShareOutTest, Table) {
    for (const auto& [line, cells] : testing::read_table("share_out.txt", 5)) {
        SCOPED_TRACE("share_out.txt:" + std::to_string(line));
        Request request = sale(std::stoll(cells[0]));
        read_deductions(request, cells[1]);
        request.rule = cells[2];
        read_classes(request, cells[3]);
        const auto receipt = share(request);
        std::string outcome = receipt ? lines_of(request.sale_ref) : receipt.error().code;
        outcome += receipt && receipt->in_suspense ? " waits" : "";
        EXPECT_EQ(outcome, cells[4]);
    }
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, RepeatsReturnTheFirstReceiptAndOtherContentIsRefused) {
    Request request = mukti_sale(40'001);
    const ShareOutReceipt first = share(request).value();
    const ShareOutReceipt again = share(request).value();
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(again.entry_number, first.entry_number);
    EXPECT_EQ(again.surplus, Paise{40'001});
    EXPECT_EQ(owed("pool:staff"), 6668);

    request.classes.back().second.back().weight = 2;
    EXPECT_EQ(outcome_of(share(request)), "ledger.key_reused");
    request.key = "sale:1";  // the key of an entry that is no share-out
    request.sale_entry = sale(40'001).sale_entry;
    EXPECT_EQ(outcome_of(share(request)), "ledger.key_reused");
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, NoSaleIsSharedTwiceOrBeyondWhatItBrought) {
    Request request = mukti_sale(1000);
    request.proceeds = {1001};
    EXPECT_EQ(outcome_of(share(request)), "ledger.proceeds_exceed");
    request.proceeds = {600};
    EXPECT_EQ(outcome_of(share(request)), "ok");
    request.key = "second";
    EXPECT_EQ(outcome_of(share(request)), "ledger.proceeds_exceed");
    request.proceeds = {400};
    EXPECT_EQ(outcome_of(share(request)), "ok");
    EXPECT_EQ(on("liabilities:proceeds:t"), Paise{});
    request.sale_entry = 77;
    request.key = "third";
    EXPECT_EQ(outcome_of(share(request)), "ledger.no_entry");
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, ARefundTakesBackWhatWasRecordedAndEndsAtZero) {
    Request request = mukti_sale(10'005);
    request.deductions = {{.code = "gst",
                           .account = kGstPayable,
                           .amount = {476},
                           .basis_points = 0,
                           .of = {},
                           .reason = ""}};
    const ShareOutReceipt receipt = share(request).value();
    EXPECT_EQ(lines_of("sale:1"),
              "tax=476 sealed:11=3177 sealed:12=1588 pool:victims=3176 pool:staff=1588");
    EXPECT_EQ(outcome_of(refund("r0", receipt.id, 10'006)), "ledger.reversal_exceeds");
    EXPECT_EQ(outcome_of(refund("r0", receipt.id, 0)), "ledger.reversal_exceeds");

    Random random(3);
    std::int64_t left = 10'005;
    for (int i = 1; left > 0; ++i) {
        const std::int64_t piece =
            std::min<std::int64_t>(left, 1 + random.below(i < 5 ? 40 : 2500));
        const std::string key = "r" + std::to_string(i);
        const auto back = refund(key, receipt.id, piece);
        ASSERT_EQ(outcome_of(back), "ok");
        EXPECT_EQ(refund(key, receipt.id, piece).value().id, back->id) << "repeat";
        left -= piece;
        EXPECT_EQ(on("liabilities:proceeds:t"), Paise{left - 10'005});
    }
    for (const char* account : {"tax", "sealed:11", "sealed:12", "pool:victims", "pool:staff"}) {
        EXPECT_EQ(owed(account), 0) << account;
    }
    EXPECT_EQ(outcome_of(refund("more", receipt.id, 1)), "ledger.reversal_exceeds");
    EXPECT_EQ(outcome_of(refund("r1", ShareOutId{5}, 1)), "ledger.key_reused");
    EXPECT_EQ(outcome_of(refund("none", ShareOutId{5}, 1)), "ledger.no_share_out");

    // The buyer gets the money back: the sale itself is reversed.
    EXPECT_EQ(outcome_of(database().write([&](storage::Transaction& tx) {
                  return reverse(tx, {.key = "back", .kind = "return", .note = "", .booked_on = {}},
                                 request.sale_entry, kNow);
              })),
              "ok");
    EXPECT_EQ(on("assets:cash:site:9"), Paise{});
    EXPECT_EQ(outcome_of(database().write([&](storage::Transaction& tx) {
                  return reverse(tx, {.key = "b2", .kind = "return", .note = "", .booked_on = {}},
                                 receipt.entry_number, kNow);
              })),
              "ledger.not_reversible")
        << "only reverse_share_out keeps the record with the entry";
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, WhatWaitsIsSharedOnceAnOrderComes) {
    const ShareOutReceipt waits = share(pending_sale(1001)).value();
    EXPECT_TRUE(waits.in_suspense);
    EXPECT_EQ(owed("suspense:pending"), 1001);
    EXPECT_EQ(outcome_of(release("free", waits.id)), "ledger.no_rule");

    Rule order = kPending;
    order.basis = Basis::kOrder;
    EXPECT_EQ(outcome_of(add(order)), "ledger.order_missing");
    order.order_number = "गृह/जेल-17";
    order.order_date = Date{.year = 2026, .month = 11, .day = 20};
    order.holds_from = {.year = 2026, .month = 11, .day = 22};
    EXPECT_EQ(outcome_of(add(order)), "ok");
    EXPECT_EQ(outcome_of(release("free", waits.id)), "ledger.no_rule") << "it holds from tomorrow";
    order.holds_from = {.year = 2026, .month = 11, .day = 21};
    EXPECT_EQ(outcome_of(add(order)), "ok");

    const ShareOutReceipt freed = release("free", waits.id).value();
    EXPECT_EQ(release("free", waits.id).value().id, freed.id);
    EXPECT_EQ(lines_of("sale:1"),
              "suspense:pending=1001 suspense:pending=-1001 sealed:21=601 sealed:22=400");
    EXPECT_EQ(outcome_of(release("again", waits.id)), "ledger.nothing_waits");
    EXPECT_EQ(outcome_of(refund("too-soon", waits.id, 5)), "ledger.not_reversible");
    EXPECT_THAT(breaches(), IsEmpty());

    // A refund afterwards: first back into suspense, then back to the buyer.
    EXPECT_EQ(outcome_of(refund("back-1", freed.id, 1001)), "ok");
    EXPECT_EQ(owed("suspense:pending"), 1001);
    EXPECT_EQ(outcome_of(refund("back-2", waits.id, 1)), "ok");
    EXPECT_EQ(outcome_of(release("rest", waits.id)), "ok");
    EXPECT_EQ(owed("sealed:21"), 600);
    EXPECT_EQ(owed("sealed:22"), 400);
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, StatementsTellWhoGotWhat) {
    const Date day{.year = 2026, .month = 11, .day = 21};
    const ShareOutReceipt one = share(mukti_sale(40'001)).value();
    (void)share(mukti_sale(600)).value();
    (void)refund("r", one.id, 1).value();
    (void)share(pending_sale(500)).value();
    database().read([&](storage::Transaction& tx) {
        std::map<std::string, std::int64_t> totals;
        std::int64_t sum = 0;
        for (const ClassTotal& total : class_totals(tx, day, day)) {
            EXPECT_EQ(total.source, "liabilities:proceeds:t");
            totals[total.role + ":" + total.class_code] = total.amount.value;
            sum += total.amount.value;
        }
        EXPECT_EQ(sum, 40'001 + 600 - 1 + 500);
        EXPECT_EQ(totals["suspense:pending"], 500);
        EXPECT_EQ(totals["share:victims"], 13'332 + 200);
        EXPECT_THAT(class_totals(tx, {.year = 2026, .month = 11, .day = 1},
                                 {.year = 2026, .month = 11, .day = 20}),
                    IsEmpty());

        const auto statement = account_statement(tx, long_code("pool:staff"), day, day).value();
        ASSERT_EQ(statement.size(), 2U);
        EXPECT_EQ(statement[0].amount, Paise{-6668});
        EXPECT_EQ(statement[1].balance, Paise{-6668 - 100});
        EXPECT_EQ(statement[0].kind, "share-out");
        EXPECT_EQ(outcome_of(account_statement(tx, "assets:none", day, day)), "ledger.no_account");

        const auto waiting = waiting_in_suspense(tx);
        ASSERT_EQ(waiting.size(), 1U);
        EXPECT_EQ(waiting[0].amount, Paise{500});
        EXPECT_EQ(waiting[0].rule, "pending");
        EXPECT_EQ(waiting[0].since, day);
        EXPECT_THAT(shares_of_sale(tx, "sale:99"), IsEmpty());
    });
}

TEST_P(ShareOutTest, RulesHaveVersionsAndDates) {
    EXPECT_EQ(add(kMukti).value(), add(kMukti).value()) << "the same again writes nothing";
    Rule order = kMukti;
    order.basis = Basis::kOrder;
    order.order_number = "O-1001";
    order.order_date = Date{.year = 2026, .month = 10, .day = 1};
    order.holds_from = {.year = 2026, .month = 12, .day = 1};
    order.classes = {{"prisoners", 6000, true}, {"victims", 4000, true}};
    ASSERT_EQ(outcome_of(add(order)), "ok");
    database().read([&](storage::Transaction& tx) {
        const auto version_on = [&](int year, int month, int day) {
            const auto rule =
                rule_in_force(tx, "mukti", {.year = year, .month = month, .day = day});
            return rule ? rule->version : 0;
        };
        EXPECT_EQ(version_on(2026, 3, 31), 0);
        EXPECT_EQ(version_on(2026, 4, 1), 1);
        EXPECT_EQ(version_on(2026, 11, 30), 1);
        EXPECT_EQ(version_on(2026, 12, 1), 2);
        EXPECT_EQ(rule_in_force(tx, "mukti", {.year = 2027, .month = 1, .day = 1})->order_number,
                  "O-1001");
        EXPECT_FALSE(rule_in_force(tx, "pending", {.year = 2027, .month = 1, .day = 1}));
        EXPECT_FALSE(rule_in_force(tx, "", {.year = 2027, .month = 1, .day = 1}));
        EXPECT_EQ(all_rules(tx).size(), 3U);
    });
    Rule bad = order;
    bad.classes[0].basis_points = 5999;
    EXPECT_EQ(outcome_of(add(bad)), "ledger.bad_rule");
    bad.classes = {{"a", 5000, false}, {"a", 5000, false}};
    EXPECT_EQ(outcome_of(add(bad)), "ledger.bad_rule");
    bad = kPending;
    bad.order_number = "O-1";
    EXPECT_EQ(outcome_of(add(bad)), "ledger.bad_rule") << "a proposal has no order";
    bad = kMukti;
    bad.order_number = "O-1";
    EXPECT_EQ(outcome_of(add(bad)), "ledger.bad_rule") << "demo figures say that they are";
}

TEST_P(ShareOutTest, ManySalesLeaveEveryClassRightToAPaisa) {
    Random random(2026);
    std::int64_t surplus = 0;
    for (int i = 0; i < 150; ++i) {
        const std::int64_t paise = 21 + random.below(200'000);
        surplus += paise;
        ASSERT_TRUE(share(mukti_sale(paise)));
    }
    EXPECT_LT(std::abs(surplus * 3333 - 10'000 * owed("pool:victims")), 10'000);
    EXPECT_LT(std::abs(surplus * 1667 - 10'000 * owed("pool:staff")), 10'000);
    EXPECT_EQ(on("liabilities:proceeds:t"), Paise{});
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(ShareOutTest, EachLawFindsItsBreach) {
    const ShareOutReceipt receipt = share(mukti_sale(40'001)).value();
    (void)refund("r", receipt.id, 1).value();
    ASSERT_THAT(breaches(), IsEmpty());
    unprotect("ledger_account");
    unprotect("ledger_entry");
    unprotect("ledger_posting", {"ledger_posting_sealed"});
    unprotect("share_out");
    unprotect("share_out_line");
    const std::string staff =
        "(SELECT account_number FROM ledger_account WHERE code = 'liabilities:pool:staff')";
    const auto broken = [&](const std::string& harm, const std::string& law,
                            const std::string& mend) {
        script(harm);
        EXPECT_THAT(breaches(), ::testing::Contains(HasSubstr(law + ":"))) << harm;
        script(mend);
        EXPECT_THAT(breaches(), IsEmpty()) << mend;
    };
    broken(
        "UPDATE ledger_posting SET amount_paise = amount_paise - 1 WHERE entry_number = 2 "
        "AND account_number = " +
            staff,
        "entries-sum-to-zero",
        "UPDATE ledger_posting SET amount_paise = amount_paise + 1 WHERE entry_number = 2 "
        "AND account_number = " +
            staff);
    broken("UPDATE ledger_balance SET balance_paise = balance_paise + 1 WHERE account_number = " +
               staff,
           "balances-equal-postings",
           "UPDATE ledger_balance SET balance_paise = balance_paise - 1 WHERE account_number = " +
               staff);
    broken("UPDATE ledger_account SET guarded = 1, kind = 'asset' WHERE account_number = " + staff,
           "guarded-accounts-hold",
           "UPDATE ledger_account SET guarded = 0, kind = 'liability' WHERE account_number = " +
               staff);
    broken("UPDATE ledger_entry SET reverses = 1 WHERE entry_number = 3",
           "reversals-within-original",
           "UPDATE ledger_entry SET reverses = 2 WHERE entry_number = 3");
    broken("UPDATE ledger_entry SET recorded_at = recorded_at + 1 WHERE entry_number = 1",
           "chain-intact",
           "UPDATE ledger_entry SET recorded_at = recorded_at - 1 WHERE entry_number = 1");
    broken(
        "UPDATE share_out_line SET amount_paise = amount_paise + 1 WHERE line = 2 "
        "AND amount_paise > 100",
        "shares-total-the-sale",
        "UPDATE share_out_line SET amount_paise = amount_paise - 1 WHERE line = 2 "
        "AND amount_paise > 100");
    broken(
        "UPDATE share_out_line SET amount_paise = amount_paise + (CASE line WHEN 1 THEN 1 "
        "ELSE -1 END) WHERE line <= 2 AND amount_paise > 100",
        "shares-are-booked",
        "UPDATE share_out_line SET amount_paise = amount_paise - (CASE line WHEN 1 THEN 1 "
        "ELSE -1 END) WHERE line <= 2 AND amount_paise > 100");
    broken("UPDATE ledger_entry SET kind = 'other' WHERE entry_number = 1",
           "proceeds-close-at-zero",
           "UPDATE ledger_entry SET kind = 'sale' WHERE entry_number = 1");
    broken("UPDATE ledger_carry SET carry = carry + 1 WHERE slot = 0", "carries-sum-to-zero",
           "UPDATE ledger_carry SET carry = carry - 1 WHERE slot = 0");
    broken("UPDATE ledger_carry SET carry = carry + 1 - 2 * slot WHERE slot < 2",
           "carries-sum-to-zero",
           "UPDATE ledger_carry SET carry = carry - 1 + 2 * slot WHERE slot < 2");
    EXPECT_EQ(all_laws().size(), 9U);
}

}  // namespace
}  // namespace haat::ledger
