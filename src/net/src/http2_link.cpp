#include "http2_link.hpp"

#include "base/assert.hpp"

namespace haat::net {

namespace {

constexpr std::size_t kWriteBytes = 64 * 1024;
constexpr std::size_t kReadBytes = 64 * 1024;

}  // namespace

Http2Link::Http2Link(asio::io_context& io, std::shared_ptr<Stream> stream)
    : io_(io), stream_(std::move(stream)), writer_(io.get_executor()) {}

Http2Link::~Http2Link() { nghttp2_session_del(session_); }

void Http2Link::open_session(bool is_server, nghttp2_session_callbacks* callbacks) {
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_max_settings(option, 32);
    nghttp2_option_set_max_outbound_ack(option, 256);
    nghttp2_option_set_no_closed_streams(option, 1);
    const int status = is_server ? nghttp2_session_server_new2(&session_, callbacks, this, option)
                                 : nghttp2_session_client_new2(&session_, callbacks, this, option);
    nghttp2_option_del(option);
    HAAT_ASSERT(status == 0);
}

/// Fills out_ with what is to be written; false if the session is over.
bool Http2Link::render() {
    out_.clear();
    while (out_.size() < kWriteBytes) {
        const std::uint8_t* data = nullptr;
        const ssize_t count = nghttp2_session_mem_send(session_, &data);
        if (count < 0) return false;
        if (count == 0) break;
        out_.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(count));
        produced_ += static_cast<std::uint64_t>(count);
    }
    return true;
}

Task<void> Http2Link::write_loop() {
    while (!is_ended_) {
        if (!render()) break;
        if (out_.empty()) {
            const bool is_over = nghttp2_session_want_read(session_) == 0 &&
                                 nghttp2_session_want_write(session_) == 0;
            if (is_over) break;
            co_await writer_.wait();
            continue;
        }
        is_writing_ = true;
        const IoResult result = co_await stream_->write_all(out_);
        accepted_ += result.bytes;
        is_writing_ = false;
        if (!result.is_ok) break;
        on_flushed();
    }
    end();
}

Task<void> Http2Link::run(std::string received) {
    const std::shared_ptr<Http2Link> self = shared_from_this();
    // The loop's own reference keeps the link alive until both have ended.
    spawn(io_,
          [](std::shared_ptr<Http2Link> link) -> Task<void> { co_await link->write_loop(); }(self));
    std::string buffer = std::move(received);
    std::size_t count = buffer.size();
    bool is_ok = true;
    while (is_ok && !is_ended_) {
        if (count > 0) {
            const ssize_t used = nghttp2_session_mem_recv(
                session_, reinterpret_cast<const std::uint8_t*>(buffer.data()), count);
            wake_writer();  // an answer, a window update, or the GOAWAY that explains an error
            if (used < 0) break;
            if (!is_ended_) on_received();
        }
        buffer.resize(kReadBytes);
        const IoResult result = co_await stream_->read({buffer.data(), buffer.size()});
        count = result.bytes;
        is_ok = result.is_ok;
    }
    end();
}

void Http2Link::end() {
    is_ended_ = true;
    stream_->close();
    wake_writer();
    if (--loops_ == 0) on_ended();
}

void Http2Link::close() { stream_->close(); }

}  // namespace haat::net
