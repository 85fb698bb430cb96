/// @file What the client's connections share: the queue, the rules of handing over, the outcome.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "io.hpp"
#include "net/client.hpp"
#include "net/url.hpp"

namespace haat::net {

/// Requests that were handed over together, until the last of them has its outcome.
struct ClientBatch {
    std::vector<BatchRequest> requests;
    BatchRules rules;
    std::int64_t deadline = 0;
    // Network thread only:
    std::size_t next = 0;            ///< The first that still waits for a connection.
    std::vector<BatchResult> ready;  ///< Outcomes not told yet.
};
using BatchPtr = std::shared_ptr<ClientBatch>;

/// One request on its way to its one outcome. Moved along; empty when it has been completed.
class Job {
 public:
    Job() = default;
    Job(BatchPtr batch, std::size_t index) : batch_(std::move(batch)), index_(index) {}

    [[nodiscard]] explicit operator bool() const { return batch_ != nullptr; }
    [[nodiscard]] BatchRequest& request() const { return batch_->requests[index_]; }
    [[nodiscard]] BatchRules& rules() const { return batch_->rules; }
    [[nodiscard]] std::int64_t deadline() const { return batch_->deadline; }
    void tell_written() const {
        if (rules().on_written) rules().on_written(request().tag);
    }
    BatchPtr take_batch() { return std::exchange(batch_, nullptr); }

 private:
    BatchPtr batch_;
    std::size_t index_ = 0;
};

/// A connection that carries jobs. Network thread only.
class ClientLink {
 public:
    virtual ~ClientLink() = default;
    /// Jobs that start() would take now.
    [[nodiscard]] virtual std::size_t capacity() const = 0;
    /// Another connection would help; one that is merely writing will have room in a moment.
    [[nodiscard]] virtual bool is_full() const = 0;
    /// It will take no more jobs.
    [[nodiscard]] virtual bool is_closing() const = 0;
    [[nodiscard]] virtual std::size_t in_flight() const = 0;
    virtual void start(Job job) = 0;
    /// Ends what is past its deadline.
    virtual void sweep(std::int64_t now) = 0;
    /// Closes the connection; its jobs get their outcome soon after.
    virtual void shut() = 0;

    std::int64_t idle_since = 0;  ///< When in_flight() became 0.
};

class ClientCore : public std::enable_shared_from_this<ClientCore> {
 public:
    explicit ClientCore(ClientOptions client_options);

    ClientOptions options;
    Url url;
    asio::io_context io{1};

    /// Hands waiting jobs to connections that have room, and opens connections.
    void pump();
    /// Its one outcome; told together with the others of this turn of the network thread.
    void complete(Job job, ClientResult result);
    void link_ended(const ClientLink* link);

    // Called by Client.
    void enqueue(BatchPtr batch);
    void begin();
    void begin_stop(std::int64_t give_up_at);
    [[nodiscard]] ClientCounts counts() const;

 private:
    Task<void> open_link(std::shared_ptr<Connector> connector);
    void sweep();
    void take_inbox();
    void tell_finished();
    /// Hands waiting jobs of the first batch to the link while it takes them.
    void feed(ClientLink& link);
    /// Those of the batch that still wait.
    void fail_rest(const BatchPtr& batch, const char* reason);
    void fail_waiting(const char* reason);
    [[nodiscard]] std::size_t wanted_connects() const;
    ClientLink* pick() const;

    std::shared_ptr<TlsContext> tls_;
    Timer sweeper_;
    std::deque<BatchPtr> waiting_;
    std::vector<BatchPtr> finished_;  ///< With outcomes to tell.
    std::vector<std::shared_ptr<ClientLink>> links_;
    std::vector<std::shared_ptr<Connector>> connectors_;
    std::int64_t connect_after_ = 0;  ///< After a failure, not before this moment.
    int failures_ = 0;
    bool is_stopping_ = false;
    std::int64_t give_up_at_ = kNever;
    bool knows_protocol_ = false;  ///< A connection was made, so ALPN's choice is known.
    Random jitter_{1};

    mutable std::mutex inbox_mutex_;
    std::vector<BatchPtr> inbox_;
    bool is_inbox_closed_ = false;

    std::atomic<std::uint64_t> waiting_count_ = 0, in_flight_ = 0, open_ = 0, answered_ = 0,
                               not_sent_ = 0, unknown_ = 0, connects_ = 0;
};

/// Run the connection until it ends. They add nothing to the core's list: the caller does.
struct MadeLink {
    std::shared_ptr<ClientLink> link;
    Task<void> run;
};
[[nodiscard]] MadeLink make_http1_link(ClientCore& core, std::shared_ptr<Stream> stream);
[[nodiscard]] MadeLink make_http2_link(ClientCore& core, std::shared_ptr<Stream> stream);

}  // namespace haat::net
