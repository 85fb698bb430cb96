#include "access/accounts.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sql/accounts.hpp"
#include "sql/sessions.hpp"

namespace haat::access {
namespace {

template <typename Row>
Account account_from(const Row& row) {
    Account account{.account_id = row.account_id,
                    .login = row.login,
                    .name_hi = row.name_hi,
                    .name_en = row.name_en,
                    .place_id = row.place_id,
                    .organisation_id = row.organisation_id,
                    .site_id = row.site_id,
                    .disabled = row.disabled != 0,
                    .created_at = row.created_at};
    HAAT_ASSERT(role_from_name(row.role, account.role));
    return account;
}

bool good_login(std::string_view login) {
    return login.size() >= 3 && login.size() <= 40 && std::ranges::all_of(login, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                      c == '_';
           });
}

bool good_name(std::string_view name) {
    return is_utf8(name) && !trim(name).empty() && count_code_points(name) <= 100;
}

bool needs_site(Role role) {
    return role == Role::kPurchasePoint || role == Role::kPackagingHouse || role == Role::kCashier;
}

bool needs_organisation(Role role) { return role == Role::kBuyer || role == Role::kJailOfficer; }

Result<void> check(storage::Transaction& tx, const NewAccount& account) {
    if (!good_login(account.login)) {
        return refuse(ErrorKind::kInvalid, "access.bad_login");
    }
    if (!good_name(account.name_hi) || !good_name(account.name_en)) {
        return refuse(ErrorKind::kInvalid, "access.bad_name");
    }
    if (account.role == Role::kSystem) {
        return refuse(ErrorKind::kInvalid, "access.bad_role");
    }
    if (needs_organisation(account.role) && !account.organisation_id) {
        return refuse(ErrorKind::kInvalid, "access.needs_organisation");
    }
    if (needs_site(account.role) && !account.site_id) {
        return refuse(ErrorKind::kInvalid, "access.needs_site");
    }
    if (sql::account_by_login(tx, {.login = account.login})) {
        return refuse(ErrorKind::kConflict, "access.login_taken");
    }
    return {};
}

}  // namespace

Result<Account> add_account(storage::Transaction& tx, const NewAccount& account, UnixSeconds now) {
    HAAT_TRY(check(tx, account));
    HAAT_ASSERT(!account.password_hash.empty());
    const AccountId account_id = tx.new_id_as<AccountId>();
    sql::account_add(
        tx, {.account_id = account_id,
             .login = account.login,
             .name_hi = trim(account.name_hi),
             .name_en = trim(account.name_en),
             .role = role_name(account.role),
             .place_id = account.place_id,
             .organisation_id =
                 account.organisation_id ? std::optional(account.organisation_id) : std::nullopt,
             .site_id = account.site_id ? std::optional(account.site_id) : std::nullopt,
             .password_hash = account.password_hash,
             .created_at = now});
    return find_account(tx, account_id);
}

Result<Account> find_account(storage::Transaction& tx, AccountId account_id) {
    const auto row = sql::account_find(tx, {.account_id = account_id});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "access.no_account");
    }
    return account_from(*row);
}

Result<Account> find_account(storage::Transaction& tx, std::string_view login) {
    const auto row = sql::account_by_login(tx, {.login = login});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "access.no_account");
    }
    return account_from(*row);
}

std::vector<Account> list_accounts(storage::Transaction& tx) {
    std::vector<Account> accounts;
    for (const sql::AccountListRow& row : sql::account_list(tx)) {
        accounts.push_back(account_from(row));
    }
    return accounts;
}

Result<void> set_password(storage::Transaction& tx, AccountId account_id,
                          std::string_view password_hash, UnixSeconds now) {
    HAAT_ASSERT(!password_hash.empty());
    if (sql::account_set_password(
            tx, {.password_hash = password_hash, .now_at = now, .account_id = account_id}) == 0) {
        return refuse(ErrorKind::kNotFound, "access.no_account");
    }
    sql::sessions_remove_of(tx, {.account_id = account_id});
    return {};
}

Result<void> set_disabled(storage::Transaction& tx, AccountId account_id, bool disabled) {
    if (sql::account_set_disabled(tx, {.disabled = disabled ? 1 : 0, .account_id = account_id}) ==
        0) {
        return refuse(ErrorKind::kNotFound, "access.no_account");
    }
    if (disabled) {
        sql::sessions_remove_of(tx, {.account_id = account_id});
    }
    return {};
}

}  // namespace haat::access
