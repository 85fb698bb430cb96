#include <fmt/format.h>

#include <array>
#include <iostream>

#include "access/accounts.hpp"
#include "access/passwords.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "output.hpp"
#include "registry/organisations.hpp"
#include "registry/places.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "storage/audit.hpp"
#include "supply/sites.hpp"

namespace haat::app {
namespace {

constexpr std::array kWords{
    Word{"what", "add|password|disable|list", "What to do."},
    Word{"login", "", "Name to sign in with: 3 to 40 of a-z, 0-9, dot, hyphen, underscore.", false},
};
constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    Option{"--role", "ROLE", "state_officer, district_officer, block_officer, mobiliser, …"},
    Option{"--name-hi", "NAME", "Name in Hindi."},
    Option{"--name-en", "NAME", "Name in English."},
    Option{"--place", "KIND:CODE",
           "Root of what it may see, as district:230; the state if not given."},
    Option{"--organisation", "CODE", "Of buyers and jails, as beur-jail."},
    Option{"--site", "KEY", "Of purchase points, packaging houses and outlets."},
};

/// The password is the first line of standard input, so that it is in no process list.
Result<std::string> read_password(const std::string& login) {
    std::string password;
    std::getline(std::cin, password);
    HAAT_TRY(access::check_password_policy(login, password));
    return password;
}

/// "district:230" as a place id.
Result<PlaceId> place_of(storage::Transaction& tx, const std::string& text) {
    if (text.empty()) {
        return registry::kBihar;
    }
    const std::size_t colon = text.find(':');
    const auto kind = registry::place_kind_from_name(std::string_view(text).substr(0, colon));
    const auto code = colon == std::string::npos
                          ? std::nullopt
                          : parse_integer(std::string_view(text).substr(colon + 1));
    if (!kind || !code || *code < 1 || *code > 999'999'999) {
        return refuse(ErrorKind::kInvalid, "app.bad_place", {{"value", text}});
    }
    return HAAT_TRY(registry::find_place(tx, *kind, *code)).place_id;
}

Result<AccountId> add(storage::Transaction& tx, const Arguments& arguments,
                      const std::string& password_hash, UnixSeconds now) {
    const std::string login = arguments.value("login");
    const std::string name_en = arguments.has("--name-en") ? arguments.value("--name-en") : login;
    const std::string name_hi = arguments.has("--name-hi") ? arguments.value("--name-hi") : name_en;
    access::NewAccount account;
    account.login = login;
    account.name_hi = name_hi;
    account.name_en = name_en;
    if (!role_from_name(arguments.value("--role"), account.role)) {
        return refuse(ErrorKind::kInvalid, "app.bad_role", {{"value", arguments.value("--role")}});
    }
    account.place_id = HAAT_TRY(place_of(tx, arguments.value("--place")));
    if (arguments.has("--organisation")) {
        account.organisation_id =
            HAAT_TRY(registry::find_organisation(tx, arguments.value("--organisation")))
                .organisation_id;
    }
    if (arguments.has("--site")) {
        const auto site = supply::find_site_by_key(tx, arguments.value("--site"));
        if (!site) {
            return refuse(ErrorKind::kNotFound, "supply.no_site");
        }
        account.site_id = site->site_id;
    }
    account.password_hash = password_hash;
    return HAAT_TRY(access::add_account(tx, account, now)).account_id;
}

void print_accounts(const Arguments& arguments, const std::vector<access::Account>& accounts) {
    JsonWriter json;
    json.begin_object().key("accounts").begin_array();
    for (const access::Account& account : accounts) {
        if (!arguments.json()) {
            print_line(fmt::format("{:<24} {:<18} {}", account.login, role_name(account.role),
                                   account.disabled ? "disabled" : ""));
        }
        json.begin_object().field("account_id", account.account_id).field("login", account.login);
        json.field("role", role_name(account.role)).field("disabled", account.disabled);
        json.end_object();
    }
    json.end_array().end_object();
    if (arguments.json()) {
        print_line(json.text());
    }
}

Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    const std::string what = arguments.value("what");
    const std::string login = arguments.value("login");
    if (what != "list" && login.empty()) {
        return refuse(ErrorKind::kInvalid, "app.no_login");
    }
    // Before anything is opened: a hash takes 100 ms and a bad password changes nothing.
    std::string hash;
    if (what == "add" || what == "password") {
        const std::string password = HAAT_TRY(read_password(login));
        access::PasswordHasher hasher;
        hash = HAAT_TRY(hasher.hash(password));
    }
    HAAT_TRY(require_current_schema(settings));
    const auto database = storage::Database::open(open_options(settings));
    if (what == "list") {
        print_accounts(arguments, database->read([](storage::Transaction& tx) {
            return access::list_accounts(tx);
        }));
        return kExitOk;
    }
    const UnixSeconds now = system_clock().now();
    Result<AccountId> changed = database->write([&](storage::Transaction& tx) -> Result<AccountId> {
        AccountId id;
        if (what == "add") {
            id = HAAT_TRY(add(tx, arguments, hash, now));
        } else {
            id = HAAT_TRY(access::find_account(tx, login)).account_id;
            if (what == "password") {
                HAAT_TRY(access::set_password(tx, id, hash, now));
            } else {
                HAAT_TRY(access::set_disabled(tx, id, true));
            }
        }
        storage::audit(tx, now, AccountId{}, "account." + what, fmt::format("account:{}", id.value),
                       "{}");
        return id;
    });
    const AccountId account_id = HAAT_TRY(std::move(changed));
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object().field("account_id", account_id).field("login", login).end_object();
        print_line(json.text());
    } else {
        print_text("app.account_done", {{"login", login}});
    }
    return kExitOk;
}

}  // namespace

constinit const Command kAccount{
    "account", "Accounts of those who use the web; passwords come from standard input.", kWords,
    kOptions, run};

}  // namespace haat::app
