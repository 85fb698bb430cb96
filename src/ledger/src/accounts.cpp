#include "ledger/accounts.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "sql/accounts.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKinds{{
    {"assets", "asset"},
    {"liabilities", "liability"},
    {"income", "income"},
    {"expenses", "expense"},
    {"equity", "equity"},
}};

/// The kind that a well-formed code says; empty if it is malformed.
std::string_view kind_of(std::string_view code) {
    if (code.size() > 64) {
        return {};
    }
    std::string_view kind;
    std::string_view rest = code;
    int words = 0;
    while (true) {
        const std::size_t colon = rest.find(':');
        const std::string_view word = rest.substr(0, colon);
        if (!is_word(word, 64) || word.front() == '-') {
            return {};
        }
        if (words++ == 0) {
            for (const auto& [root, name] : kKinds) {
                kind = word == root ? name : kind;
            }
        }
        if (colon == std::string_view::npos) {
            return words >= 2 ? kind : std::string_view{};
        }
        rest.remove_prefix(colon + 1);
    }
}

}  // namespace

Result<std::int64_t> open_account(storage::Transaction& tx, std::string_view code,
                                  std::string_view owner_ref, Guard guard, UnixSeconds now) {
    const std::string_view kind = kind_of(code);
    if (kind.empty() || (!owner_ref.empty() && !is_key(owner_ref, 64))) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_account_code",
                      {{"account", std::string(code)}});
    }
    if (const auto found = sql::account_find(tx, {.code = code})) {
        return found->account_number;
    }
    const std::int64_t number = tx.new_id();
    const std::int64_t opened =
        sql::account_open(tx, {.account_number = number,
                               .code = code,
                               .kind = kind,
                               .owner_ref = owner_ref,
                               .guarded = guard == Guard::kNeverNegative ? 1 : 0,
                               .opened_at = now});
    if (opened == 1) {
        return number;
    }
    // Another transaction opened it between the two statements.
    const auto found = sql::account_find(tx, {.code = code});
    if (!found) {
        return refuse(ErrorKind::kUnavailable, "ledger.no_account",
                      {{"account", std::string(code)}});
    }
    return found->account_number;
}

Result<Account> find_account(storage::Transaction& tx, std::string_view code) {
    auto found = sql::account_find(tx, {.code = code});
    if (!found) {
        return refuse(ErrorKind::kNotFound, "ledger.no_account", {{"account", std::string(code)}});
    }
    return Account{.number = found->account_number,
                   .code = std::move(found->code),
                   .kind = std::move(found->kind),
                   .owner_ref = std::move(found->owner_ref),
                   .guard = found->guarded != 0 ? Guard::kNeverNegative : Guard::kFree,
                   .balance = found->balance_paise};
}

std::string payable_to(PersonId person) {
    return fmt::format("liabilities:payable:person:{}", person.value);
}
std::string payable_to(GroupId group) {
    return fmt::format("liabilities:payable:group:{}", group.value);
}
std::string payable_to(OrganisationId body) {
    return fmt::format("liabilities:payable:body:{}", body.value);
}
std::string payable_to(SiteId site) {
    return fmt::format("liabilities:payable:site:{}", site.value);
}
std::string payable_to(SealedId sealed) {
    return fmt::format("liabilities:payable:sealed:{}", sealed.value);
}
std::string pool(std::string_view name) { return fmt::format("liabilities:pool:{}", name); }
std::string proceeds_of(std::string_view name) {
    return fmt::format("liabilities:proceeds:{}", name);
}
std::string suspense_of(std::string_view rule) {
    return fmt::format("liabilities:suspense:{}", rule);
}
std::string cash_at(SiteId site) { return fmt::format("assets:cash:site:{}", site.value); }

}  // namespace haat::ledger
