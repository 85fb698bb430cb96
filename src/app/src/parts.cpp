#include "parts.hpp"

#include <filesystem>

#include "base/log.hpp"
#include "bench.hpp"
#include "channels.hpp"
#include "embedded.hpp"
#include "flows/dialogue_books.hpp"
#include "registry/import.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

/// Connections that read everybody at the start; the database has one more.
constexpr int kAudienceConnections = 2;

/// Sounds may be thrown away at any time; beside the database where there is a folder.
std::string audio_folder(const Settings& settings) {
    return settings.data.empty() ? std::filesystem::temp_directory_path() / "haat-audio"
                                 : std::filesystem::path(settings.data) / "audio";
}

/// On which people are written to, the best first.
std::vector<registry::Channel> written_channels(const Settings& settings) {
    std::vector<registry::Channel> channels{registry::Channel::kWhatsapp};
    if (!settings.telegram_token.empty()) {
        channels.push_back(registry::Channel::kTelegram);
    }
    if (!settings.sms_url.empty()) {
        channels.push_back(registry::Channel::kSms);
    }
    return channels;
}

}  // namespace

Parts::Parts(const Settings& settings)
    : settings_(settings),
      clock_(system_clock()),
      events_(clock_),
      notifier_(events_),
      throttle_(clock_),
      mail_(
          texts(), clock_, [this] { delivery_->wake(); }, &dialogues_, written_channels(settings)),
      audio_(audio_folder(settings), messaging::espeak_engine()) {}

Result<std::unique_ptr<Parts>> Parts::make(const Settings& settings) {
    std::unique_ptr<Parts> parts(new Parts(settings));
    if (!settings.vault_key_file.empty()) {
        parts->vault_key_.emplace(HAAT_TRY(vault::OuterKey::from_file(settings.vault_key_file)));
    }
    parts->database_ = storage::Database::open(open_options(settings));
    // A load that was killed leaves an index out; without one it takes nothing.
    parts->database_->write([](storage::Transaction& tx) { registry::finish_bulk_load(tx); });
    parts->lexicon_ = HAAT_TRY(shipped_words());
    parts->lexicon_->refresh(*parts->database_);
    HAAT_TRY(flows::begin_dialogues(*parts->database_, shipped_dialogues(), parts->clock_.now(),
                                    parts->dialogues_));
    HAAT_TRY(load_shipped_catalogue(*parts->database_));
    const std::int64_t started = parts->clock_.monotonic_micros();
    parts->audience_.build(*parts->database_, kAudienceConnections);
    log_info("audience.built", {{"people", parts->audience_.people()},
                                {"micros", parts->clock_.monotonic_micros() - started}});
    if (!settings.simulator_url.empty()) {
        net::ClientOptions options;
        options.base_url = settings.simulator_url;
        options.deadline_milliseconds = 5'000;
        parts->simulator_ = std::make_unique<net::Client>(std::move(options));
    }
    parts->make_delivery();
    parts->make_provider();
    parts->flows_.emplace(flows::FlowContext{
        .database = *parts->database_,
        .clock = parts->clock_,
        .notifier = parts->notifier_,
        .messages = parts->mail_,
        .vault_key = parts->vault_key_ ? &*parts->vault_key_ : nullptr,
    });
    parts->messaging_.emplace(flows::MessagingContext{
        .flows = *parts->flows_,
        .delivery = *parts->delivery_,
        .audience = parts->audience_,
        .lexicon = *parts->lexicon_,
        .texts = texts(),
        .whatsapp_app_secret = settings.whatsapp_app_secret,
        .whatsapp_phone_number_ids = settings.whatsapp_phone_number_ids,
        .sms = sms_settings(settings),
        .telegram = telegram_settings(settings),
        .voice = voice_settings(settings),
        .inbound_stored = {},
        .messages_a_second = settings.whatsapp_rate,
        .dialogues = &parts->dialogues_,
        .audio = &parts->audio_,
        .provider = parts->provider_ ? &*parts->provider_ : nullptr,
    });
    parts->words_.emplace("words", 1'000,
                          [words = parts->lexicon_.get(), database = parts->database_.get()] {
                              words->refresh(*database);
                              return false;
                          });
    parts->make_telegram();
    parts->add_metrics();
    return parts;
}

