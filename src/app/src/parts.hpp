/// @file What a running haat is made of, in the order in which it is made. The one place where
/// parts are joined; nothing reaches for it from below.
#pragma once

#include <memory>
#include <optional>

#include "access/passwords.hpp"
#include "access/sessions.hpp"
#include "base/clock.hpp"
#include "flows/context.hpp"
#include "flows/lexicon_shelf.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "flows/sync_provider.hpp"
#include "http/event_hub.hpp"
#include "http/hub_notifier.hpp"
#include "http/metrics.hpp"
#include "http/services.hpp"
#include "messaging/audio.hpp"
#include "messaging/delivery.hpp"
#include "net/client.hpp"
#include "registry/audience.hpp"
#include "settings.hpp"
#include "storage/database.hpp"
#include "vault/keys.hpp"
#include "worker_loop.hpp"

namespace haat::app {

class Parts {
 public:
    /// Opens the database and reads what lives in memory. Nothing is sent and nothing listens yet.
    /// @return Refusals of the vault's key file. @throws storage::CannotOpen as when another server
    /// has the directory.
    [[nodiscard]] static Result<std::unique_ptr<Parts>> make(const Settings& settings);

    [[nodiscard]] storage::Database& database() { return *database_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] registry::AudienceIndex& audience() { return audience_; }
    [[nodiscard]] http::EventHub& events() { return events_; }
    [[nodiscard]] http::Metrics& metrics() { return metrics_; }
    [[nodiscard]] flows::FlowContext& flows() { return *flows_; }
    [[nodiscard]] flows::MessagingContext& messaging() { return *messaging_; }
    [[nodiscard]] flows::MailSender& mail() { return mail_; }
    [[nodiscard]] messaging::Delivery& delivery() { return *delivery_; }
    /// True if a channel is set up: then delivery may be started.
    [[nodiscard]] bool has_channel() const {
        return !settings_.whatsapp_base_url.empty() || !settings_.telegram_token.empty() ||
               !messaging_->sms.base_url.empty() || !messaging_->voice.base_url.empty();
    }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    /// Tells Telegram where updates go; does nothing without a bot or a public address.
    void set_telegram_webhook();

    /// What handlers get; valid as long as this object.
    [[nodiscard]] http::Services services();

 private:
    explicit Parts(const Settings& settings);
    void make_delivery();
    void make_telegram();
    [[nodiscard]] std::vector<messaging::ChannelClient> clients() const;
    void make_provider();
    void add_metrics();

    Settings settings_;
    const Clock& clock_;
    std::unique_ptr<storage::Database> database_;
    registry::AudienceIndex audience_;
    http::EventHub events_;
    http::HubNotifier notifier_;
    http::Metrics metrics_;
    access::PasswordHasher passwords_;
    access::SignInThrottle throttle_;
    std::optional<vault::OuterKey> vault_key_;
    std::unique_ptr<net::Client> simulator_;
    std::unique_ptr<flows::LexiconShelf> lexicon_;
    std::unique_ptr<messaging::Delivery> delivery_;
    messaging::DialogueBooks dialogues_;
    flows::MailSender mail_;
    std::optional<flows::FlowContext> flows_;
    messaging::AudioStore audio_;
    std::unique_ptr<net::Client> provider_client_;
    std::optional<flows::ProviderAccount> provider_;
    std::optional<flows::MessagingContext> messaging_;
    /// Words that officers published hold here within two seconds, whatever this process does.
    std::optional<WorkerLoop> words_;
    std::unique_ptr<net::Client> telegram_;  ///< Last: its answers come while the rest is there.
};

}  // namespace haat::app
