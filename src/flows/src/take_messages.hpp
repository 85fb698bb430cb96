/// @file Messages that came in, whatever the channel: durable, each once, and whoever says stop is
/// not written to from that commit on. What else they mean is for the worker that answers.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "flows/inbound_queue.hpp"
#include "flows/messaging_context.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Looks for words of consent, so that no transaction has to. About 5 µs for a short message.
[[nodiscard]] Incoming read_incoming(const MessagingContext& context, registry::Channel channel,
                                     std::vector<messaging::Message> messages);

/// Stores what is new in the transaction, makes its words of consent hold, wakes whoever answers.
void store_incoming(MessagingContext& context, storage::Transaction& tx,
                    std::span<const Incoming* const> incoming);

/// The same in a transaction that many webhooks share. `done` is called after the commit, with
/// false if there was none. One webhook's failure is not another's.
void take_messages(MessagingContext& context, Incoming incoming,
                   std::move_only_function<void(bool)> done);

}  // namespace haat::flows
