#include "access/account_phones.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sql/account_phones.hpp"

namespace haat::access {
namespace {

constexpr std::size_t kCodeDigits = 8;
constexpr std::array<std::string_view, 3> kPrefixes{"हाट", "haat", "hat"};
constexpr std::string_view kDevanagariDigits = "०१२३४५६७८९";
constexpr std::size_t kDevanagariBytes = 3;

/// "४८" and "48" are the same code.
std::string with_ascii_digits(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t digit = kDevanagariDigits.find(text.substr(at, kDevanagariBytes));
        const bool is_devanagari = at + kDevanagariBytes <= text.size() &&
                                   digit != std::string_view::npos && digit % kDevanagariBytes == 0;
        if (is_devanagari) {
            result += static_cast<char>('0' + digit / kDevanagariBytes);
        } else {
            result += text[at];
        }
        at += is_devanagari ? kDevanagariBytes : 1;
    }
    return result;
}

}  // namespace

std::string new_phone_code(storage::Transaction& tx, AccountId account_id,
                           std::string_view language, UnixSeconds now) {
    HAAT_ASSERT(sodium_init() >= 0);
    const std::string code = fmt::format("{:08}", randombytes_uniform(100'000'000));
    sql::phone_code_put(tx, {.account_id = account_id,
                             .code = code,
                             .until_at = {now.value + kPhoneCodeSeconds},
                             .language = language});
    return code;
}

std::string phone_code_in(std::string_view text) {
    std::string rest = with_ascii_digits(text);
    for (char& c : rest) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    std::erase(rest, ' ');
    for (const std::string_view prefix : kPrefixes) {
        if (rest.starts_with(prefix)) {
            std::string code = rest.substr(prefix.size());
            const bool is_code = code.size() == kCodeDigits &&
                                 code.find_first_not_of("0123456789") == std::string::npos;
            return is_code ? code : "";
        }
    }
    return "";
}

std::optional<AccountId> link_phone(storage::Transaction& tx, std::string_view code,
                                    AddressId address_id, UnixSeconds now) {
    const auto row = sql::phone_by_code(tx, {.code = code, .now_at = now});
    if (!row) {
        return std::nullopt;
    }
    sql::phone_link(tx, {.address_id = address_id, .now_at = now, .account_id = row->account_id});
    return row->account_id;
}

AccountPhone phone_of(storage::Transaction& tx, AccountId account_id) {
    const auto row = sql::phone_get(tx, {.account_id = account_id});
    if (!row) {
        return {.address_id = {}, .linked_at = {}, .language = "hi"};
    }
    return {.address_id = row->address_id.value_or(AddressId{}),
            .linked_at = row->linked_at.value_or(UnixSeconds{}),
            .language = row->language};
}

void unlink_phone(storage::Transaction& tx, AccountId account_id) {
    sql::phone_unlink(tx, {.account_id = account_id});
}

}  // namespace haat::access
