/// @file Templates and sender numbers as the provider tells of them: its JSON read, what it says
/// stored with every change. Who asks the provider is flows/sync_provider.hpp.
/// Source: docs/formats/whatsapp.md, docs/internals/planning.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct TemplateIdTag;
using TemplateId = Id<TemplateIdTag>;  ///< One language of one template.
struct SenderNumberIdTag;
using SenderNumberId = Id<SenderNumberIdTag>;  ///< One of our numbers.

/// One language of one template. Words of the provider in lower case: status "approved", "pending",
/// "rejected", "paused", "disabled", "in_appeal", "flagged", "deleted"; quality "green", "yellow",
/// "red", "unknown"; category "marketing", "utility", "authentication".
struct MessageTemplate {
    TemplateId template_id;
    std::string provider_id;
    std::string name;
    std::string language;
    std::string category = "utility";
    std::string status = "pending";
    std::string quality = "unknown";
    std::string body;  ///< With places {{1}}, {{2}}, …
    int params = 0;    ///< How many places the body has.
    std::vector<std::string> buttons;
    std::string rejection_reason;
    /// How long the provider goes on trying to deliver a message of it; 0: its own time, 30 days.
    std::int64_t ttl_seconds = 0;
    UnixSeconds changed_at;
    UnixSeconds seen_at;

    [[nodiscard]] bool is_approved() const { return status == "approved" || status == "flagged"; }
};

/// A page of GET /{account}/message_templates.
struct TemplatePage {
    std::vector<MessageTemplate> templates;  ///< Without ids of ours and times.
    std::string after;                       ///< Cursor of the next page; empty on the last.
};
/// @return messaging.provider_unreadable.
[[nodiscard]] Result<TemplatePage> read_template_page(std::string_view json);

struct NewTemplate {
    std::string name;
    std::string language;
    std::string category;  ///< "marketing" or "utility".
    std::string body;
    std::vector<std::string> examples;
    std::string footer;  ///< May be empty.
    std::vector<std::string> buttons;
    std::int64_t ttl_seconds = 0;  ///< 0, or 30..43,200; only for "utility".
};
/// Places must be {{1}}, {{2}}, … in order, each with an example, none at the start or end.
/// @return messaging.template_places (params: field); messaging.template_ttl.
[[nodiscard]] Result<void> check_new_template(const NewTemplate& form);
/// The body of POST /{account}/message_templates.
[[nodiscard]] std::string new_template_json(const NewTemplate& form);
/// Its answer: provider id, status, category. @return messaging.template_refused (params: reason).
[[nodiscard]] Result<MessageTemplate> read_new_template_answer(int status, std::string_view json);

/// The body with its places filled.
[[nodiscard]] std::string filled(std::string_view body, const std::vector<std::string>& params);
[[nodiscard]] int count_places(std::string_view body);

/// What GET /{phone-number-id} says.
struct NumberState {
    std::string provider_number_id;
    std::string display;
    std::string name;
    std::string status = "unknown";  ///< "connected", "flagged", "restricted", "banned", …
    std::string quality = "unknown";
    std::string limit_tier;  ///< "TIER_100K"; empty: not told.
    std::string throughput;  ///< "STANDARD", "HIGH"; empty: not told.
};
[[nodiscard]] Result<NumberState> read_number_state(std::string_view json);

/// What webhooks tell about templates, numbers and the account, beside messages and statuses.
struct AccountEvent {
    enum class Kind : std::uint8_t {
        kTemplateStatus,
        kTemplateQuality,
        kTemplateCategory,
        kNumberQuality,
        kCapability,
        kAccount,
    };
    Kind kind = Kind::kAccount;
    std::string provider_template_id;
    std::string template_name;
    std::string template_language;
    std::string display_number;  ///< Digits only.
    std::string value;   ///< The new status, quality, category, limit or event, in lower case.
    std::string detail;  ///< A reason, or the limit that goes with a number's event.
};
/// Reads those out of a verified webhook body; empty if it holds none or cannot be read.
[[nodiscard]] std::vector<AccountEvent> read_account_events(std::string_view body);

