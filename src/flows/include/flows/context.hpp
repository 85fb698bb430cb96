/// @file What every flow is handed: nothing global, so a test or a simulation hands in its own.
#pragma once

#include "base/clock.hpp"
#include "flows/messages_out.hpp"
#include "flows/notifier.hpp"
#include "storage/database.hpp"
#include "vault/keys.hpp"

namespace haat::flows {

/// Borrowed for as long as flows run. Safe from any thread if its parts are.
struct FlowContext {
    storage::Database& database;
    const Clock& clock;
    Notifier& notifier;
    MessageSender& messages;
    /// None: whatever needs a sealed identity is refused with flows.no_vault_key.
    const vault::OuterKey* vault_key = nullptr;
};

}  // namespace haat::flows
