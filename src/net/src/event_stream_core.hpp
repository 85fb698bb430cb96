/// @file What the two ends of an event stream share.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "net/event_stream.hpp"

namespace haat::net {

struct EventStream::Core {
    std::mutex mutex;
    std::string waiting;  ///< Encoded, not yet taken by the network side.
    std::size_t buffer_limit = 0;
    bool is_closed = false;
    std::move_only_function<void()> on_close;
    std::function<void()> wake;  ///< Set while a connection serves the stream; any thread.

    void attach(std::function<void()> waker);
    /// What was pushed since; `closed` tells that nothing follows.
    [[nodiscard]] std::string take(bool& closed);
    /// The network side ends it: the peer has gone, or the server stops.
    void end();
};

}  // namespace haat::net
