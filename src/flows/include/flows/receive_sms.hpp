/// @file Kannel reports: SMS that people wrote, and what became of ours.
#pragma once

#include <functional>

#include "flows/messaging_context.hpp"
#include "net/http.hpp"

namespace haat::flows {

/// Promise: 200 is answered only after it is durable, and each report and message has its effect
/// once. Only Kannel on this machine is believed: by its address, by our secret, and because no
/// proxy stands between. What cannot be read is kept for an operator.
/// @param done  Called once, on this or a database thread: 200; 401 from anywhere else or without
///              the secret; 503 if the database could not keep it (Kannel comes again).
void receive_sms_report(MessagingContext& context, const net::Request& request,
                        std::function<void(int)> done);
/// The same for what somebody wrote.
void receive_sms(MessagingContext& context, const net::Request& request,
                 std::function<void(int)> done);

}  // namespace haat::flows
