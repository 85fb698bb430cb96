#include "messaging/transport.hpp"

#include <map>
#include <utility>

namespace haat::messaging {
namespace {

class NetworkTransport final : public Transport {
  public:
    explicit NetworkTransport(std::vector<ChannelClient> clients) {
        for (ChannelClient& client : clients) {
            clients_.emplace(client.channel,
                             std::make_unique<net::Client>(std::move(client.options)));
        }
    }

    void send(registry::Channel channel, std::vector<net::BatchRequest> requests,
              net::BatchRules rules) override {
        clients_.at(channel)->send_many(std::move(requests), std::move(rules));
    }

    void stop(int milliseconds) override {
        for (auto& [channel, client] : clients_) {
            client->stop(milliseconds);
        }
    }

  private:
    std::map<registry::Channel, std::unique_ptr<net::Client>> clients_;
};

}  // namespace

std::unique_ptr<Transport> network_transport(std::vector<ChannelClient> clients) {
    return std::make_unique<NetworkTransport>(std::move(clients));
}

}  // namespace haat::messaging