void Parts::make_telegram() {
    if (settings_.telegram_token.empty()) {
        return;
    }
    net::ClientOptions options;
    options.base_url = settings_.telegram_url;
    telegram_ = std::make_unique<net::Client>(std::move(options));
    messaging_->telegram_pressed = [this](const std::string& callback_id) {
        telegram_->send(
            messaging::telegram::answer_callback_request(messaging_->telegram, callback_id),
            [](const net::ClientResult&) {});  // only ends the clock on the button
    };
}

void Parts::set_telegram_webhook() {
    if (!telegram_ || settings_.public_url.empty()) {
        return;
    }
    telegram_->send(messaging::telegram::set_webhook_request(
                        messaging_->telegram, settings_.public_url + "/hooks/telegram"),
                    [](const net::ClientResult& result) {
                        if (result.outcome != net::Outcome::kAnswered || result.status != 200) {
                            log_error("telegram.no_webhook", {{"status", result.status}});
                        }
                    });
}

std::vector<messaging::ChannelClient> Parts::clients() const {
    messaging::ChannelClient whatsapp{.channel = registry::Channel::kWhatsapp, .options = {}};
    whatsapp.options.base_url = has_channel() ? settings_.whatsapp_base_url : "http://127.0.0.1:9";
    whatsapp.options.ca_file = settings_.whatsapp_ca_file;
    // Opened as they are needed: a number's window times its rate asks for many at once.
    whatsapp.options.connections = 40;
    whatsapp.options.queue_limit = 500'000;  // windows bound it; nothing may be refused here
    // TLS agrees on HTTP/2 by itself; without TLS it can only be a simulator, which is told so.
    whatsapp.options.protocol = whatsapp.options.base_url.starts_with("https://")
                                    ? net::Protocol::kAuto
                                    : net::Protocol::kHttp2;
    std::vector<messaging::ChannelClient> all{std::move(whatsapp)};
    const auto add = [&all](registry::Channel channel, const std::string& base_url) {
        if (!base_url.empty()) {
            all.push_back({.channel = channel, .options = {.base_url = base_url}});
        }
    };
    add(registry::Channel::kSms, sms_settings(settings_).base_url);
    if (!settings_.telegram_token.empty()) {
        add(registry::Channel::kTelegram, telegram_settings(settings_).base_url);
    }
    add(registry::Channel::kVoice, voice_settings(settings_).base_url);
    return all;
}

/// Without a channel it is made all the same, so that mail waits for one, and is never started.
void Parts::make_delivery() {
    messaging::DeliveryOptions options;
    options.access_token = settings_.whatsapp_token;
    options.phone_number_ids = settings_.whatsapp_phone_number_ids;
    if (options.phone_number_ids.empty()) {
        options.phone_number_ids = {"0"};
    }
    options.rate_per_number = settings_.whatsapp_rate;
    options.quiet_hours = settings_.quiet_hours;
    options.attempt_key = settings_.whatsapp_app_secret + "/attempts-of-haat";
    options.sms = sms_settings(settings_);
    options.telegram = telegram_settings(settings_);
    options.voice = voice_settings(settings_);
    options.alone = database_->engine() == storage::Engine::kSqlite;
    delivery_ = std::make_unique<messaging::Delivery>(*database_, clock_, std::move(options),
                                                      messaging::network_transport(clients()));
    delivery_->on_progress([this](const std::vector<std::uint32_t>& broadcasts) {
        for (const std::uint32_t broadcast : broadcasts) {
            events_.publish(
                {.topic = broadcast == 0 ? http::Topic::kToday : http::Topic::kBroadcast,
                 .id = broadcast,
                 .change = "counts"});
        }
    });
}

