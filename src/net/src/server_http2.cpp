/// @file One HTTP/2 connection of the server. Each stream is a request with the limits of its
/// route; answers and event streams share the connection.
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "event_stream_core.hpp"
#include "head.hpp"
#include "http2_link.hpp"
#include "net/url.hpp"
#include "server_core.hpp"

namespace haat::net {

namespace {

constexpr std::string_view kHeartbeat = ":\n\n";
constexpr std::uint64_t kReserveBytes = 256 * 1024;  ///< Beyond it a body must first arrive.

/// A request being read, worked on or answered. nghttp2 knows it as the stream's user data.
struct ServerStream {
    std::int32_t id = 0;  ///< 0: not in use.
    Request request;
    RouteLimits limits;
    std::size_t header_bytes = 0;
    std::optional<std::uint64_t> content_length;
    std::int64_t started = 0;
    int refusal = 0;  ///< Found while reading; answered at the end of the headers.
    bool is_head_done = false;
    bool is_dispatched = false;
    bool is_answered = false;
    bool is_head = false;  ///< HEAD: the answer has no body.
    std::string authority;
    // The answer:
    std::string body;
    std::size_t sent = 0;
    std::shared_ptr<EventStream::Core> events;
    bool events_closed = false;
    std::int64_t beat_at = 0;
};

class ServerLink final : public Http2Link {
 public:
    explicit ServerLink(std::shared_ptr<Peer> peer);

    void sweep(std::int64_t now);
    void stop();

 private:
    using StreamId = std::int32_t;

    static ServerLink& of(void* user) {
        return static_cast<ServerLink&>(*static_cast<Http2Link*>(user));
    }
    static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user);
    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_length, const std::uint8_t* value, std::size_t value_length,
                      std::uint8_t, void* user);
    static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user);
    static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t length, void* user);
    static int closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user);
    static ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* into,
                             std::size_t length, std::uint32_t* flags, nghttp2_data_source*,
                             void* user);

    /// The stream, while it is open.
    static ServerStream* stream_of(nghttp2_session* session, StreamId id) {
        return static_cast<ServerStream*>(nghttp2_session_get_stream_user_data(session, id));
    }
    void open_stream(StreamId id);
    void take_header(ServerStream& stream, std::string_view name, std::string_view value);
    void finish_head(ServerStream& stream, bool is_end);
    void dispatch(ServerStream& stream);
    void answer(StreamId id, Response response);
    void submit(ServerStream& stream, const Response& response);
    void refuse(ServerStream& stream, int status);
    void attach_events(ServerStream& stream, EventStream& events);
    void resume(StreamId id);
    void note_activity();
    void on_ended() override;
    void on_received() override { note_activity(); }
    void on_flushed() override { note_activity(); }

    std::shared_ptr<Peer> peer_;
    ServerCore& core_;
    std::vector<std::unique_ptr<ServerStream>> streams_;  ///< All that were ever needed at once.
    std::vector<ServerStream*> free_;                     ///< Of those, the ones not in use.
    std::vector<nghttp2_nv> fields_;
    std::size_t with_handler_ = 0;  ///< Handlers at work, also for streams that were reset.
};

ServerLink::ServerLink(std::shared_ptr<Peer> peer)
    : Http2Link(peer->core.io, peer->stream), peer_(std::move(peer)), core_(peer_->core) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
    open_session(true, callbacks);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, core_.options.http2_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 18},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeadBytes},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 0}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 1 << 22);
    note_activity();
}

void ServerLink::note_activity() {
    // With requests at work or open event streams only a peer that stops reading is cut.
    peer_->expire_in(core_.options.idle_seconds);
}

int ServerLink::begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        of(user).open_stream(frame->hd.stream_id);
    }
    return 0;
}

void ServerLink::open_stream(StreamId id) {
    if (free_.empty()) {
        streams_.push_back(std::make_unique<ServerStream>());
        free_.push_back(streams_.back().get());
    }
    ServerStream& stream = *free_.back();
    free_.pop_back();
    constexpr std::size_t kUsualHeaders = 12;
    stream.id = id;
    stream.started = monotonic_now();
    stream.request.http_major = 2;
    stream.request.headers.reserve(kUsualHeaders);
    nghttp2_session_set_stream_user_data(session_, id, &stream);
}

void ServerLink::take_header(ServerStream& stream, std::string_view name, std::string_view value) {
    stream.header_bytes += name.size() + value.size() + 4;
    if (stream.header_bytes > kMaxHeadBytes || stream.request.headers.size() >= kMaxHeaders) {
        stream.refusal = 431;
        return;
    }
    if (name == ":method") {
        stream.request.method = value;
        stream.is_head = value == "HEAD";
    } else if (name == ":path") {
        stream.request.target = value;
    } else if (name == ":authority") {
        stream.authority = value;
    } else if (!name.starts_with(':')) {
        if (name == "content-length") {
            std::uint64_t length = 0;
            std::from_chars(value.data(), value.data() + value.size(), length);
            stream.content_length = length;  // nghttp2 has checked that it is one number
        }
        stream.request.headers.push_back({std::string(name), std::string(value)});
    }
}

