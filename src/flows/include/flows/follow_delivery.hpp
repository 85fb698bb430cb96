/// @file What the delivery machine finds out becomes a rule in the database: a stop, a hold. And
/// numbers that officers let rest do so in every process.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "flows/messaging_context.hpp"
#include "messaging/delivery.hpp"

namespace haat::flows {

/// The provider reports that she stopped market messages: everybody on that phone is suppressed. It
/// stopped a template: broadcasts with it are held until it is approved again. It limits us: the
/// broadcast is held until an officer resumes it. Writes; never call it on the network's thread.
/// Safe to repeat.
void apply_delivery_event(MessagingContext& context, const messaging::DeliveryEvent& event);

/// Stops the senders of numbers that rest, lets those of `resting` go whose rest is over, and keeps
/// in `resting` which it stopped. Called by a worker every few seconds.
void follow_rests(MessagingContext& context, std::set<std::string>& resting);

/// What the numbers of this process did up to the last call.
struct SenderBook {
    std::int64_t writer = 0;
    std::map<std::pair<registry::Channel, std::string>, messaging::SenderState> seen;
};
/// Writes down what they did since. Called by the same worker.
void count_senders(MessagingContext& context, SenderBook& book);

}  // namespace haat::flows
