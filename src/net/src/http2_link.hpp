/// @file One HTTP/2 connection over a Stream: nghttp2 keeps the protocol, this moves the bytes and
/// counts them, so that of every frame it is known whether the socket took it.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>

#include "io.hpp"

namespace haat::net {

class Http2Link : public std::enable_shared_from_this<Http2Link> {
 public:
    virtual ~Http2Link();
    Http2Link(const Http2Link&) = delete;
    Http2Link& operator=(const Http2Link&) = delete;

    /// Reads and writes until the connection ends; then on_ended() was called once.
    /// `received` are bytes already read.
    Task<void> run(std::string received);
    /// Something was submitted to the session: write it.
    void wake_writer() { writer_.wake(); }
    void close();

 protected:
    Http2Link(asio::io_context& io, std::shared_ptr<Stream> stream);

    /// Puts the callbacks and options in, and makes the session.
    void open_session(bool is_server, nghttp2_session_callbacks* callbacks);

    /// Reading and writing have both ended: `accepted_` is final. Called once.
    virtual void on_ended() = 0;
    /// What was read has been worked on.
    virtual void on_received() {}
    /// The socket has taken `accepted_` bytes; nothing is being written now.
    virtual void on_flushed() {}

    asio::io_context& io_;
    std::shared_ptr<Stream> stream_;
    nghttp2_session* session_ = nullptr;
    std::uint64_t produced_ = 0;  ///< Bytes that nghttp2 has rendered.
    std::uint64_t accepted_ = 0;  ///< Of those, bytes that the socket has taken.
    bool is_writing_ = false;
    bool is_ended_ = false;

 private:
    Task<void> write_loop();
    [[nodiscard]] bool render();
    void end();

    Waker writer_;
    std::string out_;
    int loops_ = 2;  ///< Reading and writing.
};

}  // namespace haat::net