int ServerLink::header(nghttp2_session* session, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_length, const std::uint8_t* value,
                       std::size_t value_length, std::uint8_t, void* user) {
    ServerStream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream != nullptr && !stream->is_head_done) {  // trailers are dropped
        of(user).take_header(*stream, {reinterpret_cast<const char*>(name), name_length},
                             {reinterpret_cast<const char*>(value), value_length});
    }
    return 0;
}

void ServerLink::finish_head(ServerStream& stream, bool is_end) {
    stream.is_head_done = true;
    Request& request = stream.request;
    const std::string_view target = request.target;
    if (stream.refusal == 0 && target.size() > kMaxTargetBytes) {
        stream.refusal = 414;
    }
    if (stream.refusal == 0) {
        const std::size_t mark = target.find('?');
        std::optional<std::string> path = decode_path(target.substr(0, mark));
        auto query = parse_query(mark == std::string_view::npos ? std::string_view()
                                                                : target.substr(mark + 1));
        if (path && query) {
            request.path = std::move(*path);
            request.query = std::move(*query);
            stream.limits = core_.limits_of(request.method, request.path);
        } else {
            stream.refusal = 400;
        }
    }
    if (stream.refusal == 0 && stream.content_length.value_or(0) > stream.limits.max_body_bytes) {
        stream.refusal = 413;
    }
    if (request.header("host").empty() && !stream.authority.empty()) {
        request.headers.push_back({"host", stream.authority});
    }
    if (stream.refusal != 0) {
        refuse(stream, stream.refusal);
    } else if (is_end) {
        dispatch(stream);
    } else {
        request.body.reserve(
            static_cast<std::size_t>(std::min(stream.content_length.value_or(0), kReserveBytes)));
    }
}

int ServerLink::frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const bool is_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!is_body) return 0;
    ServerStream* const stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (!stream->is_head_done) {
        of(user).finish_head(*stream, is_end);
    } else if (is_end && !stream->is_answered && !stream->is_dispatched) {
        of(user).dispatch(*stream);
    }
    return 0;
}

int ServerLink::data(nghttp2_session* session, std::uint8_t, std::int32_t id,
                     const std::uint8_t* bytes, std::size_t length, void* user) {
    ServerStream* const stream = stream_of(session, id);
    if (stream == nullptr || stream->is_answered) return 0;
    if (stream->request.body.size() + length > stream->limits.max_body_bytes) {
        of(user).refuse(*stream, 413);
        return 0;
    }
    stream->request.body.append(reinterpret_cast<const char*>(bytes), length);
    return 0;
}

int ServerLink::closed(nghttp2_session* session, std::int32_t id, std::uint32_t, void* user) {
    ServerStream* const stream = stream_of(session, id);
    if (stream == nullptr) return 0;
    const std::shared_ptr<EventStream::Core> events = std::move(stream->events);
    *stream = ServerStream{};
    of(user).free_.push_back(stream);
    if (events) {
        events->end();
    }
    return 0;
}

void ServerLink::dispatch(ServerStream& stream) {
    stream.is_dispatched = true;
    // A peer that resets streams faster than handlers end must not pile up work.
    if (with_handler_ >= 2 * std::size_t{core_.options.http2_streams}) {
        refuse(stream, 503);
        return;
    }
    ++with_handler_;
    stream.request.remote_address = peer_->address;
    stream.request.is_secure = stream_->is_secure();
    std::weak_ptr<Http2Link> weak = weak_from_this();
    const StreamId id = stream.id;
    core_.dispatch(std::move(stream.request), [weak, id](Response response) {
        if (const std::shared_ptr<Http2Link> link = weak.lock()) {
            ServerLink& self = static_cast<ServerLink&>(*link);
            --self.with_handler_;
            self.answer(id, std::move(response));
        }
    });
}

void ServerLink::refuse(ServerStream& stream, int status) {
    ++core_.refused_requests;
    answer(stream.id, core_.refusal(status));
}

void ServerLink::answer(StreamId id, Response response) {
    if (is_ended_) return;
    ServerStream* const stream = stream_of(session_, id);
    if (stream == nullptr || stream->is_answered) return;
    stream->is_answered = true;
    wake_writer();
    if (response.is_cut) {
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_INTERNAL_ERROR);
        return;
    }
    if (!is_writable(response)) {
        response = core_.refusal(500);
    }
    const bool has_content = response.status != 204 && response.status != 304;
    if (response.stream) {
        response.content_type = "text/event-stream; charset=utf-8";
        response.headers.push_back({"cache-control", "no-store"});
        attach_events(*stream, *response.stream);
    } else if (has_content && stream->is_head) {
        response.headers.push_back({"content-length", std::to_string(response.body.size())});
    } else if (has_content) {
        response.headers.push_back({"content-length", std::to_string(response.body.size())});
        stream->body = std::move(response.body);
    }
    if (!has_content) response.content_type.clear();
    for (Header& header : response.headers) {
        for (char& c : header.name) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
    }
    submit(*stream, response);
}

