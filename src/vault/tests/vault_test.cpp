#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/failure.hpp"
#include "storage_testing/testing.hpp"
#include "vault/keys.hpp"
#include "vault/records.hpp"

namespace haat::vault {
namespace {

using storage::Transaction;

constexpr UnixSeconds kNow{1'790'000'000};
constexpr std::string_view kReason = "monthly payout of the fund";

std::string scratch_file(const std::string& name) {
    const std::string path =
        ::testing::TempDir() + "haat_vault_" + name + "_" + std::to_string(::getpid());
    std::filesystem::remove(path);
    return path;
}

OuterKey new_key(const std::string& name) {
    const std::string path = scratch_file(name);
    OuterKey key = *OuterKey::make_file(path);
    std::filesystem::remove(path);
    return key;
}

Viewer viewer_of(Role role) { return {.account_id = {7}, .role = role}; }

class VaultTest : public storage::testing::DatabaseTest {
 protected:
    VaultTest() : key_(new_key("one")) {}

    SealedId seal_family() {
        const FieldText fields[] = {{"name", "पीड़ित परिवार"}, {"phone", "+919812345678"}};
        const std::string_view lookups[] = {"+919812345678"};
        return database().write([&](Transaction& tx) {
            return *seal(tx, key_, RecordKind::kVictimFamily, fields, lookups, kNow);
        });
    }
    Result<std::map<std::string, std::string>> look(const OuterKey& key, Role role,
                                                    SealedId sealed_id,
                                                    std::string_view reason = kReason,
                                                    std::vector<std::string_view> fields = {}) {
        return database().write([&](Transaction& tx) {
            return open(tx, key, viewer_of(role), Purpose::kWork, reason, sealed_id, fields, kNow);
        });
    }
    std::size_t looks(SealedId sealed_id) {
        return database().read([&](Transaction& tx) { return looks_at(tx, sealed_id).size(); });
    }

    OuterKey key_;
};
HAAT_BOTH_ENGINES(VaultTest);

TEST_P(VaultTest, OpensForThoseInTheTableAndLogsEachLook) {
    const SealedId sealed_id = seal_family();
    const auto opened = look(key_, Role::kVictimFund, sealed_id);
    ASSERT_TRUE(opened.has_value()) << opened.error().code;
    EXPECT_EQ(opened->at("name"), "पीड़ित परिवार");
    EXPECT_EQ(opened->at("phone"), "+919812345678");
    const auto one = look(key_, Role::kVictimFund, sealed_id, kReason, {"phone"});
    EXPECT_EQ(one->size(), 1U);
    database().read([&](Transaction& tx) {
        const std::vector<Look> all = looks_at(tx, sealed_id);
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].fields, "name;phone");
        EXPECT_EQ(all[0].role, "victim_fund");
        EXPECT_EQ(all[0].reason, kReason);
        EXPECT_EQ(all[1].fields, "phone");
    });
    for (const Role role : {Role::kSystem, Role::kStateOfficer, Role::kJailOfficer, Role::kAuditor,
                            Role::kBuyer, Role::kCashier}) {
        const auto refused = look(key_, role, sealed_id);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, "vault.not_allowed");
    }
    EXPECT_EQ(look(key_, Role::kVictimFund, sealed_id, "short").error().code, "vault.no_reason");
    EXPECT_EQ(look(key_, Role::kVictimFund, {12}).error().code, "vault.no_record");
    EXPECT_EQ(looks(sealed_id), 2U);
}

TEST_P(VaultTest, FindsByKeyedHashOnly) {
    const SealedId sealed_id = seal_family();
    const OuterKey other = new_key("two");
    database().read([&](Transaction& tx) {
        EXPECT_EQ(find_sealed(tx, key_, RecordKind::kVictimFamily, "+919812345678"),
                  std::vector<SealedId>{sealed_id});
        EXPECT_TRUE(find_sealed(tx, key_, RecordKind::kPrisoner, "+919812345678").empty());
        EXPECT_TRUE(find_sealed(tx, key_, RecordKind::kVictimFamily, "+919812345679").empty());
        EXPECT_TRUE(find_sealed(tx, other, RecordKind::kVictimFamily, "+919812345678").empty());
    });
    EXPECT_EQ(look(other, Role::kVictimFund, sealed_id).error().code, "vault.wrong_key");
}

