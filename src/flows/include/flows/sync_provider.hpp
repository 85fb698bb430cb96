/// @file What the provider knows is fetched and kept: templates, the health of our numbers. A new
/// template is submitted to it. What its webhooks tell about these is applied as it comes.
/// Source: docs/formats/whatsapp.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/templates.hpp"
#include "net/client.hpp"

namespace haat::flows {

/// How the provider is asked. The client is for management only, never for sending.
struct ProviderAccount {
    net::Client& client;     ///< Its base URL ends in the version.
    std::string account_id;  ///< Of the WhatsApp business account; empty: templates are not asked.
    std::string access_token;
};

struct SyncReport {
    std::int64_t templates = 0;
    std::int64_t changed = 0;
    UnixSeconds as_of_at;
};
/// Fetches every template and holds or releases what uses those whose status changed. One request
/// for each hundred templates.
/// @return flows.no_provider, flows.provider_silent, messaging.provider_unreadable.
[[nodiscard]] Result<SyncReport> sync_templates(MessagingContext& context);

/// Asks for the state of each of our numbers. @return as sync_templates.
[[nodiscard]] Result<void> sync_numbers(MessagingContext& context);

struct SubmittedTemplate {
    messaging::MessageTemplate form;
    bool fresh = true;
};
/// Submits a template; it is pending until the provider has looked at it. A repeat of the device id
/// asks the provider nothing.
/// @return flows.not_allowed, messaging.template_places, messaging.template_refused, as above.
[[nodiscard]] Result<SubmittedTemplate> submit_template(MessagingContext& context,
                                                        const Viewer& viewer,
                                                        std::string_view device_id,
                                                        const messaging::NewTemplate& form);

/// Stores what a webhook told about templates, numbers and the account; returns the names of
/// templates whose status changed. Runs in the transaction that keeps the webhook.
[[nodiscard]] std::vector<std::string> store_account_events(
    storage::Transaction& tx, const std::vector<messaging::AccountEvent>& events, UnixSeconds now);

/// Our numbers with what this process knows of them.
[[nodiscard]] std::vector<messaging::SenderNumberRow> read_numbers(MessagingContext& context);

/// Lets a number rest, or send again. @return flows.not_allowed, messaging.no_number.
[[nodiscard]] Result<messaging::SenderNumberRow> rest_number(MessagingContext& context,
                                                             const Viewer& viewer,
                                                             messaging::SenderNumberId number_id,
                                                             bool resting, std::string_view reason,
                                                             std::optional<UnixSeconds> until);

}  // namespace haat::flows
