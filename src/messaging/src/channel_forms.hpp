/// @file A permitted send as the request of its channel, and what that channel's answer proves.
/// Private.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "messaging/channel.hpp"
#include "messaging/delivery.hpp"
#include "net/client.hpp"
#include "send_form.hpp"

namespace haat::messaging {

/// What one message needs, whatever its channel.
struct ToSend {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string_view to;
    std::string_view attempt;
    bool english = false;
    const SendForm* form = nullptr;  ///< Of its broadcast; none for mail.
    std::string_view mail;           ///< Whole WhatsApp body, or TextBody as JSON, of mail.
};

class ChannelForms {
  public:
    explicit ChannelForms(const DeliveryOptions& options);

    /// @param sender  Our number, as SenderNumber names it; WhatsApp posts to its path.
    [[nodiscard]] net::BatchRequest request(const ToSend& message,
                                            const std::string& sender) const;
    [[nodiscard]] static SendOutcome outcome_of(registry::Channel channel,
                                                const net::ClientResult& result);
    /// The unchanging part of requests of a WhatsApp number; made once.
    void add_number(const std::string& phone_number_id);

  private:
    std::string authorization_;
    sms::Settings sms_;
    telegram::Settings telegram_;
    voice::Settings voice_;
    std::map<std::string, std::shared_ptr<const net::RequestHead>> heads_;
};

}  // namespace haat::messaging