void ServerLink::submit(ServerStream& stream, const Response& response) {
    // nghttp2 copies what it is given here, all of it into one block.
    fields_.clear();
    const auto add = [this](std::string_view name, std::string_view value) {
        const auto bytes = [](std::string_view text) {
            return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        };
        fields_.push_back(
            {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    };
    std::array<char, 3> status{};
    std::to_chars(status.begin(), status.end(), response.status);
    add(":status", {status.data(), status.size()});
    add("date", core_.date());
    if (!response.content_type.empty()) add("content-type", response.content_type);
    for (const Header& header : response.headers) add(header.name, header.value);
    nghttp2_data_provider provider{};
    provider.source.ptr = &stream;
    provider.read_callback = read_body;
    const bool has_body = stream.events || !stream.body.empty();
    nghttp2_submit_response(session_, stream.id, fields_.data(), fields_.size(),
                            has_body ? &provider : nullptr);
}

ssize_t ServerLink::read_body(nghttp2_session*, std::int32_t, std::uint8_t* into,
                              std::size_t length, std::uint32_t* flags, nghttp2_data_source* source,
                              void* user) {
    ServerStream& stream = *static_cast<ServerStream*>(source->ptr);
    if (stream.events) {
        if (stream.sent == stream.body.size()) {
            stream.body = stream.events->take(stream.events_closed);
            stream.sent = 0;
        }
        if (stream.body.empty() && !stream.events_closed) return NGHTTP2_ERR_DEFERRED;
        stream.beat_at = monotonic_now() + of(user).core_.options.heartbeat_seconds * kSecond;
    }
    const std::size_t count = stream.body.copy(reinterpret_cast<char*>(into), length, stream.sent);
    stream.sent += count;
    const bool is_end =
        stream.sent == stream.body.size() && (!stream.events || stream.events_closed);
    if (is_end) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return static_cast<ssize_t>(count);
}

void ServerLink::attach_events(ServerStream& stream, EventStream& events) {
    stream.events = events.core();
    stream.beat_at = monotonic_now() + core_.options.heartbeat_seconds * kSecond;
    std::weak_ptr<Http2Link> weak = weak_from_this();
    stream.events->attach([core = core_.shared_from_this(), weak, id = stream.id] {
        core->post([weak, id] {
            if (const std::shared_ptr<Http2Link> link = weak.lock()) {
                static_cast<ServerLink&>(*link).resume(id);
            }
        });
    });
}

void ServerLink::resume(StreamId id) {
    if (is_ended_ || stream_of(session_, id) == nullptr) return;
    nghttp2_session_resume_data(session_, id);
    wake_writer();
}

void ServerLink::sweep(std::int64_t now) {
    if (is_ended_) return;
    std::vector<StreamId> late;
    for (const std::unique_ptr<ServerStream>& entry : streams_) {
        ServerStream& stream = *entry;
        if (stream.id == 0) continue;
        if (stream.events && !is_writing_) {
            peer_->expire_in(core_.options.idle_seconds);
            if (now > stream.beat_at && stream.sent == stream.body.size()) {
                stream.body = kHeartbeat;
                stream.sent = 0;
                resume(stream.id);
            }
        } else if (stream.is_dispatched && !is_writing_) {
            peer_->expire_in(core_.options.idle_seconds);
        }
        if (!stream.is_answered &&
            now > stream.started + stream.limits.deadline_seconds * kSecond) {
            late.push_back(stream.id);
        }
    }
    for (const StreamId id : late) {
        answer(id, core_.refusal(503));
    }
}

void ServerLink::stop() {
    if (is_ended_) return;
    for (const std::unique_ptr<ServerStream>& stream : streams_) {
        if (!stream->events) continue;
        {
            const std::lock_guard lock(stream->events->mutex);
            stream->events->is_closed = true;
        }
        resume(stream->id);
    }
    const std::int32_t last = nghttp2_session_get_last_proc_stream_id(session_);
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
    wake_writer();
}

void ServerLink::on_ended() {
    for (const std::unique_ptr<ServerStream>& stream : streams_) {
        if (stream->events) std::exchange(stream->events, nullptr)->end();
    }
}

}  // namespace

Task<void> serve_http2(std::shared_ptr<Peer> peer, std::string received) {
    std::shared_ptr<ServerLink> link = std::make_shared<ServerLink>(peer);
    std::weak_ptr<ServerLink> weak = link;
    peer->on_sweep = [weak](std::int64_t now) {
        if (const std::shared_ptr<ServerLink> self = weak.lock()) self->sweep(now);
    };
    peer->on_stop = [weak] {
        if (const std::shared_ptr<ServerLink> self = weak.lock()) self->stop();
    };
    peer->on_close = nullptr;
    if (peer->core.is_stopping) {
        link->stop();
    }
    co_await link->run(std::move(received));
    peer->on_sweep = nullptr;
    peer->on_stop = nullptr;
}

}  // namespace haat::net
