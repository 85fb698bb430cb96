/// @file What a handler gets and what it returns.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "http/services.hpp"
#include "net/http.hpp"

namespace haat::http {

struct Route;

/// One request on its way through a handler.
struct Call {
    const Services& services;
    const net::Request& request;
    const Route& route;
    std::int64_t id = 0;  ///< The {…_id} of the path; 0 if it has none.
    UnixSeconds now;
    Viewer viewer;              ///< Without account for routes that are open to all.
    std::string session_token;  ///< Empty for routes that are open to all.
    UnixSeconds session_expires_at;
};

/// What is sent. A body is JSON unless content_type says otherwise.
struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<net::Header> headers;
    std::shared_ptr<net::EventStream> stream;
};

/// Runs on a worker thread and may block on the database.
using Handler = Result<Answer> (*)(Call&);

[[nodiscard]] inline Answer json_answer(std::string body, int status = 200) {
    return {.status = status, .body = std::move(body)};
}

}  // namespace haat::http
