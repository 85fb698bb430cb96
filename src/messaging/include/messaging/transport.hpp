/// @file What carries requests to the providers. The real one is the network; a simulation hands in
/// its own, so that the same machine runs against any answer, late, lost or twice.
#pragma once

#include <memory>
#include <vector>

#include "net/client.hpp"
#include "registry/channels.hpp"

namespace haat::messaging {

class Transport {
  public:
    virtual ~Transport() = default;
    /// As net::Client::send_many: each request is sent once and never again by itself, and its
    /// outcome told once, from any thread.
    virtual void send(registry::Channel channel, std::vector<net::BatchRequest> requests,
                      net::BatchRules rules) = 0;
    /// Takes no more and returns when every outcome was told, at the latest after `milliseconds`.
    virtual void stop(int milliseconds) = 0;
};

/// One client for a channel's base URL.
struct ChannelClient {
    registry::Channel channel = registry::Channel::kWhatsapp;
    net::ClientOptions options;
};
[[nodiscard]] std::unique_ptr<Transport> network_transport(std::vector<ChannelClient> clients);

}  // namespace haat::messaging
