/// @file Server-sent events: an answer that stays open and to which any thread adds.
/// The network side writes a comment every 15 seconds of silence, so proxies keep it open and a
/// vanished peer is noticed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace haat::net {

/// A shared handle. Safe from any thread. Put it into Response::stream; events pushed before the
/// answer is sent are kept.
class EventStream {
 public:
    /// @param buffer_limit  Bytes that may wait for a slow peer; beyond it the stream is closed.
    explicit EventStream(std::size_t buffer_limit = 1 << 20);
    ~EventStream();
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    /// Sends one event. `data` may have several lines; `event` and `id` must not.
    /// @return False if the stream is closed; nothing is sent then.
    bool push(std::string_view event, std::string_view data, std::string_view id = {});
    /// Ends the answer after what is already pushed.
    void close();
    /// True once the peer has gone or somebody closed the stream.
    [[nodiscard]] bool is_closed() const;
    /// Called once, on the network thread, when the stream closes; at once if it is closed already.
    void on_close(std::move_only_function<void()> callback);

    struct Core;
    /// For the server only.
    [[nodiscard]] const std::shared_ptr<Core>& core() const { return core_; }

 private:
    std::shared_ptr<Core> core_;
};

}  // namespace haat::net
