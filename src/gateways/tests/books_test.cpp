// Two accounting programs that others wrote must accept our books, and refuse them once a single
// paisa is off.
#include "gateways/books.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "ledger/journal.hpp"
#include "ledger/share_out.hpp"
#include "storage_testing/testing.hpp"

namespace haat::gateways {
namespace {

using ::testing::HasSubstr;

constexpr UnixSeconds kNow{1'795'242'600};  // 2026-11-21, 12:00 in India

struct Verdict {
    int status = -1;
    std::string said;
};

class BooksTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        file_ =
            std::filesystem::temp_directory_path() / ("haat_books_" + std::to_string(::getpid()));
        fill();
    }
    void TearDown() override {
        std::filesystem::remove(file_);
        DatabaseTest::TearDown();
    }

    std::string books(BooksFormat format, Date from = {.year = 2026, .month = 11, .day = 1}) {
        std::string text;
        database().read([&](storage::Transaction& tx) {
            summary_ = export_books(tx, format, from, {.year = 2026, .month = 11, .day = 21},
                                    [&](std::string_view piece) { text += piece; })
                           .value();
        });
        EXPECT_EQ(summary_.bytes, static_cast<std::int64_t>(text.size()));
        return text;
    }

    Verdict judge(BooksFormat format, const std::string& text) {
        return run(
            format == BooksFormat::kHledger ? "hledger check --strict -f" : "bean-check --no-cache",
            text);
    }

    Verdict run(const std::string& command, const std::string& text) {
        std::ofstream(file_) << text;
        const std::string program = "LC_ALL=C.UTF-8 " + command + " '" + file_.string() + "'";
        std::FILE* const pipe = ::popen((program + " 2>&1").c_str(), "r");
        Verdict verdict;
        std::array<char, 4096> buffer{};
        while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
            verdict.said.append(buffer.data(), size);
        }
        verdict.status = WEXITSTATUS(::pclose(pipe));
        return verdict;
    }

    BooksSummary summary_;

 private:
    void fill();

    std::filesystem::path file_;
};
HAAT_BOTH_ENGINES(BooksTest);