/// What changed when something that was seen was stored.
struct TemplateChange {
    std::string name;
    std::string language;
    std::string old_status;  ///< Empty: it is new.
    std::string new_status;
    bool changed = false;  ///< Status, quality or category.
};
/// Stores what a list told; keeps each change. Safe to repeat.
TemplateChange store_template(storage::Transaction& tx, const MessageTemplate& seen,
                              std::string_view device_id, UnixSeconds now);
/// Marks what a whole list, begun at `listed_at`, did not name.
std::vector<TemplateChange> store_gone_templates(storage::Transaction& tx, UnixSeconds listed_at,
                                                 UnixSeconds now);
/// Applies an event about a template or number; none if it is about neither or fits nothing known.
std::optional<TemplateChange> store_event(storage::Transaction& tx, const AccountEvent& event,
                                          UnixSeconds now);

[[nodiscard]] std::optional<MessageTemplate> find_template(storage::Transaction& tx,
                                                           std::string_view name,
                                                           std::string_view language);
/// @return messaging.no_template.
[[nodiscard]] Result<MessageTemplate> get_template(storage::Transaction& tx,
                                                   TemplateId template_id);
[[nodiscard]] std::optional<TemplateId> template_by_device(storage::Transaction& tx,
                                                           std::string_view device_id);
[[nodiscard]] std::vector<MessageTemplate> list_templates(storage::Transaction& tx,
                                                          std::string_view status,
                                                          std::int64_t before, int limit);
struct TemplateEvent {
    UnixSeconds at;
    std::string field;
    std::string old_value;
    std::string new_value;
    std::string reason;
};
[[nodiscard]] std::vector<TemplateEvent> events_of_template(storage::Transaction& tx,
                                                            TemplateId template_id);

/// Refuses a template that the provider has not approved in both languages. While no template is
/// known at all (nobody asked the provider yet), everything passes: the provider itself refuses.
/// @return messaging.template_not_approved (params: template, language, status).
[[nodiscard]] Result<void> require_approved(storage::Transaction& tx, std::string_view name);

struct SenderNumberRow {
    SenderNumberId number_id;
    NumberState state;
    bool resting = false;
    std::optional<UnixSeconds> rest_until_at;
    std::string rest_reason;
    std::optional<UnixSeconds> seen_at;
};
/// Makes a row for a number of ours that has none.
void ensure_number(storage::Transaction& tx, std::string_view provider_number_id);
void store_number(storage::Transaction& tx, const NumberState& seen, UnixSeconds now);
[[nodiscard]] std::vector<SenderNumberRow> list_numbers(storage::Transaction& tx);
/// @return messaging.no_number.
[[nodiscard]] Result<SenderNumberRow> get_number(storage::Transaction& tx, SenderNumberId id);
void set_number_rest(storage::Transaction& tx, const SenderNumberRow& number, UnixSeconds now);

/// What one process saw of a number in ten seconds.
struct SenderCount {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string name;         ///< Phone number id, SMS header, bot, caller id.
    std::int64_t sent = 0;
    std::int64_t errors = 0;  ///< Sends that were not accepted, for whatever reason.
};
/// Adds counts of the process `writer` to the ten seconds in which `now` lies; forgets those of
/// more than an hour ago.
void add_sender_counts(storage::Transaction& tx, std::int64_t writer,
                       const std::vector<SenderCount>& counts, UnixSeconds now);
/// Of all processes: sent in the last minute, errors in the last hour; to ten seconds.
[[nodiscard]] std::vector<SenderCount> recent_sender_counts(storage::Transaction& tx,
                                                            UnixSeconds now);

struct SenderEvent {
    SenderNumberId number_id;  ///< None: the account as a whole.
    UnixSeconds at;
    std::string what;
    std::string detail;
};
[[nodiscard]] std::vector<SenderEvent> list_sender_events(storage::Transaction& tx, int limit);
/// The detail of the latest event of that kind; empty if there was none.
[[nodiscard]] std::string latest_sender_event(storage::Transaction& tx, std::string_view what);

}  // namespace haat::messaging
