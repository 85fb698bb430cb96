/// @file Accounts of those who use the web: role, place, organisation, site.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::access {

struct Account {
    AccountId account_id;
    std::string login;
    std::string name_hi;
    std::string name_en;
    Role role = Role::kAuditor;
    PlaceId place_id;                ///< Root of what the account may see.
    OrganisationId organisation_id;  ///< For buyers and jails; else none.
    SiteId site_id;                  ///< For purchase points, packaging houses, outlets; else none.
    bool disabled = false;
    UnixSeconds created_at;
};

struct NewAccount {
    std::string_view login;  ///< 3..40 of a-z, 0-9, dot, hyphen, underscore.
    std::string_view name_hi;
    std::string_view name_en;
    Role role = Role::kAuditor;
    PlaceId place_id;
    OrganisationId organisation_id;
    SiteId site_id;
    std::string_view password_hash;  ///< From PasswordHasher::hash.
};

/// @return access.login_taken, access.bad_login, access.bad_name, access.bad_role (kSystem is not
///         an account), access.needs_organisation, access.needs_site.
[[nodiscard]] Result<Account> add_account(storage::Transaction& tx, const NewAccount& account,
                                          UnixSeconds now);

/// access.no_account if there is none.
[[nodiscard]] Result<Account> find_account(storage::Transaction& tx, AccountId account_id);
[[nodiscard]] Result<Account> find_account(storage::Transaction& tx, std::string_view login);
[[nodiscard]] std::vector<Account> list_accounts(storage::Transaction& tx);

/// Sets the password and ends every session of the account.
[[nodiscard]] Result<void> set_password(storage::Transaction& tx, AccountId account_id,
                                        std::string_view password_hash, UnixSeconds now);

/// A disabled account has no viewer from the next request on; its sessions end.
[[nodiscard]] Result<void> set_disabled(storage::Transaction& tx, AccountId account_id,
                                        bool disabled);

}  // namespace haat::access
