/// @file Finds the route of a request.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "access/roles.hpp"
#include "base/viewer.hpp"
#include "call.hpp"

namespace haat::http {

/// Who may use a route.
class Permit {
 public:
    /// Nobody has to sign in; no CSRF check either.
    [[nodiscard]] static constexpr Permit open() { return Permit(Kind::kOpen, {}, 0); }
    /// Whoever is signed in.
    [[nodiscard]] static constexpr Permit signed_in() { return Permit(Kind::kSignedIn, {}, 0); }
    /// Roles that may do at least one of these.
    template <typename... Actions>
    [[nodiscard]] static constexpr Permit any_of(Actions... actions) {
        return Permit(Kind::kActions, {actions...}, sizeof...(actions));
    }

    [[nodiscard]] constexpr bool is_open() const { return kind_ == Kind::kOpen; }
    [[nodiscard]] bool allows(Role role) const;

 private:
    enum class Kind : std::uint8_t { kOpen, kSignedIn, kActions };
    constexpr Permit(Kind kind, std::array<access::Action, 5> actions, std::size_t count)
        : kind_(kind), actions_(actions), count_(count) {}

    Kind kind_;
    std::array<access::Action, 5> actions_;
    std::size_t count_;
};

/// What a request may carry.
enum class Takes : std::uint8_t {
    kNothing,
    kJson,  ///< application/json, at most 1 MiB.
    kRaw,   ///< Bytes, at most 4 MiB: webhooks check a signature or secret first (hooks.cpp).
};

/// Where the handler runs.
enum class Lane : std::uint8_t {
    kWork,       ///< The common pool.
    kPasswords,  ///< Its own two threads: hashing takes 64 MiB and 100 ms.
};

struct Route {
    std::string_view method;
    std::string_view path;  ///< "/api/offers/{offer_id}"; at most one place to fill: an id, of hooks a secret.
    Permit permit;
    Takes takes;
    Handler handler;
    Lane lane = Lane::kWork;
};

/// Every route, in the order of the contract.
[[nodiscard]] std::span<const Route> all_routes();

struct Match {
    const Route* route = nullptr;  ///< None: no such path, or (with `allow`) another method.
    std::string_view id_name;      ///< "offer_id"; empty if the path has no place to fill.
    std::string_view id_text;      ///< What stands there, unchecked.
    std::string allow;             ///< Methods of that path, for 405; empty: no such path.
};

/// O(routes). Views point into the route table and into `path`.
[[nodiscard]] Match match_route(std::string_view method, std::string_view path);

}  // namespace haat::http
