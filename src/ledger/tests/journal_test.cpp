#include "ledger/journal.hpp"

#include <atomic>
#include <thread>

#include "base/random.hpp"
#include "ledger_fixture.hpp"
#include "table.hpp"

namespace haat::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kNow;

class JournalTest : public testing::LedgerTest {
 protected:
    void SetUp() override {
        LedgerTest::SetUp();
        open("assets:cash", Guard::kNeverNegative);
        open("assets:stock", Guard::kNeverNegative);
        open("liabilities:escrow", Guard::kNeverNegative);
        for (const char* code : {"assets:bank", "income:sales", "liabilities:tax:gst",
                                 "liabilities:payable:person:1"}) {
            open(code);
        }
    }
};
HAAT_BOTH_ENGINES(JournalTest);

Date day_of(const std::string& month_and_day) {
    return {.year = 2026,
            .month = std::stoi(month_and_day.substr(0, 2)),
            .day = std::stoi(month_and_day.substr(3))};
}

TEST_P(JournalTest, Table) {
    for (const auto& [line, cells] : testing::read_table("journal.txt", 5)) {
        SCOPED_TRACE("journal.txt:" + std::to_string(line));
        if (cells[0] == "close") {
            const auto closed = database().write([&](storage::Transaction& tx) {
                return close_through(tx, day_of(cells[1]), kNow);
            });
            EXPECT_EQ(testing::outcome_of(closed), cells[4]);
            continue;
        }
        std::vector<std::string> words = testing::split_text(cells[3], ' ');
        std::vector<Posting> postings;
        for (std::string& word : words) {
            const std::size_t equals = word.find('=');
            postings.push_back({.account = std::string_view(word).substr(0, equals),
                                .amount = {parse_integer(word.substr(equals + 1)).value()}});
        }
        EntryHead head{.key = cells[0], .kind = "test", .note = "पंक्ति", .booked_on = {}};
        if (!cells[1].empty()) {
            head.booked_on = day_of(cells[1]);
        }
        const auto number = database().write([&](storage::Transaction& tx) {
            return cells[2].empty()
                       ? post(tx, head, postings, kNow)
                       : post_reversal(tx, head, parse_integer(cells[2]).value(), postings, kNow);
        });
        EXPECT_EQ(number ? std::to_string(*number) : number.error().code, cells[4]);
    }
    EXPECT_THAT(breaches(), IsEmpty());
    reopen();
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(JournalTest, ReadsBackWhatWasPosted) {
    ASSERT_EQ(posted({.key = "sale:1", .kind = "sale", .note = "आम का अचार", .booked_on = {}},
                     {{"assets:bank", {105'00}},
                      {"income:sales", {-100'00}},
                      {"liabilities:tax:gst", {-5'00}}}),
              1);
    ASSERT_EQ(posted({.key = "sale:2",
                      .kind = "sale",
                      .note = "",
                      .booked_on = Date{.year = 2026, .month = 11, .day = 19}},
                     {{"assets:bank", {7}}, {"income:sales", {-7}}}),
              2);
    database().read([&](storage::Transaction& tx) {
        const Entry entry = entry_by_key(tx, "sale:1").value();
        EXPECT_EQ(entry.number, 1);
        EXPECT_EQ(entry.note, "आम का अचार");
        EXPECT_EQ(entry.booked_on, (Date{.year = 2026, .month = 11, .day = 21}));
        EXPECT_EQ(entry.lines.size(), 3U);
        EXPECT_EQ(entry.lines[2].account, "liabilities:tax:gst");
        EXPECT_EQ(entry.chain_hash.size(), 64U);
        EXPECT_EQ(testing::outcome_of(entry_by_key(tx, "sale:3")), "ledger.no_entry");

        std::vector<std::int64_t> numbers;
        each_entry(tx, {.year = 2026, .month = 11, .day = 1},
                   {.year = 2026, .month = 11, .day = 21},
                   [&](const Entry& each) { numbers.push_back(each.number); });
        EXPECT_THAT(numbers, ElementsAre(2, 1)) << "by day, then number";

        const auto balances = balances_at_end_of(tx, {.year = 2026, .month = 11, .day = 20});
        ASSERT_EQ(balances.size(), 2U);
        EXPECT_EQ(balances[0].account, "assets:bank");
        EXPECT_EQ(balances[0].amount, Paise{7});
        EXPECT_EQ(chain_head(tx).entry_number, 2);
    });
    EXPECT_EQ(on("assets:bank"), Paise{105'07});
}

TEST_P(JournalTest, AWholeReversalBringsEveryAccountBack) {
    ASSERT_TRUE(posted({.key = "a", .kind = "sale", .note = "", .booked_on = {}},
                       {{"assets:bank", {105'00}},
                        {"income:sales", {-100'00}},
                        {"liabilities:tax:gst", {-5'00}}}));
    for (int again = 0; again < 2; ++again) {
        const auto number = database().write([&](storage::Transaction& tx) {
            return reverse(tx, {.key = "b", .kind = "return", .note = "", .booked_on = {}}, 1,
                           kNow);
        });
        EXPECT_EQ(number, 2);
    }
    EXPECT_EQ(on("assets:bank"), Paise{});
    EXPECT_EQ(on("liabilities:tax:gst"), Paise{});
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(JournalTest, NothingIsWrittenByARefusedPost) {
    database().write([&](storage::Transaction& tx) {
        const std::vector<Posting> postings{{"assets:cash", {-1}}, {"assets:bank", {1}}};
        const auto refused =
            post(tx, {.key = "x", .kind = "test", .note = "", .booked_on = {}}, postings, kNow);
        EXPECT_EQ(testing::outcome_of(refused), "ledger.would_be_negative");
    });  // committed all the same
    EXPECT_THAT(breaches(), IsEmpty());
    EXPECT_EQ(on("assets:bank"), Paise{});
}

TEST_P(JournalTest, CodesOfAccountsAreChecked) {
    database().write([&](storage::Transaction& tx) {
        for (const char* bad :
             {"", "assets", "cash:box", "assets:", "assets::box", "assets:Box", "assets:-box",
              "assets:a_b", "assets:नकद", "assets:a b",
              "assets:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
            EXPECT_EQ(testing::outcome_of(open_account(tx, bad, "", Guard::kFree, kNow)),
                      "ledger.bad_account_code")
                << bad;
        }
        const std::int64_t first =
            open_account(tx, "expenses:rent", "site:3", Guard::kFree, kNow).value();
        EXPECT_EQ(open_account(tx, "expenses:rent", "", Guard::kNeverNegative, kNow), first);
        const Account account = find_account(tx, "expenses:rent").value();
        EXPECT_EQ(account.kind, "expense");
        EXPECT_EQ(account.owner_ref, "site:3");
        EXPECT_EQ(account.guard, Guard::kFree);
    });
}

TEST_P(JournalTest, TheDatabaseItselfRefusesChange) {
    ASSERT_TRUE(posted({.key = "a", .kind = "sale", .note = "", .booked_on = {}},
                       {{"assets:bank", {10}}, {"income:sales", {-10}}}));
    for (const char* attack : {
             "UPDATE ledger_entry SET note = 'x'",
             "DELETE FROM ledger_entry",
             "UPDATE ledger_posting SET amount_paise = amount_paise * 2",
             "DELETE FROM ledger_posting",
             "UPDATE ledger_account SET guarded = 0",
             "DELETE FROM ledger_account",
             "UPDATE ledger_closing SET closed_through = 0 WHERE 1 = 1; "
             "DELETE FROM ledger_rule; DELETE FROM share_out; DELETE FROM nothing",
             "INSERT INTO ledger_posting SELECT 1, 3, account_number, 5 FROM ledger_account",
             "INSERT INTO ledger_entry VALUES (2, 'b', 'k', '', 20261121, 0, NULL, '', '')",
             "INSERT INTO ledger_posting SELECT 2, account_number, account_number, 5 "
             "FROM ledger_account; "
             "INSERT INTO ledger_entry VALUES (2, 'b', 'k', '', 20261121, 0, NULL, '', '')",
             "INSERT INTO ledger_posting SELECT 3, 1, MIN(account_number), 5 FROM ledger_account; "
             "INSERT INTO ledger_posting SELECT 3, 2, MIN(account_number), -5 FROM ledger_account; "
             "INSERT INTO ledger_entry VALUES (3, 'b', 'k', '', 20261121, 0, NULL, '', '')",
         }) {
        EXPECT_THROW(script(attack), storage::Failure) << attack;
    }
    if (GetParam() == storage::Engine::kSqlite) {
        EXPECT_THROW(
            script("INSERT OR REPLACE INTO ledger_entry "
                   "SELECT 1, 'a', 'k', 'x', booked_on, 0, NULL, '', '' FROM ledger_entry"),
            storage::Failure);
    } else {
        EXPECT_THROW(script("TRUNCATE ledger_posting"), storage::Failure);
    }
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(JournalTest, TheChainFindsWhatWasChangedBehindItsBack) {
    for (const char* key : {"a", "b", "c", "d"}) {
        ASSERT_TRUE(posted({.key = key, .kind = "sale", .note = "n", .booked_on = {}},
                           {{"assets:bank", {10}}, {"income:sales", {-10}}}));
    }
    const auto found = [&] {
        return database().read(
            [](storage::Transaction& tx) { return find_break_in_chain(tx).value_or("whole"); });
    };
    EXPECT_EQ(found(), "whole");
    unprotect("ledger_entry");
    unprotect("ledger_posting", {"ledger_posting_sealed"});
    script("UPDATE ledger_entry SET note = 'm' WHERE entry_number = 2");
    EXPECT_THAT(found(), HasSubstr("entry 2 was changed"));
    script("UPDATE ledger_entry SET note = 'n' WHERE entry_number = 2");
    EXPECT_EQ(found(), "whole");
    script("UPDATE ledger_entry SET booked_on = 20261120 WHERE entry_number = 3");
    EXPECT_THAT(found(), HasSubstr("entry 3 was changed"));
    script("UPDATE ledger_entry SET booked_on = 20261121 WHERE entry_number = 3");
    script("UPDATE ledger_posting SET amount_paise = amount_paise * 3 WHERE entry_number = 1");
    EXPECT_THAT(found(), HasSubstr("entry 1 was changed"));
    EXPECT_THAT(breaches(), ElementsAre(HasSubstr("balances-equal-postings: account assets:bank"),
                                        HasSubstr("chain-intact: entry 1")));
    script("UPDATE ledger_posting SET amount_paise = amount_paise / 3 WHERE entry_number = 1");
    EXPECT_EQ(found(), "whole");
    script(
        "DELETE FROM ledger_posting WHERE entry_number = 4; "
        "DELETE FROM ledger_entry WHERE entry_number = 4");
    EXPECT_THAT(found(), HasSubstr("ends at entry 3"));
    script(
        "DELETE FROM ledger_posting WHERE entry_number = 2; "
        "DELETE FROM ledger_entry WHERE entry_number = 2");
    EXPECT_THAT(found(), HasSubstr("entry 2 is missing"));
}

TEST_P(JournalTest, TheChainIsWhatTheDocumentSays) {
    // Both hashes were computed by another program (Python's hashlib) from
    // docs/domain/share-out.md.
    ASSERT_TRUE(posted({.key = "sale:1", .kind = "sale", .note = "आम का अचार", .booked_on = {}},
                       {{"assets:bank", {105'00}},
                        {"income:sales", {-100'00}},
                        {"liabilities:tax:gst", {-5'00}}}));
    ASSERT_TRUE(database().write([&](storage::Transaction& tx) {
        return reverse(tx, {.key = "back:1", .kind = "return", .note = "", .booked_on = {}}, 1,
                       kNow);
    }));
    database().read([&](storage::Transaction& tx) {
        EXPECT_EQ(entry_by_number(tx, 1)->chain_hash,
                  "0c2cd58d9bbdcbbe1c9e2fff33bb9209984344ad66e955fd5b0ee29401140232");
        EXPECT_EQ(chain_head(tx).hash,
                  "797da9fbf29455706cb51fdfd9795d52e0525ccd5cbc5daa44c90e19e9e0b424");
    });
}

TEST_P(JournalTest, TheSameKeyFromEightThreadsBooksOnce) {
    for (int round = 0; round < 10; ++round) {
        const std::string key = "order:" + std::to_string(round);
        std::atomic<std::int64_t> sum = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                sum += posted({.key = key, .kind = "sale", .note = "", .booked_on = {}},
                              {{"assets:bank", {10}}, {"income:sales", {-10}}})
                           .value_or(-1000);
            });
        }
        threads.clear();
        EXPECT_EQ(sum, 8 * (round + 1));
    }
    EXPECT_EQ(on("assets:bank"), Paise{100});
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(JournalTest, BankWorkloadKeepsTheTotalAtEveryRead) {
    constexpr int kAccounts = 6;
    constexpr std::int64_t kEach = 1000;
    for (int i = 0; i < kAccounts; ++i) {
        const std::string code = "assets:till:" + std::to_string(i);
        open(code, Guard::kNeverNegative);
        ASSERT_TRUE(posted({.key = code, .kind = "open", .note = "", .booked_on = {}},
                           {{code, {kEach}}, {"assets:bank", {-kEach}}}));
    }
    std::atomic<bool> done = false;
    std::atomic<int> reads = 0;
    std::atomic<int> moved = 0;
    std::atomic<int> refused = 0;
    std::jthread reader([&] {
        while (!done) {
            database().read([&](storage::Transaction& tx) {
                std::int64_t total = 0;
                for (int i = 0; i < kAccounts; ++i) {
                    const Paise amount = balance(tx, "assets:till:" + std::to_string(i)).value();
                    EXPECT_GE(amount.value, 0);
                    total += amount.value;
                }
                EXPECT_EQ(total, kAccounts * kEach);
            });
            ++reads;
        }
    });
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&, writer] {
            Random random(static_cast<std::uint64_t>(writer));
            for (int i = 0; i < 60; ++i) {
                const std::string from = "assets:till:" + std::to_string(random.below(kAccounts));
                const std::string to = "assets:till:" + std::to_string(random.below(kAccounts));
                const std::int64_t amount = 1 + random.below(900);
                const std::string key = std::to_string(writer) + "-" + std::to_string(i);
                const auto result =
                    posted({.key = key, .kind = "move", .note = "", .booked_on = {}},
                           {{from, {-amount}}, {to, {amount}}});
                result ? ++moved : ++refused;
                EXPECT_TRUE(result || result.error().code == "ledger.would_be_negative");
            }
        });
    }
    writers.clear();
    done = true;
    reader.join();
    EXPECT_GT(moved, 20);
    EXPECT_GT(refused, 5);
    EXPECT_GT(reads, 5);
    EXPECT_THAT(breaches(), IsEmpty());
}

TEST_P(JournalTest, BalancesEqualASmallReferenceAfterRandomPosts) {
    std::vector<std::string> codes{"assets:bank", "income:sales", "liabilities:tax:gst",
                                   "liabilities:payable:person:1"};
    std::map<std::string, std::int64_t> reference;
    Random random(11);
    database().write([&](storage::Transaction& tx) {
        reference.clear();
        for (int i = 0; i < 500; ++i) {
            std::vector<Posting> postings;
            std::int64_t sum = 0;
            const std::uint32_t legs = 1 + random.below(5);
            for (std::uint32_t leg = 0; leg < legs; ++leg) {
                const std::int64_t amount = 1 + random.below(100'000);
                postings.push_back(
                    {codes[random.below(4)], {random.chance(1, 2) ? amount : -amount}});
                sum += postings.back().amount.value;
            }
            if (sum == 0) {
                continue;
            }
            postings.push_back({codes[random.below(4)], {-sum}});
            const std::string key = "r" + std::to_string(i);
            ASSERT_TRUE(post(tx, {.key = key, .kind = "random", .note = "", .booked_on = {}},
                             postings, kNow));
            for (const Posting& posting : postings) {
                reference[std::string(posting.account)] += posting.amount.value;
            }
        }
    });
    for (const std::string& code : codes) {
        EXPECT_EQ(on(code).value, reference[code]) << code;
    }
    EXPECT_THAT(breaches(), IsEmpty());
}

}  // namespace
}  // namespace haat::ledger
