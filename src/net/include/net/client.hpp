/// @file HTTP client that never sends anything twice by itself, and says of each request whether
/// it was answered, surely not sent, or not known. Whoever calls decides about a repetition.
/// HTTP/2 multiplexes (about 2 microseconds of CPU a request); HTTP/1.1 is the fallback.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace haat::net {

enum class Protocol : std::uint8_t {
    kAuto,   ///< https: what ALPN agrees on; http: 1.1.
    kHttp1,  ///< 1.1 only.
    kHttp2,  ///< 2 only; over http:// by prior knowledge.
};

struct ClientOptions {
    std::string base_url;  ///< "https://graph.example"; a path there goes before each request's.
    Protocol protocol = Protocol::kAuto;
    std::size_t connections = 4;                 ///< At most; opened as they are needed.
    std::uint32_t streams_per_connection = 100;  ///< HTTP/2; the peer's own limit also holds.
    std::size_t queue_limit = 10'000;            ///< Requests that may wait; beyond it kNotSent.
    int deadline_milliseconds = 30'000;          ///< Of a request that names none.
    int connect_milliseconds = 10'000;           ///< Address, TCP and TLS together.
    int idle_milliseconds = 15'000;  ///< Unused connections close; shorter than servers' own.
    std::size_t max_response_bytes = 4 << 20;  ///< Beyond it kUnknown.
    bool verify_peer = true;                   ///< Off only against a simulator.
    std::string ca_file;                       ///< PEM; empty: the system's.
    std::string user_agent = "haat";
};

enum class Outcome : std::uint8_t {
    kAnswered,  ///< A whole answer came, whatever its status.
    kNotSent,   ///< Surely not acted upon: no connection, not all bytes left, or refused unread.
    kUnknown,   ///< All bytes left and no whole answer came: it may have been acted upon.
};

struct ClientRequest {
    std::string method = "POST";
    std::string path;  ///< With query, starts with '/'.
    std::vector<Header> headers;
    std::string body;
    std::string content_type = "application/json";  ///< Sent only with a body.
    int deadline_milliseconds = 0;                  ///< From send(); 0: the client's.
    /// Asked on the network thread just before the first byte is handed over; false: kNotSent.
    std::move_only_function<bool()> may_send;
    /// Told on the network thread when the socket has taken the last byte.
    std::move_only_function<void()> on_written;
};

struct ClientResult {
    Outcome outcome = Outcome::kNotSent;
    int status = 0;               ///< Only with kAnswered.
    std::vector<Header> headers;  ///< Only with kAnswered; names in lower case.
    std::string body;
    const char* reason = "";  ///< Why it was not answered, as "connect" or "deadline".

    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// What many requests have in common: checked and rendered once, then shared. Immutable.
class RequestHead {
 public:
    /// @param path  With query, starts with '/'.
    /// A head that cannot be sent as it is (a blank in the path, a line break in a header) is made
    /// all the same; its requests are kNotSent, "malformed".
    RequestHead(std::string method, std::string path, std::vector<Header> headers,
                std::string content_type = "application/json");

    [[nodiscard]] const std::string& method() const { return method_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Names in lower case.
    [[nodiscard]] const std::vector<Header>& headers() const { return headers_; }
    [[nodiscard]] const std::string& content_type() const { return content_type_; }
    [[nodiscard]] bool is_sendable() const { return is_sendable_; }

 private:
    std::string method_;
    std::string path_;
    std::vector<Header> headers_;
    std::string content_type_;
    bool is_sendable_ = false;
};

/// One of the requests of send_many().
struct BatchRequest {
    std::shared_ptr<const RequestHead> head;
    std::string body;
    std::uint64_t tag = 0;  ///< Handed back with the outcome.
};

struct BatchResult {
    std::uint64_t tag = 0;
    ClientResult result;
};

/// What holds for all requests of one send_many(). Everything is called on the network thread.
struct BatchRules {
    int deadline_milliseconds = 0;  ///< From send_many(); 0: the client's.
    bool wants_headers = false;     ///< Else ClientResult::headers stays empty.
    /// Asked for each just before its first byte is handed over; false: kNotSent.
    std::move_only_function<bool(std::uint64_t tag)> may_send;
    /// Told of each when the socket has taken its last byte.
    std::move_only_function<void(std::uint64_t tag)> on_written;
    /// Told of those whose outcome is known since the last call, at least one; of each exactly
    /// once. The results may be moved from. It must not block.
    std::move_only_function<void(std::span<BatchResult>)> done;
};

struct ClientCounts {
    std::uint64_t queued = 0;     ///< Waiting now.
    std::uint64_t in_flight = 0;  ///< Handed to a connection, no outcome yet.
    std::uint64_t connections = 0;
    std::uint64_t answered = 0;  ///< Since the start.
    std::uint64_t not_sent = 0;
    std::uint64_t unknown = 0;
    std::uint64_t connects = 0;  ///< Connections tried.
};

using ClientCallback = std::move_only_function<void(ClientResult)>;

/// One origin, one network thread. Safe from any thread; may not be destroyed in a callback.
class Client {
 public:
    /// @throws Failure if base_url or ca_file is wrong. Connects only when there is a request.
    explicit Client(ClientOptions options);
    /// Stops with a deadline of 0.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Queues a request. `done` is called exactly once, on the network thread: it must not block.
    /// After stop() it is called at once, here.
    void send(ClientRequest request, ClientCallback done);

    /// The same for many at once, at a fraction of the cost: one lock and one wake-up for all, and
    /// outcomes handed over together. Either all find room in the queue, or all are kNotSent.
    /// After stop() `rules.done` is called at once, here.
    void send_many(std::vector<BatchRequest> requests, BatchRules rules);

    /// Sends and waits. For commands and tests; never from a callback.
    [[nodiscard]] ClientResult send_blocking(ClientRequest request);
    /// POST of JSON, waiting.
    [[nodiscard]] ClientResult post_blocking(std::string path, std::string body,
                                             std::vector<Header> headers = {});
    [[nodiscard]] ClientResult get_blocking(std::string path, std::vector<Header> headers = {});

    [[nodiscard]] ClientCounts counts() const;

    /// Takes no more, refuses what waits (kNotSent), gives what is in flight that long, then gives
    /// up (kUnknown). Returns when every callback has run; repeating is harmless.
    void stop(int deadline_milliseconds = 0);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::net
