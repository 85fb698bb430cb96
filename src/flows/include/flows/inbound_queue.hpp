/// @file Received messages on their way to one commit: webhooks come faster than a disk flushes, so
/// all that wait share a transaction, and each is acknowledged after it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "messaging/channel.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

/// What a message says about being written to; it takes effect when the message is stored.
enum class ConsentWord : std::uint8_t { kNone, kOptOut, kOptIn };

/// The messages of one webhook.
struct Incoming {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::vector<messaging::Message> messages;
    std::vector<ConsentWord> words;  ///< Of each message.
};

/// Safe from any thread.
class InboundQueue {
 public:
    struct Waiting {
        Incoming incoming;
        std::move_only_function<void(bool kept)> done;
    };
    /// True: nobody is on the way to take it, so the caller must start a transaction that does.
    [[nodiscard]] bool push(Waiting waiting);
    /// Moves what waits behind what `taken` holds already, up to about `most_messages` in all.
    void take(std::vector<Waiting>& taken, std::size_t most_messages);
    /// After a transaction. True: some is left and nobody is on the way; as for push.
    [[nodiscard]] bool is_left();

 private:
    std::mutex mutex_;
    std::deque<Waiting> waiting_;
    bool is_taker_coming_ = false;
};

}  // namespace haat::flows
