/// @file What flows report, handed to the open screens.
#pragma once

#include <string>
#include <string_view>

#include "flows/notifier.hpp"
#include "http/event_hub.hpp"

namespace haat::http {

class HubNotifier final : public flows::Notifier {
 public:
    explicit HubNotifier(EventHub& hub) : hub_(hub) {}
    /// Topics without an event of their own (demand, consignment) are told as today.
    void changed(std::string_view topic, std::string json) override;

 private:
    EventHub& hub_;
};

}  // namespace haat::http
