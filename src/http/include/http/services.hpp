/// @file What the handlers work with: references that the program made, nothing global.
#pragma once

#include <functional>
#include <string>

#include "access/passwords.hpp"
#include "access/sessions.hpp"
#include "base/clock.hpp"
#include "base/texts.hpp"
#include "http/event_hub.hpp"
#include "http/metrics.hpp"
#include "storage/database.hpp"

namespace haat::flows {
struct FlowContext;
struct MessagingContext;
class MailSender;
}  // namespace haat::flows
namespace haat::net {
class Client;
}
namespace haat::registry {
class AudienceIndex;
}

namespace haat::http {

/// What an operator decides about the web.
struct WebSettings {
    bool behind_proxy = false;     ///< X-Forwarded-For and -Proto of the peer are believed.
    bool secure_cookies = false;   ///< Cookies only over TLS (always so with TLS or a proxy).
    bool metrics_for_all = false;  ///< /metrics also for other machines.
    bool synthetic = false;        ///< The people here are made up; said on every page.
    std::string public_url;        ///< "https://haat.example"; for QR codes.
    std::string data_directory;    ///< Whose disk is watched; empty: none.
    std::string version;           ///< "0.1.0"
    std::string commit;
    std::string whatsapp_verify_token;  ///< Empty: nobody verifies.
};

/// Borrowed for as long as the server runs; each part is safe from any thread.
struct Services {
    storage::Database& database;
    const Clock& clock;
    const Texts& texts;
    EventHub& events;
    Metrics& metrics;
    access::PasswordHasher& passwords;
    access::SignInThrottle& throttle;
    registry::AudienceIndex& audience;
    flows::FlowContext& flows;
    flows::MessagingContext& messaging;
    flows::MailSender& mail;
    net::Client* simulator = nullptr;  ///< None: /api/phones is 404.
    WebSettings settings;
};

}  // namespace haat::http
