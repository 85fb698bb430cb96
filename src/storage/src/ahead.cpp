#include "storage/ahead.hpp"

#include "base/assert.hpp"
#include "connection.hpp"

namespace haat::storage {
namespace {

class OnlyAsks final : public Transaction {
 public:
    explicit OnlyAsks(Connection& connection) : connection_(connection) {}

    void query(const Statement& statement, std::span<const Value> values,
               const std::function<void(const Row&)>& /*each*/) override {
        connection_.ask_ahead(statement, values);
    }
    std::int64_t execute(const Statement& /*statement*/,
                         std::span<const Value> /*values*/) override {
        HAAT_ASSERT(false);
        return 0;
    }
    void execute_many(const Statement& /*statement*/, std::span<const Value> /*values*/) override {
        HAAT_ASSERT(false);
    }
    void execute_script(std::string_view /*script*/) override { HAAT_ASSERT(false); }
    [[nodiscard]] std::int64_t new_id() override { return connection_.new_id(); }
    [[nodiscard]] Engine engine() const override { return connection_.engine(); }

 private:
    Connection& connection_;
};

}  // namespace

void ahead(Transaction& tx, const std::function<void(Transaction&)>& reads) {
    auto* const connection = dynamic_cast<Connection*>(&tx);
    if (connection == nullptr || connection->engine() == Engine::kSqlite) {
        return;
    }
    OnlyAsks asks(*connection);
    reads(asks);
}

}  // namespace haat::storage
