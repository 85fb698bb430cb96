/// @file What the server's connections share, whichever version of HTTP they speak.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "io.hpp"
#include "net/server.hpp"

namespace haat::net {

class ServerCore;

/// One open connection, as the sweeper and stop() see it. Network thread only.
class Peer {
 public:
    Peer(ServerCore& core, std::shared_ptr<Stream> stream, std::string address);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    ServerCore& core;
    std::shared_ptr<Stream> stream;
    std::string address;
    std::int64_t deadline = kNever;  ///< The sweeper closes the stream after it.
    /// Set by the protocol: called by the sweeper, and when the server begins to stop.
    std::function<void(std::int64_t now)> on_sweep;
    std::function<void()> on_stop;
    /// Set by the protocol: called with close(), to wake what does not wait for the socket.
    std::function<void()> on_close;

    void close();
    void expire_in(std::int64_t seconds) { deadline = monotonic_now() + seconds * kSecond; }
};

/// Where an answer goes; called once on the network thread.
using Deliver = std::move_only_function<void(Response)>;

class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
    ServerCore(ServerOptions server_options, Handler request_handler)
        : options(std::move(server_options)), handler(std::move(request_handler)) {}

    /// What the server answers by itself.
    [[nodiscard]] Response refusal(int status) const;

    ServerOptions options;
    Handler handler;
    std::unordered_set<Peer*> peers;
    std::unordered_map<std::string, std::size_t> peers_by_address;
    bool is_stopping = false;
    std::atomic<std::uint64_t> open = 0, accepted = 0, refused_connections = 0, requests = 0,
                               refused_requests = 0, cut = 0;
    asio::io_context io{1};

    /// Calls the handler; an exception that leaves it becomes a 500.
    void dispatch(Request request, Deliver deliver);
    [[nodiscard]] RouteLimits limits_of(std::string_view method, std::string_view path) const;
    /// "Date" of now, made at most once a second.
    [[nodiscard]] const std::string& date();
    /// Runs on the network thread, after what is running.
    void post(std::move_only_function<void()> work);
    /// Hands an answer to who waits for it: at once on the network thread, else there, together
    /// with the others that came meanwhile.
    void deliver(Deliver to, Response response);

 private:
    struct Answer {
        Deliver to;
        Response response;
    };
    void deliver_all();

    std::int64_t date_second_ = 0;
    std::string date_;
    std::mutex answers_mutex_;
    std::vector<Answer> answers_;
};

/// An answer that the server gives by itself: a JSON body with the code "http.<status>".
[[nodiscard]] std::string_view reason_phrase(int status);
/// True if every header may be written as it is.
[[nodiscard]] bool is_writable(const Response& response);

/// Speaks HTTP/1.1, or hands over to HTTP/2 when the preface comes. Ends with the connection.
[[nodiscard]] Task<void> serve_http1(std::shared_ptr<Peer> peer);
/// Speaks HTTP/2. `received` are bytes already read.
[[nodiscard]] Task<void> serve_http2(std::shared_ptr<Peer> peer, std::string received);

}  // namespace haat::net
