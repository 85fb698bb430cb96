/// @file What the tests of the ledger that touch the database have in common.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ledger/accounts.hpp"
#include "ledger/invariants.hpp"
#include "ledger/journal.hpp"
#include "storage/failure.hpp"
#include "storage_testing/testing.hpp"

namespace haat::ledger::testing {

/// 2026-11-21, 12:00 in India.
inline constexpr UnixSeconds kNow{1'795'242'600};

class LedgerTest : public storage::testing::DatabaseTest {
 protected:
    void open(const std::string& code, Guard guard = Guard::kFree) {
        const auto opened = database().write(
            [&](storage::Transaction& tx) { return open_account(tx, code, "", guard, kNow); });
        ASSERT_TRUE(opened) << code << ": " << opened.error().code;
    }

    /// Posts in a transaction of its own.
    Result<std::int64_t> posted(const EntryHead& head, const std::vector<Posting>& postings,
                                UnixSeconds now = kNow) {
        return database().write(
            [&](storage::Transaction& tx) { return post(tx, head, postings, now); });
    }

    Paise on(const std::string& code) {
        return database().read(
            [&](storage::Transaction& tx) { return balance(tx, code).value_or(Paise{}); });
    }

    /// The laws that are broken, as "law: explanation".
    std::vector<std::string> breaches() {
        std::vector<std::string> list;
        database().read([&](storage::Transaction& tx) {
            for (const Breach& breach : check_invariants(tx)) {
                list.push_back(std::string(breach.law) + ": " + breach.explanation);
            }
        });
        return list;
    }

    void script(const std::string& text) {
        database().write([&](storage::Transaction& tx) { tx.execute_script(text); });
    }

    /// Takes away what protects a table, as somebody with the disk in hand can.
    void unprotect(const std::string& table, const std::vector<std::string>& more = {}) {
        if (GetParam() == storage::Engine::kSqlite) {
            script("DROP TRIGGER " + table + "_no_update; DROP TRIGGER " + table + "_no_delete;");
            for (const std::string& trigger : more) {
                script("DROP TRIGGER " + trigger + ";");
            }
        } else {
            script("ALTER TABLE " + table + " DISABLE TRIGGER ALL;");
        }
    }
};

/// "ok" or the code of the refusal.
template <typename T>
std::string outcome_of(const Result<T>& result) {
    return result ? "ok" : result.error().code;
}

}  // namespace haat::ledger::testing
