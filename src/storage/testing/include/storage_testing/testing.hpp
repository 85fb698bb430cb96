/// @file The fixture by which every test that touches the database runs on both engines.
///
///     class OffersTest : public storage::testing::DatabaseTest {};
///     HAAT_BOTH_ENGINES(OffersTest);
///     TEST_P(OffersTest, IsFoundByItsProduct) { database().write([&](auto& tx) { … }); }
///
/// SQLite gets a fresh directory; PostgreSQL a fresh schema on the server that HAAT_TEST_POSTGRES
/// names (tools/with_postgres starts a throw-away one). Without it the PostgreSQL half fails.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/database.hpp"

namespace haat::storage::testing {

class DatabaseTest : public ::testing::TestWithParam<Engine> {
  protected:
    void SetUp() override;
    void TearDown() override;
    /// A database that has the migrations up to this one only; statements are not prepared.
    void SetUpAt(std::string_view last_migration);

    [[nodiscard]] Database& database() { return *database_; }
    [[nodiscard]] const OpenOptions& options() const { return options_; }
    /// Closes and opens again, as a restart does.
    void reopen();
    /// Closes: for what needs no thread of ours, as a fork. `reopen` opens again.
    void close() { database_.reset(); }

  private:
    OpenOptions options_;
    std::unique_ptr<Database> database_;
};

[[nodiscard]] std::string engine_name(const ::testing::TestParamInfo<Engine>& info);

}  // namespace haat::storage::testing

#define HAAT_BOTH_ENGINES(Fixture)                                                    \
    INSTANTIATE_TEST_SUITE_P(Engines, Fixture,                                        \
                             ::testing::Values(::haat::storage::Engine::kSqlite,      \
                                               ::haat::storage::Engine::kPostgres),   \
                             ::haat::storage::testing::engine_name)
