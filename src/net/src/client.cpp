#include "net/client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "client_core.hpp"
#include "head.hpp"

namespace haat::net {

namespace {

constexpr std::int64_t kSweepMicros = 20'000;
constexpr std::int64_t kFirstBackoffMicros = 100'000;
constexpr int kMostDoublings = 6;  // 6.4 s

ClientResult not_sent(const char* reason) {
    ClientResult result;
    result.reason = reason;
    return result;
}

bool is_clean(const std::string& method, const std::string& path,
              const std::vector<Header>& headers, const std::string& content_type) {
    if (!is_token(method) || !path.starts_with('/') || !is_field_value(content_type)) return false;
    for (const char c : path) {
        if (c <= 0x20 || c >= 0x7F) return false;
    }
    for (const Header& header : headers) {
        if (!is_token(header.name) || !is_field_value(header.value)) return false;
    }
    return true;
}

bool is_sendable(const BatchRequest& request) {
    return request.head && request.head->is_sendable();
}

}  // namespace

RequestHead::RequestHead(std::string method, std::string path, std::vector<Header> headers,
                         std::string content_type)
    : method_(std::move(method)),
      path_(std::move(path)),
      headers_(std::move(headers)),
      content_type_(std::move(content_type)),
      is_sendable_(is_clean(method_, path_, headers_, content_type_)) {
    for (Header& header : headers_) {
        for (char& c : header.name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
    }
}

ClientCore::ClientCore(ClientOptions client_options)
    : options(std::move(client_options)), sweeper_(io.get_executor()) {
    const std::optional<Url> parsed = parse_url(options.base_url);
    if (!parsed) {
        throw Failure("not a URL: " + options.base_url);
    }
    url = *parsed;
    while (url.path.ends_with('/')) {
        url.path.pop_back();
    }
    if (url.is_https) {
        ClientTlsOptions tls;
        tls.verify_peer = options.verify_peer;
        tls.ca_file = options.ca_file;
        tls.offer_http1 = options.protocol != Protocol::kHttp2;
        tls.offer_http2 = options.protocol != Protocol::kHttp1;
        tls_ = make_client_tls(tls);
    } else {
        knows_protocol_ = true;
    }
}

void ClientCore::enqueue(BatchPtr batch) {
    const std::size_t count = batch->requests.size();
    if (count == 0) return;
    {
        // Posting under the lock: the network thread ends only after it has closed the inbox.
        const std::lock_guard lock(inbox_mutex_);
        if (!is_inbox_closed_) {
            if (waiting_count_ + count > options.queue_limit) {
                asio::post(io, [this, batch] { fail_rest(batch, "queue full"); });
                return;
            }
            waiting_count_ += count;
            inbox_.push_back(std::move(batch));
            if (inbox_.size() == 1) asio::post(io, [this] { take_inbox(); });
            return;
        }
    }
    not_sent_ += count;
    for (const BatchRequest& request : batch->requests) {
        batch->ready.push_back({request.tag, not_sent("stopped")});
    }
    if (batch->rules.done) batch->rules.done(batch->ready);
}

void ClientCore::take_inbox() {
    std::vector<BatchPtr> batches;
    {
        const std::lock_guard lock(inbox_mutex_);
        batches.swap(inbox_);
    }
    waiting_.insert(waiting_.end(), std::make_move_iterator(batches.begin()),
                    std::make_move_iterator(batches.end()));
    if (is_stopping_) {
        fail_waiting("stopped");
    }
    pump();
}

void ClientCore::complete(Job job, ClientResult result) {
    switch (result.outcome) {
        case Outcome::kAnswered:
            ++answered_;
            break;
        case Outcome::kNotSent:
            ++not_sent_;
            break;
        case Outcome::kUnknown:
            ++unknown_;
            break;
    }
    BatchRequest& request = job.request();
    std::string().swap(request.body);
    const std::uint64_t tag = request.tag;
    BatchPtr batch = job.take_batch();
    constexpr std::size_t kUsual = 64;
    if (batch->ready.empty()) batch->ready.reserve(std::min(kUsual, batch->requests.size()));
    batch->ready.push_back({tag, std::move(result)});
    if (batch->ready.size() > 1) return;  // it is on the list already
    finished_.push_back(std::move(batch));
    if (finished_.size() == 1) asio::post(io, [this] { tell_finished(); });
}

void ClientCore::tell_finished() {
    const std::vector<BatchPtr> batches = std::exchange(finished_, {});
    for (const BatchPtr& batch : batches) {
        std::vector<BatchResult> ready = std::exchange(batch->ready, {});
        if (batch->rules.done) batch->rules.done(ready);
    }
}

ClientLink* ClientCore::pick() const {
    ClientLink* best = nullptr;
    for (const std::shared_ptr<ClientLink>& link : links_) {
        if (link->capacity() > 0 && (best == nullptr || link->capacity() > best->capacity())) {
            best = link.get();
        }
    }
    return best;
}

/// How many to have under way: as many as the waiting jobs fill; one until it is known what the
/// peer speaks.
std::size_t ClientCore::wanted_connects() const {
    std::size_t usable = 0;
    for (const std::shared_ptr<ClientLink>& link : links_) {
        if (link->is_closing()) continue;
        if (!link->is_full()) return 0;
        ++usable;
    }
    if (waiting_.empty()) return 0;
    if (!knows_protocol_) return 1;
    const std::size_t wanted = std::min(options.connections, usable + std::size_t{waiting_count_});
    return wanted - std::min(wanted, usable);
}

void ClientCore::feed(ClientLink& link) {
    const BatchPtr batch = waiting_.front();
    while (batch->next < batch->requests.size() && link.capacity() > 0) {
        Job job(batch, batch->next);
        if (!is_sendable(job.request())) break;
        ++batch->next;
        --waiting_count_;
        if (batch->rules.may_send && !batch->rules.may_send(job.request().tag)) {
            complete(std::move(job), not_sent("permit"));
        } else {
            link.start(std::move(job));
        }
    }
}

void ClientCore::pump() {
    const std::int64_t now = monotonic_now();
    while (!waiting_.empty()) {
        const BatchPtr batch = waiting_.front();
        if (batch->next == batch->requests.size()) {
            waiting_.pop_front();
        } else if (now > batch->deadline) {
            waiting_count_ -= batch->requests.size() - batch->next;
            fail_rest(batch, "deadline");
        } else if (!is_sendable(batch->requests[batch->next])) {
            --waiting_count_;
            complete(Job(batch, batch->next++), not_sent("malformed"));
        } else if (ClientLink* const link = pick(); link != nullptr) {
            feed(*link);
        } else {
            break;
        }
    }
    if (is_stopping_ || monotonic_now() < connect_after_) return;
    const std::size_t wanted = wanted_connects();
    while (connectors_.size() < wanted) {
        const std::shared_ptr<Connector> connector = make_connector(io, tls_);
        connectors_.push_back(connector);
        spawn(io, open_link(connector));
    }
}

Task<void> ClientCore::open_link(std::shared_ptr<Connector> connector) {
    ++connects_;
    const std::shared_ptr<ClientCore> self = shared_from_this();
    Timer limit(io.get_executor());
    limit.expires_after(std::chrono::milliseconds(options.connect_milliseconds));
    std::weak_ptr<Connector> weak = connector;
    limit.async_wait([weak](boost::system::error_code error) {
        const std::shared_ptr<Connector> late = weak.lock();
        if (!error && late) late->cancel();
    });
    const std::shared_ptr<Stream> stream = co_await connector->connect(url.host, url.port);
    limit.cancel();
    std::erase(connectors_, connector);
    if (!stream || is_stopping_) {
        const int doublings = std::min(failures_++, kMostDoublings);
        const std::int64_t pause = kFirstBackoffMicros << doublings;
        connect_after_ =
            monotonic_now() + pause / 2 + jitter_.below(static_cast<std::uint32_t>(pause / 2));
        if (links_.empty() && connectors_.empty()) {
            fail_waiting("connect");
        }
        co_return;
    }
    failures_ = 0;
    knows_protocol_ = true;
    const bool is_http2 = options.protocol == Protocol::kHttp2 || stream->has_http2();
    MadeLink made = is_http2 ? make_http2_link(*this, stream) : make_http1_link(*this, stream);
    made.link->idle_since = monotonic_now();
    links_.push_back(made.link);
    ++open_;
    spawn(io, std::move(made.run));
    pump();
}

void ClientCore::link_ended(const ClientLink* link) {
    const auto found = std::find_if(links_.begin(), links_.end(),
                                    [link](const auto& entry) { return entry.get() == link; });
    if (found != links_.end()) {
        links_.erase(found);
        --open_;
    }
    pump();
}

void ClientCore::fail_rest(const BatchPtr& batch, const char* reason) {
    while (batch->next < batch->requests.size()) {
        complete(Job(batch, batch->next++), not_sent(reason));
    }
}

void ClientCore::fail_waiting(const char* reason) {
    const std::deque<BatchPtr> batches = std::exchange(waiting_, {});
    for (const BatchPtr& batch : batches) {
        waiting_count_ -= batch->requests.size() - batch->next;
        fail_rest(batch, reason);
    }
}

void ClientCore::begin() {
    sweeper_.expires_after(std::chrono::microseconds(kSweepMicros));
    sweeper_.async_wait([this](boost::system::error_code) { sweep(); });
}

void ClientCore::sweep() {
    const std::int64_t now = monotonic_now();
    std::deque<BatchPtr> late;
    std::erase_if(waiting_, [&](BatchPtr& batch) {
        if (now <= batch->deadline) return false;
        late.push_back(std::move(batch));
        return true;
    });
    for (const BatchPtr& batch : late) {
        waiting_count_ -= batch->requests.size() - batch->next;
        fail_rest(batch, "deadline");
    }
    std::uint64_t busy = 0;
    const std::vector<std::shared_ptr<ClientLink>> links = links_;
    for (const std::shared_ptr<ClientLink>& link : links) {
        link->sweep(now);
        busy += link->in_flight();
        const bool is_idle =
            link->in_flight() == 0 &&
            now > link->idle_since + options.idle_milliseconds * std::int64_t{1000};
        if (is_idle || (is_stopping_ && (link->in_flight() == 0 || now >= give_up_at_))) {
            link->shut();
        }
    }
    in_flight_ = busy;
    pump();
    if (is_stopping_ && links_.empty() && connectors_.empty()) return;
    begin();
}

void ClientCore::begin_stop(std::int64_t give_up_at) {
    is_stopping_ = true;
    give_up_at_ = give_up_at;
    {
        const std::lock_guard lock(inbox_mutex_);
        is_inbox_closed_ = true;
    }
    for (const std::shared_ptr<Connector>& connector : connectors_) {
        connector->cancel();
    }
    take_inbox();
    sweeper_.cancel();
}

ClientCounts ClientCore::counts() const {
    return {waiting_count_, in_flight_, open_, answered_, not_sent_, unknown_, connects_};
}

std::string_view ClientResult::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (equals_ignoring_case(header.name, name)) return header.value;
    }
    return {};
}

