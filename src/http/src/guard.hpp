/// @file What is checked before a handler runs: the form of the request, where it came from, who
/// asks and whether her role may.
#pragma once

#include <string>
#include <string_view>

#include "call.hpp"
#include "router.hpp"

namespace haat::http {

/// The browser's cookie.
inline constexpr std::string_view kSessionCookie = "haat_session";

/// A cookie of the request; empty if it is not there or there twice.
[[nodiscard]] std::string cookie(const net::Request& request, std::string_view name);

/// The address of the browser: of the socket, or what a trusted proxy says.
[[nodiscard]] std::string client_address(const net::Request& request, const WebSettings& settings);

/// True if cookies must be Secure.
[[nodiscard]] bool is_secure(const net::Request& request, const WebSettings& settings);

/// Media type, body where none belongs, Origin of another site. No database.
/// @return http.wrong_media_type, http.unexpected_body, http.foreign_origin.
[[nodiscard]] Result<void> check_form(const Call& call);

/// Finds the session, checks CSRF and role, fills the call's viewer. One read, now and then a
/// write. @return http.unauthenticated, http.csrf, http.role.
[[nodiscard]] Result<void> check_session(Call& call);

/// Fills call.id. @return http.bad_field.
[[nodiscard]] Result<void> read_id(Call& call, const Match& match);

}  // namespace haat::http
