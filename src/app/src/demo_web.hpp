/// @file Somebody who uses haat over the web, as a browser does: a session cookie, a CSRF token,
/// and patience while the server is being started again.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "net/client.hpp"

namespace haat::app {

/// What a request came to.
struct WebAnswer {
    int status = 0;
    std::string body;  ///< JSON, or text for /metrics.

    [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
    [[nodiscard]] boost::json::value json() const;
};

class WebUser {
 public:
    explicit WebUser(const std::string& base_url);

    /// @throws std::runtime_error if the password is refused.
    void sign_in(const std::string& login, const std::string& password);

    /// A GET is repeated, and so is a POST: every POST of the demonstration bears a device id or is
    /// harmless to repeat, so a lost answer costs nothing. Gives up after two minutes.
    [[nodiscard]] WebAnswer get(const std::string& path);
    [[nodiscard]] WebAnswer post(const std::string& path, const std::string& body);

    /// The same, where anything but success is the end of the demonstration.
    /// @throws std::runtime_error naming path, status and answer.
    [[nodiscard]] boost::json::value must_get(const std::string& path);
    [[nodiscard]] boost::json::value must_post(const std::string& path, const std::string& body);

 private:
    [[nodiscard]] WebAnswer send(const std::string& method, const std::string& path,
                                 const std::string& body);

    net::Client client_;
    std::string cookie_;
    std::string csrf_token_;
};

}  // namespace haat::app
