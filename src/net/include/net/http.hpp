/// @file What a request and an answer are, whatever version of HTTP carried them.
/// A request that reaches a handler was well-formed: nothing in it was repaired on the way.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haat::net {

/// The network, or a file that it needs, failed: a port in use, an unreadable certificate.
class Failure : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

struct Header {
    std::string name;
    std::string value;
};

/// True if both are the same but for the case of ASCII letters.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// A whole request, body included.
struct Request {
    std::string method;  ///< As sent, "GET".
    std::string path;    ///< Percent-decoded, well-formed UTF-8, starts with '/', no encoded '/'.
    std::string target;  ///< Path and query as sent.
    std::vector<std::pair<std::string, std::string>> query;  ///< Decoded, in order.
    std::vector<Header> headers;                             ///< At most 100, in order.
    std::string body;                                        ///< Raw bytes, as received.
    std::string remote_address;  ///< Of the socket's other end, "127.0.0.1" or "::1".
    bool is_secure = false;      ///< It came over TLS.
    int http_major = 1;          ///< 1 or 2.

    /// The first header of that name (case does not matter), or empty.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// The first query parameter of that name.
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
};

class EventStream;

/// An answer. With `stream` set, `body` is ignored: the answer is text/event-stream and stays open
/// until the stream or the peer closes it (net/event_stream.hpp).
struct Response {
    int status = 200;                               ///< 200..599.
    std::string content_type = "application/json";  ///< Empty: no such header.
    std::vector<Header> headers;  ///< Beyond length, type, date and connection, which are ours.
    std::string body;
    std::shared_ptr<EventStream> stream;
    /// No answer at all: the connection (HTTP/2: the stream) is broken off. For simulators of
    /// servers that fail.
    bool is_cut = false;
};

/// Answers one request; from any thread, once. Dropped without a call, it answers 500. May be
/// called after the peer or even the server is gone: then it does nothing.
using Reply = std::move_only_function<void(Response)>;

/// Called on the network thread for each whole request: it must not block. Hand work that takes
/// longer than about 100 microseconds to a WorkerPool.
using Handler = std::function<void(Request, Reply)>;

}  // namespace haat::net
