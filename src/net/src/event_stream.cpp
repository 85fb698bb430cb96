#include "net/event_stream.hpp"

#include <utility>

#include "base/assert.hpp"
#include "event_stream_core.hpp"

namespace haat::net {

namespace {

void append_line(std::string& out, std::string_view field, std::string_view value) {
    out += field;
    out += ": ";
    out += value;
    out += '\n';
}

}  // namespace

void EventStream::Core::attach(std::function<void()> waker) {
    const std::lock_guard lock(mutex);
    wake = std::move(waker);
}

std::string EventStream::Core::take(bool& closed) {
    const std::lock_guard lock(mutex);
    closed = is_closed;
    return std::exchange(waiting, {});
}

void EventStream::Core::end() {
    std::move_only_function<void()> callback;
    std::function<void()> waker;  // destroyed outside the lock: it holds the connection
    {
        const std::lock_guard lock(mutex);
        is_closed = true;
        waker = std::exchange(wake, nullptr);
        callback = std::exchange(on_close, nullptr);
    }
    if (callback) {
        callback();
    }
}

EventStream::EventStream(std::size_t buffer_limit) : core_(std::make_shared<Core>()) {
    core_->buffer_limit = buffer_limit;
}

EventStream::~EventStream() { close(); }

bool EventStream::push(std::string_view event, std::string_view data, std::string_view id) {
    HAAT_ASSERT(!event.contains('\n') && !id.contains('\n'));
    std::string text;
    text.reserve(event.size() + data.size() + id.size() + 32);
    if (!id.empty()) append_line(text, "id", id);
    if (!event.empty()) append_line(text, "event", event);
    for (;;) {
        const std::size_t end = data.find('\n');
        append_line(text, "data", data.substr(0, end));
        if (end == std::string_view::npos) break;
        data.remove_prefix(end + 1);
    }
    text += '\n';

    std::function<void()> waker;
    bool is_taken = true;
    {
        const std::lock_guard lock(core_->mutex);
        if (core_->is_closed) return false;
        if (core_->waiting.size() + text.size() > core_->buffer_limit) {
            core_->is_closed = true;  // the peer does not keep up; it will connect again
            is_taken = false;
        } else {
            core_->waiting += text;
        }
        waker = core_->wake;
    }
    if (waker) waker();
    return is_taken;
}

void EventStream::close() {
    std::function<void()> waker;
    {
        const std::lock_guard lock(core_->mutex);
        if (core_->is_closed) return;
        core_->is_closed = true;
        waker = core_->wake;
    }
    if (waker) waker();
}

bool EventStream::is_closed() const {
    const std::lock_guard lock(core_->mutex);
    return core_->is_closed;
}

void EventStream::on_close(std::move_only_function<void()> callback) {
    {
        const std::lock_guard lock(core_->mutex);
        if (!core_->is_closed) {
            core_->on_close = std::move(callback);
            return;
        }
    }
    callback();
}

}  // namespace haat::net
