// Migrations on a filled database: before.sql fills one, after.sql asks what must be 0.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "storage/migrations.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using storage::Migration;
using storage::Transaction;

class MigrationTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {}  // each migration gets a database of its own

    void check(const Migration& before, const Migration& migration) {
        DatabaseTest::SetUpAt(before.name);
        run(without_comments(migration.before));
        DatabaseTest::close();
        ASSERT_TRUE(storage::migrate(options(), migration.name).has_value());
        DatabaseTest::reopen();
        std::istringstream queries{without_comments(migration.after)};
        for (std::string query; std::getline(queries, query, ';');) {
            if (query.find("SELECT") != std::string::npos) {
                // The table takes nothing but 0.
                run("CREATE TABLE expects_zero (n BIGINT CHECK (n = 0));\nINSERT INTO "
                    "expects_zero " +
                    query + ";\nDROP TABLE expects_zero;\n");
            }
        }
        DatabaseTest::TearDown();
    }

 private:
    static std::string without_comments(std::string_view text) {
        std::istringstream lines{std::string(text)};
        std::string rest;
        for (std::string line; std::getline(lines, line);) {
            rest += line.starts_with("--") ? "" : line + "\n";
        }
        return rest;
    }
    void run(std::string_view script) {
        if (script.empty()) {
            return;
        }
        database().write([&](Transaction& tx) {
            tx.execute_script(storage::migration_text_for(tx.engine(), script));
        });
    }
};
HAAT_BOTH_ENGINES(MigrationTest);

TEST_P(MigrationTest, KeepsWhatWasThere) {
    const std::span<const Migration> all = storage::all_migrations();
    int checked = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!all[i].before.empty()) {
            SCOPED_TRACE(all[i].name);
            ASSERT_NO_THROW(check(all[i - 1], all[i]));
            ++checked;
        }
    }
    EXPECT_GT(checked, 0);
}

}  // namespace
}  // namespace haat::registry