struct Client::Impl {
    std::shared_ptr<ClientCore> core;
    std::thread thread;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>()) {
    impl_->core = std::make_shared<ClientCore>(std::move(options));
    impl_->core->begin();
    impl_->thread = std::thread([core = impl_->core.get()] { core->io.run(); });
}

Client::~Client() { stop(0); }

void Client::send_many(std::vector<BatchRequest> requests, BatchRules rules) {
    const int milliseconds = rules.deadline_milliseconds > 0
                                 ? rules.deadline_milliseconds
                                 : impl_->core->options.deadline_milliseconds;
    BatchPtr batch = std::make_shared<ClientBatch>();
    batch->deadline = monotonic_now() + milliseconds * std::int64_t{1000};
    batch->requests = std::move(requests);
    batch->rules = std::move(rules);
    impl_->core->enqueue(std::move(batch));
}

void Client::send(ClientRequest request, ClientCallback done) {
    BatchRules rules;
    rules.deadline_milliseconds = request.deadline_milliseconds;
    rules.wants_headers = true;
    if (request.may_send) {
        rules.may_send = [ask = std::move(request.may_send)](std::uint64_t) mutable {
            return ask();
        };
    }
    if (request.on_written) {
        rules.on_written = [tell = std::move(request.on_written)](std::uint64_t) mutable {
            tell();
        };
    }
    if (done) {
        rules.done = [tell = std::move(done)](std::span<BatchResult> results) mutable {
            tell(std::move(results.front().result));
        };
    }
    std::vector<BatchRequest> one(1);
    one.front().head = std::make_shared<const RequestHead>(
        std::move(request.method), std::move(request.path), std::move(request.headers),
        std::move(request.content_type));
    one.front().body = std::move(request.body);
    send_many(std::move(one), std::move(rules));
}

ClientResult Client::send_blocking(ClientRequest request) {
    std::promise<ClientResult> promise;
    std::future<ClientResult> future = promise.get_future();
    send(std::move(request),
         [&promise](ClientResult result) { promise.set_value(std::move(result)); });
    return future.get();
}

ClientResult Client::post_blocking(std::string path, std::string body,
                                   std::vector<Header> headers) {
    ClientRequest request;
    request.path = std::move(path);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return send_blocking(std::move(request));
}

ClientResult Client::get_blocking(std::string path, std::vector<Header> headers) {
    ClientRequest request;
    request.method = "GET";
    request.path = std::move(path);
    request.headers = std::move(headers);
    return send_blocking(std::move(request));
}

ClientCounts Client::counts() const { return impl_->core->counts(); }

void Client::stop(int deadline_milliseconds) {
    if (!impl_->thread.joinable()) {
        return;
    }
    const std::int64_t give_up_at = monotonic_now() + deadline_milliseconds * std::int64_t{1000};
    asio::post(impl_->core->io,
               [core = impl_->core.get(), give_up_at] { core->begin_stop(give_up_at); });
    impl_->thread.join();
}

}  // namespace haat::net
