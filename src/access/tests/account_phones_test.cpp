#include "access/account_phones.hpp"

#include <gtest/gtest.h>

#include "access/accounts.hpp"
#include "storage_testing/testing.hpp"

namespace haat::access {
namespace {

using storage::Transaction;

constexpr UnixSeconds kNow{1'790'000'000};
constexpr AddressId kPhone{809};
constexpr AddressId kOther{817};

class AccountPhonesTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        account_id_ = database().write([&](Transaction& tx) {
            return add_account(tx,
                               {.login = "shop",
                                .name_hi = "दुकान",
                                .name_en = "Shop",
                                .role = Role::kBuyer,
                                .place_id = {100},
                                .organisation_id = {7},
                                .password_hash = "x"},
                               kNow)
                ->account_id;
        });
    }
    std::string code() {
        return database().write(
            [&](Transaction& tx) { return new_phone_code(tx, account_id_, "en", kNow); });
    }
    std::optional<AccountId> link(std::string_view written, AddressId from, UnixSeconds at) {
        return database().write([&](Transaction& tx) { return link_phone(tx, written, from, at); });
    }
    AccountPhone phone() {
        return database().read([&](Transaction& tx) { return phone_of(tx, account_id_); });
    }
    AccountId account_id_;
};
HAAT_BOTH_ENGINES(AccountPhonesTest);

TEST_P(AccountPhonesTest, TheCodeLinksThePhoneThatWritesItOnce) {
    EXPECT_FALSE(phone().address_id);
    const std::string first = code();
    EXPECT_EQ(link("00000000", kOther, kNow), std::nullopt);
    EXPECT_EQ(link(first, kPhone, kNow), account_id_);
    EXPECT_EQ(phone().address_id, kPhone);
    EXPECT_EQ(phone().language, "en");
    EXPECT_EQ(link(first, kOther, kNow), std::nullopt) << "a code is used up";
    EXPECT_EQ(phone().address_id, kPhone);
}

TEST_P(AccountPhonesTest, AnOldCodeAndOneThatWasReplacedLinkNothing) {
    const std::string first = code();
    EXPECT_EQ(link(first, kPhone, {kNow.value + kPhoneCodeSeconds}), std::nullopt);
    const std::string second = code();
    EXPECT_EQ(link(first, kPhone, kNow), std::nullopt);
    EXPECT_EQ(link(second, kPhone, kNow), account_id_);
    database().write([&](Transaction& tx) {
        unlink_phone(tx, account_id_);
        unlink_phone(tx, account_id_);
        return 0;
    });
    EXPECT_FALSE(phone().address_id);
}

TEST(PhoneCode, IsFoundInWhatPeopleWrite) {
    EXPECT_EQ(phone_code_in("हाट 48120937"), "48120937");
    EXPECT_EQ(phone_code_in(" Haat 4812 0937 "), "48120937");
    EXPECT_EQ(phone_code_in("हाट ४८१२०९३७"), "48120937");
    EXPECT_EQ(phone_code_in("haat 4812093"), "");
    EXPECT_EQ(phone_code_in("haat 481209371"), "");
    EXPECT_EQ(phone_code_in("48120937"), "");
    EXPECT_EQ(phone_code_in("हाट"), "");
    EXPECT_EQ(phone_code_in("हाट में 20 किलो अचार"), "");
}

}  // namespace
}  // namespace haat::access
