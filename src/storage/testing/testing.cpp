#include "storage_testing/testing.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "storage/migrations.hpp"

namespace haat::storage::testing {
namespace {

std::string unique_name() {
    static std::atomic<int> count{0};
    return "haat_test_" + std::to_string(::getpid()) + "_" + std::to_string(count++);
}

}  // namespace

void DatabaseTest::SetUp() { SetUpAt({}); }

void DatabaseTest::SetUpAt(std::string_view last_migration) {
    options_ = {};
    if (GetParam() == Engine::kSqlite) {
        options_.sqlite_directory = std::filesystem::temp_directory_path() / unique_name();
    } else {
        const char* url = std::getenv("HAAT_TEST_POSTGRES");
        ASSERT_NE(url, nullptr) << "run tests by tools/with_postgres, as `make test` does";
        options_.postgres_url = url;
        options_.postgres_schema = unique_name();
    }
    options_.readers = 2;
    options_.prepare_all = last_migration.empty();
    ASSERT_TRUE(migrate(options_, last_migration).has_value());
    database_ = Database::open(options_);
}

void DatabaseTest::TearDown() {
    database_.reset();
    if (!options_.sqlite_directory.empty()) {
        std::filesystem::remove_all(options_.sqlite_directory);
    }
}

void DatabaseTest::reopen() {
    database_.reset();
    database_ = Database::open(options_);
}

std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
    return info.param == Engine::kSqlite ? "sqlite" : "postgres";
}

}  // namespace haat::storage::testing
