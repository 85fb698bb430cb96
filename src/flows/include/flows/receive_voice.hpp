/// @file The provider of voice calls reports: what became of our calls, what was pressed, who rang.
#pragma once

#include <functional>
#include <string_view>

#include "flows/messaging_context.hpp"
#include "net/http.hpp"

namespace haat::flows {

/// Promise: 200 is answered only after it is durable, and each has its effect once, by CallSid and
/// stage. Nothing is signed, so the secret is part of the address.
/// @param secret  What stood in the path.
/// @param done    Called once, on this or a database thread: 200; 401 for a wrong secret; 503 if
///                the database could not keep it.
void receive_call_event(MessagingContext& context, const net::Request& request,
                        std::string_view secret, std::function<void(int)> done);

}  // namespace haat::flows
