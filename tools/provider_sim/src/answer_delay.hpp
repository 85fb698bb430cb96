/// @file Holds answers back for a fixed time, as a long way to the provider would. All wait equally
/// long, so they leave in the order they came: a queue and one thread, whatever their number.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

#include "net/http.hpp"

namespace haat::sim {

class AnswerDelay {
 public:
    /// @param milliseconds  0: answers at once.
    explicit AnswerDelay(std::int64_t milliseconds);
    /// Drops what waits.
    ~AnswerDelay();
    AnswerDelay(const AnswerDelay&) = delete;
    AnswerDelay& operator=(const AnswerDelay&) = delete;

    void answer(net::Reply reply, net::Response response);

 private:
    struct Held {
        std::int64_t due_micros = 0;
        net::Reply reply;
        net::Response response;
    };
    void loop(const std::stop_token& stop);

    std::int64_t micros_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Held> queue_;
    std::jthread thread_;
};

}  // namespace haat::sim
