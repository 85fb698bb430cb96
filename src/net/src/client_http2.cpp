/// @file One HTTP/2 connection of the client. For each stream it is known at which byte of the
/// connection its last frame ends, so a break tells the surely unsent from the unknown.
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "client_core.hpp"
#include "http2_link.hpp"

namespace haat::net {

namespace {

struct ClientStream {
    JobPtr job;
    ClientResult result;
    std::size_t sent = 0;       ///< Of the request's body, rendered into frames.
    std::uint64_t ends_at = 0;  ///< Byte of the connection after its last frame; 0: not rendered.
    bool is_written = false;    ///< on_written was told.
    bool is_too_large = false;
    bool has_answer = false;       ///< The final headers came.
    bool is_answer_whole = false;  ///< And the end of the stream.
};

class ClientHttp2Link final : public Http2Link, public ClientLink {
 public:
    ClientHttp2Link(ClientCore& core, std::shared_ptr<Stream> stream);

    [[nodiscard]] std::size_t capacity() const override;
    [[nodiscard]] bool is_full() const override { return streams_.size() >= limit(); }
    [[nodiscard]] bool is_closing() const override { return is_ended_ || is_draining_; }
    [[nodiscard]] std::size_t in_flight() const override { return streams_.size(); }
    void start(JobPtr job) override;
    void sweep(std::int64_t now) override;
    void shut() override { close(); }

 private:
    using StreamId = std::int32_t;

    static ClientHttp2Link& of(void* user) {
        return static_cast<ClientHttp2Link&>(*static_cast<Http2Link*>(user));
    }
    static ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* into,
                             std::size_t length, std::uint32_t* flags, nghttp2_data_source*,
                             void* user);
    static int before_sent(nghttp2_session*, const nghttp2_frame* frame, void* user);
    static int sent(nghttp2_session*, const nghttp2_frame* frame, void* user);
    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_length, const std::uint8_t* value, std::size_t value_length,
                      std::uint8_t, void* user);
    static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t length, void* user);
    static int received(nghttp2_session*, const nghttp2_frame* frame, void* user);
    static int closed(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user);

    [[nodiscard]] std::vector<Header> render_headers(const ClientRequest& request) const;
    void note_last_frame(ClientStream& stream);
    static void tell_written(ClientStream& stream);
    /// Streams at once: ours and the peer's limit.
    [[nodiscard]] std::size_t limit() const;
    /// The outcome of a stream that ends without a whole answer.
    void give_up(ClientStream& stream, const char* reason);
    void on_flushed() override;
    void on_received() override { core_.pump(); }
    void on_ended() override;

    ClientCore& core_;
    std::unordered_map<StreamId, ClientStream> streams_;
    std::vector<StreamId> unwritten_;  ///< Streams whose last frame the socket has not taken.
    bool is_draining_ = false;         ///< GOAWAY came, or the ids are used up.
};

ClientHttp2Link::ClientHttp2Link(ClientCore& core, std::shared_ptr<Stream> stream)
    : Http2Link(core.io, std::move(stream)), core_(core) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, before_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sent);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, received);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
    open_session(false, callbacks);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                               {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 1 << 24);
}

std::size_t ClientHttp2Link::capacity() const {
    // While bytes are being written more would only wait behind them, past their permit.
    if (is_ended_ || is_draining_ || is_writing_) return 0;
    if (nghttp2_session_check_request_allowed(session_) == 0) return 0;
    return is_full() ? 0 : limit() - streams_.size();
}

std::size_t ClientHttp2Link::limit() const {
    const std::uint32_t peer =
        nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    return std::min(peer, core_.options.streams_per_connection);
}

