#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <set>

#include "access/accounts.hpp"
#include "access/passwords.hpp"
#include "access/roles.hpp"
#include "access/sessions.hpp"
#include "storage_testing/testing.hpp"

namespace haat::access {
namespace {

using storage::Transaction;

constexpr UnixSeconds kNow{1'790'000'000};

UnixSeconds later(std::int64_t seconds) { return {kNow.value + seconds}; }

PlaceRange range_of(Transaction&, PlaceId place_id) { return {place_id.value, place_id.value + 9}; }

class AccessTest : public storage::testing::DatabaseTest {
 protected:
    Account add(std::string_view login, Role role = Role::kDistrictOfficer) {
        PasswordHasher hasher(HashStrength::kTest);
        const std::string hash = *hasher.hash("a long password");
        return database().write([&](Transaction& tx) {
            return *add_account(tx,
                                {.login = login,
                                 .name_hi = "अधिकारी",
                                 .name_en = "Officer",
                                 .role = role,
                                 .place_id = {100},
                                 .password_hash = hash},
                                kNow);
        });
    }
    NewSession start(AccountId account_id) {
        return database().write(
            [&](Transaction& tx) { return start_session(tx, account_id, kNow); });
    }
    Result<SessionView> view(std::string_view token, UnixSeconds at) {
        return database().read(
            [&](Transaction& tx) { return viewer_for(tx, token, range_of, at); });
    }
};
HAAT_BOTH_ENGINES(AccessTest);

TEST_P(AccessTest, ASessionGivesTheViewerOfItsAccount) {
    const Account account = add("patna.officer");
    const NewSession session = start(account.account_id);
    EXPECT_EQ(session.token.size(), 43U);
    const Result<SessionView> seen = view(session.token, later(1));
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->viewer.account_id, account.account_id);
    EXPECT_EQ(seen->viewer.role, Role::kDistrictOfficer);
    EXPECT_EQ(seen->viewer.places.first, 100);
    EXPECT_FALSE(seen->touch_due);
    EXPECT_TRUE(view(session.token, later(60))->touch_due);
    const NewSession other = start(account.account_id);
    EXPECT_NE(other.token, session.token);
    database().write([&](Transaction& tx) {
        sign_out(tx, session.token);
        sign_out(tx, session.token);
    });
    EXPECT_FALSE(view(session.token, later(1)).has_value());
    EXPECT_TRUE(view(other.token, later(1)).has_value());
}

TEST_P(AccessTest, NoOtherTokenOpensASession) {
    const NewSession session = start(add("patna.officer").account_id);
    std::string altered = session.token;
    altered[5] = altered[5] == 'A' ? 'B' : 'A';
    const std::string wrong[] = {"",
                                 "x",
                                 altered,
                                 session.token + "A",
                                 session.csrf_token,
                                 std::string(43, '!'),
                                 std::string(100'000, 'A')};
    for (const std::string& token : wrong) {
        const Result<SessionView> seen = view(token, later(1));
        ASSERT_FALSE(seen.has_value());
        EXPECT_EQ(seen.error().code, "access.no_session");
    }
}

TEST_P(AccessTest, SessionsEndWhenIdleOrOldOrDisabled) {
    const Account account = add("patna.officer");
    const NewSession session = start(account.account_id);
    EXPECT_TRUE(view(session.token, later(kSessionIdleSeconds - 1)).has_value());
    EXPECT_FALSE(view(session.token, later(kSessionIdleSeconds)).has_value());
    for (std::int64_t at = 3'600; at < kSessionAbsoluteSeconds; at += 3'600) {
        database().write([&](Transaction& tx) { touch_session(tx, session.token, later(at)); });
        EXPECT_TRUE(view(session.token, later(at + 1)).has_value());
    }
    EXPECT_FALSE(view(session.token, later(kSessionAbsoluteSeconds)).has_value());
    database().write([&](Transaction& tx) {
        EXPECT_EQ(remove_expired_sessions(tx, later(kSessionAbsoluteSeconds)), 1);
    });

    const NewSession again = start(account.account_id);
    database().write(
        [&](Transaction& tx) { EXPECT_TRUE(set_disabled(tx, account.account_id, true)); });
    EXPECT_FALSE(view(again.token, later(1)).has_value());
    database().read(
        [&](Transaction& tx) { EXPECT_FALSE(sign_in_facts(tx, "patna.officer").may_sign_in); });
    database().write(
        [&](Transaction& tx) { EXPECT_TRUE(set_disabled(tx, account.account_id, false)); });
    EXPECT_FALSE(view(again.token, later(1)).has_value());  // opening it again revives no session

    const NewSession third = start(account.account_id);
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(set_password(tx, account.account_id, "$hash", later(2)));
        EXPECT_EQ(sign_in_facts(tx, "patna.officer").password_hash, "$hash");
    });
    EXPECT_FALSE(view(third.token, later(3)).has_value());
}

TEST_P(AccessTest, AccountsAreCheckedAndUnique) {
    add("patna.officer");
    struct Case {
        std::string_view login;
        std::string_view name;
        Role role;
        std::string_view code;
    };
    const Case cases[] = {
        {"patna.officer", "A", Role::kAuditor, "access.login_taken"},
        {"ab", "A", Role::kAuditor, "access.bad_login"},
        {"Patna", "A", Role::kAuditor, "access.bad_login"},
        {"abc'--", "A", Role::kAuditor, "access.bad_login"},
        {"abc", " ", Role::kAuditor, "access.bad_name"},
        {"abc", "A", Role::kSystem, "access.bad_role"},
        {"abc", "A", Role::kBuyer, "access.needs_organisation"},
        {"abc", "A", Role::kCashier, "access.needs_site"},
    };
    for (const Case& wrong : cases) {
        const Result<Account> account = database().write([&](Transaction& tx) {
            return add_account(tx,
                               {.login = wrong.login,
                                .name_hi = wrong.name,
                                .name_en = wrong.name,
                                .role = wrong.role,
                                .password_hash = "$"},
                               kNow);
        });
        ASSERT_FALSE(account.has_value()) << wrong.code;
        EXPECT_EQ(account.error().code, wrong.code);
    }
    database().read([](Transaction& tx) {
        EXPECT_EQ(list_accounts(tx).size(), 1U);
        EXPECT_EQ(find_account(tx, "patna.officer")->name_hi, "अधिकारी");
        EXPECT_FALSE(find_account(tx, AccountId{1}).has_value());
        EXPECT_TRUE(sign_in_facts(tx, "nobody").password_hash.empty());
    });
}

TEST(Csrf, TokenBelongsToItsSession) {
    PasswordHasher initialises_libsodium(HashStrength::kTest);
    const std::string one(43, 'A');
    const std::string two = "B" + std::string(42, 'A');
    EXPECT_EQ(csrf_token_of(one).size(), 43U);
    EXPECT_TRUE(csrf_token_fits(one, csrf_token_of(one)));
    EXPECT_FALSE(csrf_token_fits(two, csrf_token_of(one)));
    EXPECT_FALSE(csrf_token_fits(one, ""));
    EXPECT_FALSE(csrf_token_fits("", ""));
    EXPECT_NE(csrf_token_of(one), one);
}

TEST(Passwords, AreHashedAndChecked) {
    PasswordHasher hasher(HashStrength::kTest);
    const std::string stored = *hasher.hash("आम का अचार 2026");
    EXPECT_TRUE(stored.starts_with("$argon2id$"));
    EXPECT_TRUE(*hasher.verify("आम का अचार 2026", stored));
    EXPECT_FALSE(*hasher.verify("आम का अचार 2025", stored));
    EXPECT_FALSE(*hasher.verify("nobody has this password", ""));
    EXPECT_FALSE(*hasher.verify(std::string(10'000, 'x'), stored));
    EXPECT_NE(*hasher.hash("आम का अचार 2026"), stored);

    EXPECT_TRUE(check_password_policy("ram", "ten letters").has_value());
    EXPECT_EQ(check_password_policy("ram", "nine char").error().code, "access.password_short");
    EXPECT_EQ(check_password_policy("ram.officer", "my ram.officer").error().code,
              "access.password_is_login");
    EXPECT_EQ(check_password_policy("ram", std::string(257, 'x')).error().code,
              "access.password_long");
    EXPECT_EQ(check_password_policy("ram", "\xFFlongenough").error().code,
              "access.password_not_utf8");
}

TEST(Passwords, TakeTheSameWorkForAnUnknownLogin) {
    PasswordHasher hasher;  // the real strength
    const std::string stored = *hasher.hash("a long password");
    EXPECT_NE(stored.find("m=65536"), std::string::npos);
    const auto time_of = [&](std::string_view hash) {
        std::clock_t best = std::numeric_limits<std::clock_t>::max();
        for (int i = 0; i < 3; ++i) {
            const std::clock_t start = std::clock();  // processor time: a busy machine is no matter
            EXPECT_FALSE(*hasher.verify("wrong password", hash));
            best = std::min(best, std::clock() - start);
        }
        return best;
    };
    const std::clock_t known = time_of(stored);
    const std::clock_t unknown = time_of("");
    EXPECT_GT(unknown * 2, known);
    EXPECT_LT(unknown, known * 2);
}

TEST(Throttle, StopsGuessing) {
    ManualClock clock(kNow);
    SignInThrottle throttle(clock);
    for (int i = 0; i < 5; ++i) {
        const auto attempt = throttle.admit("officer", "10.0.0." + std::to_string(i));
        ASSERT_TRUE(attempt.has_value());
        throttle.record(*attempt, false);
    }
    const auto sixth = throttle.admit("officer", "10.0.0.99");
    ASSERT_FALSE(sixth.has_value());
    EXPECT_EQ(sixth.error().code, "access.too_many_sign_ins");
    EXPECT_EQ(sixth.error().params.at(0).second, "900");
    EXPECT_TRUE(throttle.admit("other", "10.0.0.99").has_value());
    clock.advance_seconds(900);
    EXPECT_TRUE(throttle.admit("officer", "10.0.0.99").has_value());
    // From one address, whatever the logins.
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(throttle.admit("login" + std::to_string(i), "10.1.1.1").has_value());
    }
    EXPECT_FALSE(throttle.admit("another", "10.1.1.1").has_value());
    // Right passwords do not count.
    for (int i = 0; i < 50; ++i) {
        const auto attempt = throttle.admit("busy", "10.2.2.2");
        ASSERT_TRUE(attempt.has_value());
        throttle.record(*attempt, true);
    }
    // All together: 300 in a minute.
    clock.advance_seconds(120);
    for (int i = 0; i < 300; ++i) {
        EXPECT_TRUE(throttle.admit("l" + std::to_string(i), "a" + std::to_string(i)).has_value());
    }
    EXPECT_FALSE(throttle.admit("fresh", "fresh").has_value());
    clock.advance_seconds(60);
    EXPECT_TRUE(throttle.admit("fresh", "fresh").has_value());
}

TEST(Roles, MayDoWhatTheTableSaysAndNothingElse) {
    EXPECT_TRUE(may(Role::kSystem, Action::kOpenVault));
    EXPECT_FALSE(may(Role::kStateOfficer, Action::kOpenVault));
    EXPECT_FALSE(may(Role::kBuyer, Action::kSeePeople));
    EXPECT_FALSE(may(Role::kAuditor, Action::kSeePeople));
    EXPECT_FALSE(may(Role::kPackagingHouse, Action::kSeePeople));
    EXPECT_TRUE(may(Role::kBlockOfficer, Action::kSeePeople));
    EXPECT_FALSE(may(Role::kBlockOfficer, Action::kRevealPhone));
    EXPECT_EQ(actions_of(Role::kCashier),
              (std::vector<Action>{Action::kConsign, Action::kSell, Action::kSeeLots}));
    std::set<std::string_view> names;
    for (int i = 0; i < static_cast<int>(Action::kCount); ++i) {
        EXPECT_TRUE(names.insert(action_name(static_cast<Action>(i))).second);
    }
}

}  // namespace
}  // namespace haat::access