/// Sales on two days with awkward notes and keys, a jail share-out, a refund in part.
void BooksTest::fill() {
    database().write([](storage::Transaction& tx) {
        using namespace ledger;
        for (const char* code : {"assets:cash:site:9", "liabilities:proceeds:mukti"}) {
            ASSERT_TRUE(open_account(tx, code, "", Guard::kNeverNegative, kNow));
        }
        const auto sell = [&](const char* key, const char* note, int day, std::int64_t paise) {
            const std::array<Posting, 2> postings{
                {{"assets:cash:site:9", {paise}}, {"liabilities:proceeds:mukti", {-paise}}}};
            return post(tx,
                        {.key = key,
                         .kind = "sale",
                         .note = note,
                         .booked_on = Date{.year = 2026, .month = 11, .day = day}},
                        postings, kNow)
                .value();
        };
        ASSERT_TRUE(add_rule(tx,
                             {.id = {},
                              .name = "mukti",
                              .version = 0,
                              .holds_from = {.year = 2026, .month = 1, .day = 1},
                              .basis = Basis::kDemo,
                              .order_number = "DEMO-1",
                              .order_date = {},
                              .note = {},
                              .classes = {{"prisoners", 5000, true}, {"victims", 5000, true}}},
                             kNow));
        const std::int64_t sale =
            sell("sale:(1);x|y%", "आम; का | \"अचार\" \\ 100% = ₹5 ; [2026-01-01]", 3, 100'001);
        sell("sale:2", "", 20, 250);
        sell("sale:3", "! * (not a code)", 21, 99);
        const std::array<Payee, 2> makers{
            {{"liabilities:payable:sealed:7", 3}, {"liabilities:payable:sealed:8", 4}}};
        const std::array<Payee, 1> victims{{{"liabilities:pool:victims", 1}}};
        const std::array<PayeeClass, 2> classes{{{"prisoners", makers}, {"victims", victims}}};
        const std::array<Deduction, 1> deductions{{{.code = "gst",
                                                    .account = kGstPayable,
                                                    .amount = {4762},
                                                    .basis_points = 0,
                                                    .of = {},
                                                    .reason = {}}}};
        const auto shared = share_out(tx,
                                      {.key = "share-out:1",
                                       .sale_ref = "sale:1",
                                       .sale_entry = sale,
                                       .source = "liabilities:proceeds:mukti",
                                       .proceeds = {100'001},
                                       .deductions = deductions,
                                       .rule = "mukti",
                                       .classes = classes},
                                      kNow);
        ASSERT_TRUE(shared);
        ASSERT_TRUE(reverse_share_out(tx, "refund:1", shared->id, {333}, kNow));
    });
}

/// `text` with its first `from` after `after` turned into `to`.
std::string with(std::string text, std::string_view after, std::string_view from,
                 std::string_view to) {
    const std::size_t start = text.find(from, text.find(after));
    EXPECT_NE(start, std::string::npos) << from;
    return start == std::string::npos ? text : text.replace(start, from.size(), to);
}

TEST_P(BooksTest, HledgerAcceptsOurBooksAndRefusesAPaisa) {
    const std::string text = books(BooksFormat::kHledger);
    EXPECT_EQ(summary_.entries, 5);
    EXPECT_EQ(summary_.accounts, 6);
    const Verdict good = judge(BooksFormat::kHledger, text);
    EXPECT_EQ(good.status, 0) << good.said << text;
    EXPECT_THAT(run("hledger codes -f", text).said, HasSubstr("sale:%281%29%3Bx%7Cy%25\n"));
    EXPECT_THAT(run("hledger descriptions -f", text).said,
                HasSubstr("आम%3B का %7C \"अचार\" \\ 100%25 = ₹5 %3B [2026-01-01]\n"));

    const Verdict unbalanced =
        judge(BooksFormat::kHledger, with(text, "2026-11-20", "INR 2.50", "INR 2.51"));
    EXPECT_EQ(unbalanced.status, 1);
    EXPECT_THAT(unbalanced.said, HasSubstr("0.01"));
    // Both legs off: each entry sums to zero, but our balances say something else.
    const Verdict moved =
        judge(BooksFormat::kHledger, with(with(text, "2026-11-20", "INR 2.50", "INR 2.51"),
                                          "2026-11-20", "INR -2.50", "INR -2.51"));
    EXPECT_EQ(moved.status, 1);
    EXPECT_THAT(moved.said, HasSubstr("balance assertion"));
    const Verdict undeclared =
        judge(BooksFormat::kHledger, with(text, "", "account liabilities:pool:victims\n", ""));
    EXPECT_EQ(undeclared.status, 1);
}

TEST_P(BooksTest, BeancountAcceptsOurBooksAndRefusesAPaisa) {
    const std::string text = books(BooksFormat::kBeancount);
    const Verdict good = judge(BooksFormat::kBeancount, text);
    EXPECT_EQ(good.status, 0) << good.said << text;
    EXPECT_EQ(good.said, "");

    const Verdict unbalanced =
        judge(BooksFormat::kBeancount, with(text, "2026-11-20 *", "  2.50 INR", "  2.51 INR"));
    EXPECT_EQ(unbalanced.status, 1);
    EXPECT_THAT(unbalanced.said, HasSubstr("does not balance"));
    const Verdict moved =
        judge(BooksFormat::kBeancount, with(with(text, "2026-11-20 *", "  2.50 INR", "  2.51 INR"),
                                            "2026-11-20 *", "  -2.50 INR", "  -2.51 INR"));
    EXPECT_EQ(moved.status, 1);
    EXPECT_THAT(moved.said, HasSubstr("Balance failed"));
}

TEST_P(BooksTest, ALaterPeriodOpensWithTheBalancesBefore) {
    for (const BooksFormat format : {BooksFormat::kHledger, BooksFormat::kBeancount}) {
        const std::string text = books(format, {.year = 2026, .month = 11, .day = 20});
        EXPECT_EQ(summary_.entries, 4);
        EXPECT_THAT(text, HasSubstr("opening balances"));
        const Verdict verdict = judge(format, text);
        EXPECT_EQ(verdict.status, 0) << verdict.said << text;
        const std::string mutant = format == BooksFormat::kHledger
                                       ? with(with(text, "opening", "INR 1000.01", "INR 1000.00"),
                                              "opening", "INR -1000.01", "INR -1000.00")
                                       : with(with(text, "opening", "  1000.01", "  1000.00"),
                                              "opening", "  -1000.01", "  -1000.00");
        EXPECT_EQ(judge(format, mutant).status, 1);
    }
}

TEST_P(BooksTest, APeriodWithoutEntriesIsStillAFile) {
    for (const BooksFormat format : {BooksFormat::kHledger, BooksFormat::kBeancount}) {
        std::string text;
        database().read([&](storage::Transaction& tx) {
            const Date day{.year = 2026, .month = 10, .day = 31};
            EXPECT_TRUE(
                export_books(tx, format, day, day, [&](std::string_view piece) { text += piece; }));
            EXPECT_EQ(export_books(tx, format, day, {.year = 2026, .month = 10, .day = 30},
                                   [](std::string_view) {})
                          .error()
                          .code,
                      "gateways.bad_period");
        });
        const Verdict verdict = judge(format, text);
        EXPECT_EQ(verdict.status, 0) << verdict.said << text;
    }
}

}  // namespace
}  // namespace haat::gateways
