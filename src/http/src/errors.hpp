/// @file From a refusal to an answer: the one place that maps kinds to statuses.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/texts.hpp"
#include "net/http.hpp"

namespace haat::http {

/// 401, 403… for a refusal: by its code where the contract says so, else by its kind.
[[nodiscard]] int status_of(const Error& error);

/// The Error of the contract, in both languages.
[[nodiscard]] net::Response error_response(const Texts& texts, const Error& error);

/// 500; `incident` names it in the log. Nothing of the cause leaves the server.
[[nodiscard]] net::Response failure_response(const Texts& texts, const std::string& incident);

}  // namespace haat::http
