/// @file What all webhooks have in common once their sender is known: everything durable, then 200.
#pragma once

#include <functional>
#include <string>

#include "flows/messaging_context.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

inline constexpr int kHookKept = 200;
inline constexpr int kHookRefused = 401;
inline constexpr int kHookNotKept = 503;

/// What the provider is told; a webhook that was not kept comes again, and is logged.
[[nodiscard]] int hook_answer(bool kept);

/// Keeps messages and statuses in one transaction, each once; `more` adds what else belongs to it
/// and may be empty: then many webhooks share the transaction. What could not be read is kept as it
/// came, for an operator. `done` is told 200 after the commit, 503 if there was none.
void keep_webhook(MessagingContext& context, registry::Channel channel,
                  Result<messaging::Webhook> webhook, std::string raw,
                  std::function<void(storage::Transaction&)> more, std::function<void(int)> done);

}  // namespace haat::flows
