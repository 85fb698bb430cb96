#include "storage/statement.hpp"

namespace haat::storage {
namespace {

std::vector<const Statement*>& registered() {
    static std::vector<const Statement*> statements;
    return statements;
}

}  // namespace

Statement::Statement(std::string_view name_, std::string_view sqlite_, std::string_view postgres_,
                     std::span<const Field> params_, std::span<const Field> columns_,
                     std::optional<By> by_)
    : name(name_),
      sqlite(sqlite_),
      postgres(postgres_),
      params(params_),
      columns(columns_),
      by(by_),
      index(registered().size()) {
    registered().push_back(this);
}

std::span<const Statement* const> all_statements() { return registered(); }

}  // namespace haat::storage
