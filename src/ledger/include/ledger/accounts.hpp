/// @file Accounts and their codes. The first word of a code says its kind, so a code and a kind
/// cannot disagree: assets, liabilities, income, expenses, equity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::ledger {

/// Whether an account may stand on the wrong side of zero.
enum class Guard : std::uint8_t {
    kFree,
    /// Cash, stock, escrow: what is not there cannot be given. An asset never goes below 0, a
    /// liability never above.
    kNeverNegative,
};

struct Account {
    std::int64_t number = 0;
    std::string code;
    std::string kind;       ///< "asset", "liability", "income", "expense", "equity".
    std::string owner_ref;  ///< Whose it is, as "person:17"; empty: the house's own.
    Guard guard = Guard::kFree;
    Paise balance;  ///< Debit positive, credit negative: money owed to a producer is negative.
};

/// Opens an account, or finds it if it exists (then owner and guard stay as they were). Safe to
/// repeat.
/// @param code  2 or more words of a-z, 0-9 and '-', joined by ':', the first a kind; at most 64
///   bytes: "liabilities:payable:person:17".
/// @return Its number. Refusal: ledger.bad_account_code.
[[nodiscard]] Result<std::int64_t> open_account(storage::Transaction& tx, std::string_view code,
                                                std::string_view owner_ref, Guard guard,
                                                UnixSeconds now);

/// @return ledger.no_account.
[[nodiscard]] Result<Account> find_account(storage::Transaction& tx, std::string_view code);

/// Codes by which everybody names the same account. None holds a name of a person.
[[nodiscard]] std::string payable_to(PersonId person);         ///< liabilities:payable:person:17
[[nodiscard]] std::string payable_to(GroupId group);           ///< liabilities:payable:group:4
[[nodiscard]] std::string payable_to(OrganisationId body);     ///< liabilities:payable:body:3
[[nodiscard]] std::string payable_to(SiteId site);             ///< liabilities:payable:site:9
[[nodiscard]] std::string payable_to(SealedId sealed);         ///< liabilities:payable:sealed:8812
[[nodiscard]] std::string pool(std::string_view name);         ///< liabilities:pool:victims
[[nodiscard]] std::string proceeds_of(std::string_view name);  ///< liabilities:proceeds:mukti
[[nodiscard]] std::string suspense_of(std::string_view rule);  ///< liabilities:suspense:mukti
[[nodiscard]] std::string cash_at(SiteId site);                ///< assets:cash:site:9
inline constexpr std::string_view kGstPayable = "liabilities:tax:gst";

}  // namespace haat::ledger
