/// @file One HTTP/2 connection of the client. For each stream it is known at which byte of the
/// connection its last frame ends, so a break tells the surely unsent from the unknown.
#include <charconv>

#include "client_core.hpp"
#include "http2_link.hpp"

namespace haat::net {

namespace {

/// nghttp2 knows it as the stream's user data. It is used again only after nghttp2 has closed the
/// stream; from a missed deadline until then its job is empty.
struct ClientStream {
    std::int32_t id = 0;  ///< 0: not in use.
    Job job;
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
    [[nodiscard]] bool is_full() const override { return open_ >= limit(); }
    [[nodiscard]] bool is_closing() const override { return is_ended_ || is_draining_; }
    [[nodiscard]] std::size_t in_flight() const override { return open_; }
    void start(Job job) override;
    void sweep(std::int64_t now) override;
    void shut() override { close(); }

 private:
    using StreamId = std::int32_t;

    static ClientHttp2Link& of(void* user) {
        return static_cast<ClientHttp2Link&>(*static_cast<Http2Link*>(user));
    }
    /// The stream, if its job has no outcome yet.
    static ClientStream* stream_of(nghttp2_session* session, StreamId id) {
        auto* stream =
            static_cast<ClientStream*>(nghttp2_session_get_stream_user_data(session, id));
        return stream != nullptr && stream->job ? stream : nullptr;
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

    ClientStream& take_stream();
    void free_stream(ClientStream& stream);
    /// Into fields_, which points at the head, the core's options and `path_`, `length_`.
    void render_fields(const BatchRequest& request);
    /// Takes the job out of an open stream.
    Job close_job(ClientStream& stream);
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
    std::vector<std::unique_ptr<ClientStream>> streams_;  ///< All that were ever needed at once.
    std::vector<ClientStream*> free_;                     ///< Of those, the ones not in use.
    std::size_t open_ = 0;                                ///< Of those, the ones with a job.
    /// Streams that someone waits to hear of, whose last frame the socket has not taken.
    std::vector<std::pair<StreamId, ClientStream*>> unwritten_;
    std::vector<nghttp2_nv> fields_;
    std::string path_;
    std::string length_;
    bool is_draining_ = false;  ///< GOAWAY came, or the ids are used up.
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
    return is_full() ? 0 : limit() - open_;
}

std::size_t ClientHttp2Link::limit() const {
    const std::uint32_t peer =
        nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    return std::min(peer, core_.options.streams_per_connection);
}

ClientStream& ClientHttp2Link::take_stream() {
    if (free_.empty()) {
        streams_.push_back(std::make_unique<ClientStream>());
        return *streams_.back();
    }
    ClientStream& stream = *free_.back();
    free_.pop_back();
    return stream;
}

void ClientHttp2Link::free_stream(ClientStream& stream) {
    stream = ClientStream{};
    free_.push_back(&stream);
}

Job ClientHttp2Link::close_job(ClientStream& stream) {
    if (--open_ == 0) idle_since = monotonic_now();
    return std::exchange(stream.job, {});
}

void ClientHttp2Link::render_fields(const BatchRequest& request) {
    fields_.clear();
    // nghttp2 copies what it is given here, all of it into one block.
    const auto add = [this](std::string_view name, std::string_view value, std::uint8_t flags = 0) {
        const auto bytes = [](std::string_view text) {
            return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        };
        fields_.push_back({bytes(name), bytes(value), name.size(), value.size(), flags});
    };
    const RequestHead& head = *request.head;
    add(":method", head.method());
    add(":scheme", core_.url.is_https ? "https" : "http");
    add(":authority", core_.url.authority);
    if (!core_.url.path.empty()) path_ = core_.url.path + head.path();
    add(":path", core_.url.path.empty() ? head.path() : path_);
    add("user-agent", core_.options.user_agent);
    if (!request.body.empty()) {
        add("content-type", head.content_type());
        length_ = std::to_string(request.body.size());
        add("content-length", length_);
    }
    for (const Header& header : head.headers()) {
        // A token is the same in many requests, but must not enter the compression table.
        add(header.name, header.value,
            header.name == "authorization" ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE);
    }
}

void ClientHttp2Link::start(Job job) {
    ClientStream& stream = take_stream();
    const BatchRequest& request = job.request();
    render_fields(request);
    nghttp2_data_provider provider{};
    provider.source.ptr = &stream;
    provider.read_callback = read_body;
    const StreamId id = nghttp2_submit_request(session_, nullptr, fields_.data(), fields_.size(),
                                               request.body.empty() ? nullptr : &provider, &stream);
    if (id < 0) {
        is_draining_ = true;
        free_stream(stream);
        ClientResult result;
        result.reason = "no stream";
        core_.complete(std::move(job), std::move(result));
        return;
    }
    stream.id = id;
    if (job.rules().on_written) unwritten_.push_back({id, &stream});
    stream.job = std::move(job);
    ++open_;
    wake_writer();
}

ssize_t ClientHttp2Link::read_body(nghttp2_session*, std::int32_t, std::uint8_t* into,
                                   std::size_t length, std::uint32_t* flags,
                                   nghttp2_data_source* source, void* user) {
    ClientStream& stream = *static_cast<ClientStream*>(source->ptr);
    if (!stream.job) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::string& body = stream.job.request().body;
    const std::size_t count = body.copy(reinterpret_cast<char*>(into), length, stream.sent);
    stream.sent += count;
    if (stream.sent == body.size()) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        of(user).note_last_frame(stream);
    }
    return static_cast<ssize_t>(count);
}

/// Its last frame is about to be rendered: from its first byte on it counts as having left, until
/// sent() knows its end.
void ClientHttp2Link::note_last_frame(ClientStream& stream) { stream.ends_at = produced_ + 1; }

void ClientHttp2Link::tell_written(ClientStream& stream) {
    if (stream.is_written) return;
    stream.is_written = true;
    stream.job.tell_written();
}

int ClientHttp2Link::before_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
        return 0;
    }
    ClientStream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream != nullptr) of(user).note_last_frame(*stream);
    return 0;
}