std::vector<Header> ClientHttp2Link::render_headers(const ClientRequest& request) const {
    std::vector<Header> headers{{":method", request.method},
                                {":scheme", core_.url.is_https ? "https" : "http"},
                                {":authority", core_.url.authority},
                                {":path", core_.url.path + request.path},
                                {"user-agent", core_.options.user_agent}};
    if (!request.body.empty()) {
        headers.push_back({"content-type", request.content_type});
        headers.push_back({"content-length", std::to_string(request.body.size())});
    }
    for (const Header& header : request.headers) {
        std::string name = header.name;
        for (char& c : name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        headers.push_back({std::move(name), header.value});
    }
    return headers;
}

void ClientHttp2Link::start(JobPtr job) {
    std::vector<Header> headers = render_headers(job->request);
    std::vector<nghttp2_nv> fields;
    fields.reserve(headers.size());
    for (Header& header : headers) {
        // A token is the same in many requests, but must not enter the compression table.
        const bool is_secret = header.name == "authorization";
        const auto flag =
            static_cast<std::uint8_t>(is_secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE);
        fields.push_back({reinterpret_cast<std::uint8_t*>(header.name.data()),
                          reinterpret_cast<std::uint8_t*>(header.value.data()), header.name.size(),
                          header.value.size(), flag});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = read_body;
    const bool has_body = !job->request.body.empty();
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                                                   has_body ? &provider : nullptr, nullptr);
    if (id < 0) {
        is_draining_ = true;
        ClientResult result;
        result.reason = "no stream";
        core_.complete(job, std::move(result));
        return;
    }
    ClientStream& stream = streams_[id];
    stream.job = std::move(job);
    unwritten_.push_back(id);
    wake_writer();
}

ssize_t ClientHttp2Link::read_body(nghttp2_session*, std::int32_t id, std::uint8_t* into,
                                   std::size_t length, std::uint32_t* flags, nghttp2_data_source*,
                                   void* user) {
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(id);
    if (found == link.streams_.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    ClientStream& stream = found->second;
    const std::string& body = stream.job->request.body;
    const std::size_t count = body.copy(reinterpret_cast<char*>(into), length, stream.sent);
    stream.sent += count;
    if (stream.sent == body.size()) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        link.note_last_frame(stream);
    }
    return static_cast<ssize_t>(count);
}

/// Its last frame is about to be rendered: from its first byte on it counts as having left, until
/// sent() knows its end.
void ClientHttp2Link::note_last_frame(ClientStream& stream) { stream.ends_at = produced_ + 1; }

void ClientHttp2Link::tell_written(ClientStream& stream) {
    if (stream.is_written) return;
    stream.is_written = true;
    if (stream.job->request.on_written) stream.job->request.on_written();
}

int ClientHttp2Link::before_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
        return 0;
    }
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(frame->hd.stream_id);
    if (found != link.streams_.end()) link.note_last_frame(found->second);
    return 0;
}

int ClientHttp2Link::sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!is_body || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(frame->hd.stream_id);
    if (found != link.streams_.end()) {
        // nghttp2 reports a frame when it is asked for the one after it: all of it is rendered.
        found->second.ends_at = link.produced_;
    }
    return 0;
}

int ClientHttp2Link::header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                            std::size_t name_length, const std::uint8_t* value,
                            std::size_t value_length, std::uint8_t, void* user) {
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(frame->hd.stream_id);
    if (found == link.streams_.end()) return 0;
    ClientResult& result = found->second.result;
    Header field{{reinterpret_cast<const char*>(name), name_length},
                 {reinterpret_cast<const char*>(value), value_length}};
    if (field.name == ":status") {
        result.headers.clear();  // of an interim answer
        std::from_chars(field.value.data(), field.value.data() + field.value.size(), result.status);
        found->second.has_answer = result.status >= 200;
    } else if (result.headers.size() < 100) {
        result.headers.push_back(std::move(field));
    }
    return 0;
}

int ClientHttp2Link::data(nghttp2_session* session, std::uint8_t, std::int32_t id,
                          const std::uint8_t* bytes, std::size_t length, void* user) {
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(id);
    if (found == link.streams_.end()) return 0;
    ClientStream& stream = found->second;
    if (stream.result.body.size() + length > link.core_.options.max_response_bytes) {
        stream.is_too_large = true;
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        return 0;
    }
    stream.result.body.append(reinterpret_cast<const char*>(bytes), length);
    return 0;
}