/// Management has a connection of its own: a slow list of templates never stands before a message.
void Parts::make_provider() {
    if (settings_.whatsapp_base_url.empty()) {
        return;
    }
    net::ClientOptions options;
    options.base_url = settings_.whatsapp_base_url;
    options.connections = 1;
    options.deadline_milliseconds = 20'000;
    provider_client_ = std::make_unique<net::Client>(std::move(options));
    provider_.emplace(flows::ProviderAccount{.client = *provider_client_,
                                             .account_id = settings_.whatsapp_account_id,
                                             .access_token = settings_.whatsapp_token});
}

void Parts::add_metrics() {
    metrics_.add_source([this](http::MetricsWriter& out) {
        out.metric("haat_build_info", http::MetricsWriter::Kind::kGauge, "Version and commit.");
        out.sample(1, "version=\"" + std::string(version()) + "\",commit=\"" +
                          std::string(commit()) + "\"");
        out.gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes());
        const storage::WriteStats writes = database_->write_stats();
        out.counter("haat_database_jobs_total", "Write transactions.", writes.jobs);
        out.counter("haat_database_commits_total", "Commits; several jobs share one.",
                    writes.commits);
        out.counter("haat_database_retries_total", "Jobs that met another and ran again.",
                    writes.retries);
        out.gauge("haat_database_queue", "Jobs that wait for the writer.", writes.queue_length);
        out.metric("haat_database_commit_seconds", http::MetricsWriter::Kind::kGauge,
                   "How long the last commit took.");
        out.sample_seconds(writes.commit_micros_last);
        out.gauge("haat_database_bytes", "Size on disk.", database_->bytes_on_disk());
        const messaging::DeliveryCounts sends = delivery_->counts();
        out.counter("haat_messages_permitted_total", "Permits given.", sends.permitted);
        out.counter("haat_messages_accepted_total", "Taken by the provider.", sends.accepted);
        out.counter("haat_messages_rejected_total", "Refused for good.", sends.rejected);
        out.counter("haat_messages_unknown_total", "Sent, and nobody can say what became of it.",
                    sends.unknown);
        out.counter("haat_messages_retried_total", "Refused for now.", sends.retried);
        out.counter("haat_statuses_total", "Statuses received.", sends.statuses);
        out.counter("haat_statuses_unmatched_total", "Statuses that fit no message.",
                    sends.unmatched);
        out.gauge("haat_messages_in_flight", "Sends without an outcome yet.", sends.in_flight);
        out.gauge("haat_channel_stopped", "1: token or account error, an operator must act.",
                  sends.channel_stopped ? 1 : 0);
        const messaging::Progress mail = delivery_->mail_progress();
        out.gauge("haat_mail_slots", "Messages to one person, ever.", mail.recipients);
        out.metric("haat_slots", http::MetricsWriter::Kind::kGauge, "Messages by state.");
        for (int i = 0; i < messaging::kSlotStateCount; ++i) {
            const auto state = static_cast<messaging::SlotState>(i);
            out.sample(mail.of(state), "kind=\"mail\",state=\"" +
                                           std::string(messaging::slot_state_name(state)) + "\"");
        }
        out.gauge("haat_people", "Producers in the audience index.", audience_.people());
        out.gauge("haat_audience_bytes", "Memory of the audience index.", audience_.memory_bytes());
        out.gauge("haat_event_streams", "Open event streams.",
                  static_cast<std::int64_t>(events_.streams()));
    });
}

http::Services Parts::services() {
    http::WebSettings web;
    web.behind_proxy = settings_.behind_proxy;
    web.secure_cookies = !settings_.tls_certificate.empty();
    web.metrics_for_all = settings_.metrics_for_all;
    web.synthetic = settings_.synthetic;
    web.public_url = settings_.public_url;
    web.data_directory = settings_.data;
    web.version = version();
    web.commit = commit();
    web.whatsapp_verify_token = settings_.whatsapp_verify_token;
    return {.database = *database_,
            .clock = clock_,
            .texts = texts(),
            .events = events_,
            .metrics = metrics_,
            .passwords = passwords_,
            .throttle = throttle_,
            .audience = audience_,
            .flows = *flows_,
            .messaging = *messaging_,
            .mail = mail_,
            .simulator = simulator_.get(),
            .settings = std::move(web)};
}

}  // namespace haat::app