int ClientHttp2Link::sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!is_body || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    // nghttp2 reports a frame when it is asked for the one after it: all of it is rendered.
    ClientStream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream != nullptr) stream->ends_at = of(user).produced_;
    return 0;
}

int ClientHttp2Link::header(nghttp2_session* session, const nghttp2_frame* frame,
                            const std::uint8_t* name_bytes, std::size_t name_length,
                            const std::uint8_t* value_bytes, std::size_t value_length, std::uint8_t,
                            void*) {
    ClientStream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    ClientResult& result = stream->result;
    const std::string_view name(reinterpret_cast<const char*>(name_bytes), name_length);
    const std::string_view value(reinterpret_cast<const char*>(value_bytes), value_length);
    if (name == ":status") {
        result.headers.clear();  // of an interim answer
        std::from_chars(value.data(), value.data() + value.size(), result.status);
        stream->has_answer = result.status >= 200;
    } else if (stream->job.rules().wants_headers && result.headers.size() < 100) {
        result.headers.push_back({std::string(name), std::string(value)});
    }
    return 0;
}

int ClientHttp2Link::data(nghttp2_session* session, std::uint8_t, std::int32_t id,
                          const std::uint8_t* bytes, std::size_t length, void* user) {
    ClientStream* const stream = stream_of(session, id);
    if (stream == nullptr) return 0;
    if (stream->result.body.size() + length > of(user).core_.options.max_response_bytes) {
        stream->is_too_large = true;
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        return 0;
    }
    stream->result.body.append(reinterpret_cast<const char*>(bytes), length);
    return 0;
}

int ClientHttp2Link::received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        of(user).is_draining_ = true;
    }
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (is_body && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        ClientStream* const stream = stream_of(session, frame->hd.stream_id);
        if (stream != nullptr) stream->is_answer_whole = stream->has_answer;
    }
    return 0;
}

void ClientHttp2Link::give_up(ClientStream& stream, const char* reason) {
    ClientResult result;
    // Without its last frame the server holds an unfinished request, and acts on none of it.
    const bool may_have_left = stream.ends_at != 0 && stream.ends_at <= accepted_;
    result.outcome = may_have_left ? Outcome::kUnknown : Outcome::kNotSent;
    result.reason = reason;
    core_.complete(close_job(stream), std::move(result));
}

int ClientHttp2Link::closed(nghttp2_session* session, std::int32_t id, std::uint32_t code,
                            void* user) {
    ClientHttp2Link& link = of(user);
    auto* const stream =
        static_cast<ClientStream*>(nghttp2_session_get_stream_user_data(session, id));
    if (stream == nullptr) return 0;
    if (!stream->job) {
        // its deadline has passed before
    } else if (stream->is_answer_whole && !stream->is_too_large) {
        link.tell_written(*stream);  // the answer may be read before the write is reported
        stream->result.outcome = Outcome::kAnswered;
        link.core_.complete(link.close_job(*stream), std::move(stream->result));
    } else if (code == NGHTTP2_REFUSED_STREAM && !stream->has_answer) {
        // Said by the peer, or by nghttp2 of streams above a GOAWAY's last id: not processed.
        ClientResult result;
        result.reason = "refused";
        link.core_.complete(link.close_job(*stream), std::move(result));
    } else {
        link.give_up(*stream, stream->is_too_large ? "answer too large" : "stream closed");
    }
    link.free_stream(*stream);
    return 0;
}

void ClientHttp2Link::sweep(std::int64_t now) {
    if (is_ended_) return;
    for (const std::unique_ptr<ClientStream>& stream : streams_) {
        if (!stream->job || now <= stream->job.deadline()) continue;
        ClientResult result;
        // Rendered bytes may still be written from the buffer, so only unrendered is surely unsent.
        result.outcome = stream->ends_at == 0 ? Outcome::kNotSent : Outcome::kUnknown;
        result.reason = "deadline";
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
        core_.complete(close_job(*stream), std::move(result));
        wake_writer();
    }
}

void ClientHttp2Link::on_flushed() {
    std::erase_if(unwritten_, [this](const auto& entry) {
        ClientStream& stream = *entry.second;
        if (stream.id != entry.first || !stream.job) return true;
        if (stream.ends_at == 0 || stream.ends_at > accepted_) return false;
        tell_written(stream);
        return true;
    });
    core_.pump();
}

void ClientHttp2Link::on_ended() {
    for (const std::unique_ptr<ClientStream>& stream : streams_) {
        if (!stream->job) continue;
        if (stream->is_answer_whole && !stream->is_too_large) {
            stream->result.outcome = Outcome::kAnswered;
            core_.complete(close_job(*stream), std::move(stream->result));
        } else {
            give_up(*stream, "connection");
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
