/// @file Sign-in and sessions. Hashing takes 100 ms, so it never happens in a transaction; a flow
/// joins the three steps:
///
///     auto attempt = HAAT_TRY(throttle.admit(login, address));            // no database
///     auto found = database.read([&](auto& tx) { return sign_in_facts(tx, login); });
///     bool right = HAAT_TRY(hasher.verify(password, found.password_hash)); // 100 ms, no database
///     throttle.record(attempt, right && found.may_sign_in);
///     if (!right || !found.may_sign_in) return refuse(kForbidden, "access.wrong_sign_in");
///     database.write([&](auto& tx) { return start_session(tx, found.account_id, now); });
///
/// An unknown login takes the same path and the same time as a wrong password, and gets the same
/// refusal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::access {

inline constexpr std::int64_t kSessionIdleSeconds = 2 * 3600;
inline constexpr std::int64_t kSessionAbsoluteSeconds = 12 * 3600;
/// How often a session in use is written to: `touch_due` is set when this has passed.
inline constexpr std::int64_t kSessionTouchSeconds = 60;

/// What sign-in needs to know of a login. For an unknown or disabled one `may_sign_in` is false;
/// for an unknown one the hash is empty, which PasswordHasher::verify takes as long for.
struct SignInFacts {
    AccountId account_id;
    std::string password_hash;
    bool may_sign_in = false;
};
[[nodiscard]] SignInFacts sign_in_facts(storage::Transaction& tx, std::string_view login);

/// A new session. The token goes into a Secure, HttpOnly, SameSite=Strict cookie and is stored
/// nowhere; the CSRF token goes to the page and comes back in a header.
struct NewSession {
    SessionId session_id;
    std::string token;       ///< 43 characters, base64url of 32 random bytes.
    std::string csrf_token;  ///< 43 characters; made from the token, so it needs no storage.
    UnixSeconds expires_at;
};
[[nodiscard]] NewSession start_session(storage::Transaction& tx, AccountId account_id,
                                       UnixSeconds now);

/// Numbers of a place and all below it (registry::place_range, handed in by flows).
using PlaceRangeOf = std::function<PlaceRange(storage::Transaction&, PlaceId)>;

struct SessionView {
    SessionId session_id;
    Viewer viewer;
    bool touch_due = false;  ///< Call touch_session in a write soon.
    UnixSeconds expires_at;
};

/// Who asks. access.no_session for a token that is unknown, idle too long, expired, or whose
/// account is disabled; which of these is not said. Two reads.
[[nodiscard]] Result<SessionView> viewer_for(storage::Transaction& tx, std::string_view token,
                                             const PlaceRangeOf& place_range_of, UnixSeconds now);

/// Moves the idle limit on.
void touch_session(storage::Transaction& tx, std::string_view token, UnixSeconds now);

/// Ends the session. Repeating is harmless.
void sign_out(storage::Transaction& tx, std::string_view token);

/// Removes sessions that expired; returns how many. For a worker, now and then.
std::int64_t remove_expired_sessions(storage::Transaction& tx, UnixSeconds now);

/// The CSRF token that belongs to a session token; empty for text that cannot be one.
[[nodiscard]] std::string csrf_token_of(std::string_view token);
/// Compares in constant time.
[[nodiscard]] bool csrf_token_fits(std::string_view token, std::string_view csrf_token);

/// Limits of wrong sign-ins, in memory: per account 5 in 15 minutes, per network address 20 in 15
/// minutes, all together 300 a minute. Thread-safe; remembers at most 100,000 keys.
class SignInThrottle {
 public:
    explicit SignInThrottle(const Clock& clock);
    ~SignInThrottle();

    struct Attempt {
        std::string login;
        std::string network_address;
    };

    /// access.too_many_sign_ins {seconds} when a limit is reached; the attempt is counted at once,
    /// so parallel guesses do not slip through.
    [[nodiscard]] Result<Attempt> admit(std::string_view login, std::string_view network_address);

    /// A right password takes its attempt back from the counts.
    void record(const Attempt& attempt, bool right);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace haat::access