int ClientHttp2Link::received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    ClientHttp2Link& link = of(user);
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        link.is_draining_ = true;
    }
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (is_body && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        const auto found = link.streams_.find(frame->hd.stream_id);
        if (found != link.streams_.end()) {
            found->second.is_answer_whole = found->second.has_answer;
        }
    }
    return 0;
}

void ClientHttp2Link::give_up(ClientStream& stream, const char* reason) {
    ClientResult result;
    // Without its last frame the server holds an unfinished request, and acts on none of it.
    const bool may_have_left = stream.ends_at != 0 && stream.ends_at <= accepted_;
    result.outcome = may_have_left ? Outcome::kUnknown : Outcome::kNotSent;
    result.reason = reason;
    core_.complete(stream.job, std::move(result));
}

int ClientHttp2Link::closed(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user) {
    ClientHttp2Link& link = of(user);
    const auto found = link.streams_.find(id);
    if (found == link.streams_.end()) return 0;
    ClientStream stream = std::move(found->second);
    link.streams_.erase(found);
    if (link.streams_.empty()) link.idle_since = monotonic_now();
    if (stream.is_answer_whole && !stream.is_too_large) {
        link.tell_written(stream);  // the answer may be read before the write is reported
        stream.result.outcome = Outcome::kAnswered;
        link.core_.complete(stream.job, std::move(stream.result));
    } else if (code == NGHTTP2_REFUSED_STREAM && !stream.has_answer) {
        // Said by the peer, or by nghttp2 of streams above a GOAWAY's last id: not processed.
        ClientResult result;
        result.reason = "refused";
        link.core_.complete(stream.job, std::move(result));
    } else {
        link.give_up(stream, stream.is_too_large ? "answer too large" : "stream closed");
    }
    return 0;
}

void ClientHttp2Link::sweep(std::int64_t now) {
    if (is_ended_) return;
    std::vector<StreamId> late;
    for (const auto& [id, stream] : streams_) {
        if (now > stream.job->deadline) late.push_back(id);
    }
    for (const StreamId id : late) {
        ClientStream& stream = streams_.at(id);
        ClientResult result;
        // Rendered bytes may still be written from the buffer, so only unrendered is surely unsent.
        result.outcome = stream.ends_at == 0 ? Outcome::kNotSent : Outcome::kUnknown;
        result.reason = "deadline";
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        const JobPtr job = stream.job;
        streams_.erase(id);
        core_.complete(job, std::move(result));
    }
    if (!late.empty()) {
        if (streams_.empty()) idle_since = now;
        wake_writer();
    }
}

void ClientHttp2Link::on_flushed() {
    std::erase_if(unwritten_, [this](StreamId id) {
        const auto found = streams_.find(id);
        if (found == streams_.end()) return true;
        ClientStream& stream = found->second;
        if (stream.ends_at == 0 || stream.ends_at > accepted_) return false;
        tell_written(stream);
        return true;
    });
    core_.pump();
}

void ClientHttp2Link::on_ended() {
    std::unordered_map<StreamId, ClientStream> streams = std::exchange(streams_, {});
    for (auto& [id, stream] : streams) {
        if (stream.is_answer_whole && !stream.is_too_large) {
            stream.result.outcome = Outcome::kAnswered;
            core_.complete(stream.job, std::move(stream.result));
        } else {
            give_up(stream, "connection");
        }
    }
    core_.link_ended(this);
}

}  // namespace

MadeLink make_http2_link(ClientCore& core, std::shared_ptr<Stream> stream) {
    std::shared_ptr<ClientHttp2Link> link =
        std::make_shared<ClientHttp2Link>(core, std::move(stream));
    return {link, link->run({})};
}

}  // namespace haat::net
