#include "access/sessions.hpp"

#include <sodium.h>

#include <array>
#include <mutex>
#include <unordered_map>

#include "base/assert.hpp"
#include "sql/accounts.hpp"
#include "sql/sessions.hpp"

namespace haat::access {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenCharacters = 43;
using Secret = std::array<unsigned char, kTokenBytes>;

std::string base64url(const Secret& bytes) {
    std::array<char,
               sodium_base64_ENCODED_LEN(kTokenBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)>
        text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text.data();
}

bool decode(std::string_view token, Secret& bytes) {
    std::size_t size = 0;
    const char* end = nullptr;
    return token.size() == kTokenCharacters &&
           sodium_base642bin(bytes.data(), bytes.size(), token.data(), token.size(), nullptr, &size,
                             &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == kTokenBytes && end == token.data() + token.size();
}

/// BLAKE2b-256 of the raw token, keyed by what it is for.
std::string keyed_hash(const Secret& token, std::string_view use) {
    Secret hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(use.data()),
                       use.size(), token.data(), token.size());
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// What the database knows a token by; empty for text that cannot be one.
std::string stored_hash(std::string_view token) {
    Secret bytes{};
    return decode(token, bytes) ? keyed_hash(bytes, "haat session") : std::string();
}

}  // namespace

SignInFacts sign_in_facts(storage::Transaction& tx, std::string_view login) {
    const auto row = sql::account_sign_in_facts(tx, {.login = login});
    if (!row) {
        return {};
    }
    return {.account_id = row->account_id,
            .password_hash = row->password_hash,
            .may_sign_in = row->disabled == 0};
}

NewSession start_session(storage::Transaction& tx, AccountId account_id, UnixSeconds now) {
    HAAT_ASSERT(sodium_init() >= 0);
    Secret bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    NewSession session{.session_id = tx.new_id_as<SessionId>(),
                       .token = base64url(bytes),
                       .expires_at = {now.value + kSessionAbsoluteSeconds}};
    session.csrf_token = csrf_token_of(session.token);
    sql::session_add(tx, {.token_hash = stored_hash(session.token),
                          .session_id = session.session_id,
                          .account_id = account_id,
                          .now_at = now,
                          .expires_at = session.expires_at});
    return session;
}

Result<SessionView> viewer_for(storage::Transaction& tx, std::string_view token,
                               const PlaceRangeOf& place_range_of, UnixSeconds now) {
    const std::string hash = stored_hash(token);
    const auto row = hash.empty() ? std::nullopt
                                  : sql::session_account(
                                        tx, {.token_hash = hash,
                                             .now_at = now,
                                             .idle_since_at = {now.value - kSessionIdleSeconds}});
    if (!row) {
        return refuse(ErrorKind::kForbidden, "access.no_session");
    }
    SessionView view{.session_id = row->session_id,
                     .touch_due = now.value - row->seen_at.value >= kSessionTouchSeconds,
                     .expires_at = row->expires_at};
    view.viewer.account_id = row->account_id;
    HAAT_ASSERT(role_from_name(row->role, view.viewer.role));
    HAAT_ASSERT(view.viewer.role != Role::kSystem);
    view.viewer.place_id = row->place_id;
    view.viewer.places = place_range_of(tx, row->place_id);
    view.viewer.organisation_id = row->organisation_id;
    view.viewer.site_id = row->site_id;
    return view;
}

void touch_session(storage::Transaction& tx, std::string_view token, UnixSeconds now) {
    const std::string hash = stored_hash(token);
    if (!hash.empty()) {
        sql::session_touch(tx, {.now_at = now, .token_hash = hash});
    }
}

void sign_out(storage::Transaction& tx, std::string_view token) {
    const std::string hash = stored_hash(token);
    if (!hash.empty()) {
        sql::session_remove(tx, {.token_hash = hash});
    }
}

std::int64_t remove_expired_sessions(storage::Transaction& tx, UnixSeconds now) {
    return sql::sessions_remove_expired(
        tx, {.now_at = now, .idle_since_at = {now.value - kSessionIdleSeconds}});
}

std::string csrf_token_of(std::string_view token) {
    Secret bytes{};
    if (!decode(token, bytes)) {
        return "";
    }
    const std::string hash = keyed_hash(bytes, "haat csrf");
    std::copy(hash.begin(), hash.end(), bytes.begin());
    return base64url(bytes);
}

bool csrf_token_fits(std::string_view token, std::string_view csrf_token) {
    const std::string right = csrf_token_of(token);
    return !right.empty() && right.size() == csrf_token.size() &&
           sodium_memcmp(right.data(), csrf_token.data(), right.size()) == 0;
}

}  // namespace haat::access