TEST_P(VaultTest, ResealsWithANewVersionAndDestroysForGood) {
    const SealedId sealed_id = seal_family();
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(reseal(tx, key_, sealed_id, {"phone", "+919800000000"}));
        EXPECT_TRUE(reseal(tx, key_, sealed_id, {"note", "new field"}));
        EXPECT_EQ(reseal(tx, key_, sealed_id, {"Bad Field", "x"}).error().code, "vault.bad_field");
        EXPECT_EQ(reseal(tx, key_, {12}, {"phone", "x"}).error().code, "vault.no_record");
    });
    EXPECT_EQ(look(key_, Role::kVictimFund, sealed_id)->at("phone"), "+919800000000");
    EXPECT_EQ(look(key_, Role::kVictimFund, sealed_id)->at("note"), "new field");
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(destroy(tx, sealed_id, kNow));
        EXPECT_TRUE(destroy(tx, sealed_id, kNow));
        EXPECT_FALSE(destroy(tx, {12}, kNow));
        EXPECT_TRUE(find_sealed(tx, key_, RecordKind::kVictimFamily, "+919812345678").empty());
    });
    EXPECT_EQ(look(key_, Role::kVictimFund, sealed_id).error().code, "vault.no_record");
    EXPECT_EQ(looks(sealed_id), 2U);  // the log outlives what was looked at
}

TEST_P(VaultTest, ACiphertextMovedOrChangedDoesNotOpen) {
    const SealedId one = seal_family();
    const SealedId two = seal_family();
    EXPECT_TRUE(look(key_, Role::kVictimFund, one).has_value());
    const auto run = [&](std::string_view text) {
        database().write([&](Transaction& tx) { tx.execute_script(text); });
    };
    // The phone of one record put into the name of the same record…
    run("UPDATE vault_field SET sealed = (SELECT f.sealed FROM vault_field f WHERE f.sealed_id = "
        "vault_field.sealed_id AND f.field = 'phone') WHERE field = 'name' AND sealed_id = " +
        std::to_string(one.value));
    EXPECT_EQ(look(key_, Role::kVictimFund, one).error().code, "vault.tampered");
    // …and another record's key put into this one.
    run("UPDATE vault_record SET wrapped_key = (SELECT r.wrapped_key FROM vault_record r WHERE "
        "r.sealed_id = " +
        std::to_string(one.value) + ") WHERE sealed_id = " + std::to_string(two.value));
    EXPECT_EQ(look(key_, Role::kVictimFund, two).error().code, "vault.tampered");
    EXPECT_THROW(run("DELETE FROM vault_look"), storage::Failure);
}

TEST_P(VaultTest, HoldsNoClearText) {
    const SealedId sealed_id = seal_family();
    EXPECT_GT(sealed_id.value, 0);
    EXPECT_LT(sealed_id.value, std::int64_t{1} << 53);  // ids survive JavaScript
    if (GetParam() == storage::Engine::kSqlite) {
        for (const auto& entry : std::filesystem::directory_iterator(options().sqlite_directory)) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes(std::istreambuf_iterator<char>(in), {});
            EXPECT_EQ(bytes.find("9812345678"), std::string::npos) << entry.path();
        }
    }
}

TEST(OuterKeys, ComeFromAFileThatOnlyItsOwnerMayRead) {
    const std::string path = scratch_file("file");
    EXPECT_EQ(OuterKey::from_file(path).error().code, "vault.no_key_file");
    const std::string name = OuterKey::make_file(path)->name();
    EXPECT_EQ(name.size(), 16U);
    EXPECT_EQ(OuterKey::from_file(path)->name(), name);
    EXPECT_EQ(OuterKey::make_file(path).error().code, "vault.key_file_exists");
    ::chmod(path.c_str(), 0640);
    EXPECT_EQ(OuterKey::from_file(path).error().code, "vault.key_file_open");
    ::chmod(path.c_str(), 0600);
    std::ofstream(path, std::ios::trunc) << "not a key";
    EXPECT_EQ(OuterKey::from_file(path).error().code, "vault.bad_key");
    std::filesystem::remove(path);

    ::unsetenv("HAAT_TEST_KEY");
    EXPECT_EQ(OuterKey::from_environment("HAAT_TEST_KEY").error().code, "vault.no_key");
    ::setenv("HAAT_TEST_KEY", std::string(64, 'a').c_str(), 1);
    EXPECT_TRUE(OuterKey::from_environment("HAAT_TEST_KEY").has_value());
    ::setenv("HAAT_TEST_KEY", std::string(63, 'a').c_str(), 1);
    EXPECT_EQ(OuterKey::from_environment("HAAT_TEST_KEY").error().code, "vault.bad_key");
}

}  // namespace
}  // namespace haat::vault
