#include "parts.hpp"

#include <unistd.h>

#include <cstdio>

#include "base/log.hpp"
#include "embedded.hpp"
#include "registry/people.hpp"

namespace haat::app {
namespace {

/// Resident memory in bytes; 0 where /proc does not say.
std::int64_t resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    if (file == nullptr) {
        return 0;
    }
    long long pages = 0;
    long long resident = 0;
    const int read = std::fscanf(file, "%lld %lld", &pages, &resident);
    std::fclose(file);
    return read == 2 ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace

Parts::Parts(const Settings& settings)
    : settings_(settings),
      clock_(system_clock()),
      events_(clock_),
      notifier_(events_),
      throttle_(clock_),
      messages_(texts(), clock_) {}

Result<std::unique_ptr<Parts>> Parts::make(const Settings& settings) {
    std::unique_ptr<Parts> parts(new Parts(settings));
    if (!settings.vault_key_file.empty()) {
        parts->vault_key_.emplace(HAAT_TRY(vault::OuterKey::from_file(settings.vault_key_file)));
    }
    parts->database_ = storage::Database::open(open_options(settings));
    const std::int64_t started = parts->clock_.monotonic_micros();
    parts->database_->read([&](storage::Transaction& tx) { parts->audience_.build(tx); });
    log_info("audience.built", {{"people", parts->audience_.people()},
                                {"micros", parts->clock_.monotonic_micros() - started}});
    if (!settings.simulator_url.empty()) {
        net::ClientOptions options;
        options.base_url = settings.simulator_url;
        options.deadline_milliseconds = 5'000;
        parts->simulator_ = std::make_unique<net::Client>(std::move(options));
    }
    parts->flows_.emplace(flows::FlowContext{
        .database = *parts->database_,
        .clock = parts->clock_,
        .notifier = parts->notifier_,
        .messages = parts->messages_,
        .vault_key = parts->vault_key_ ? &*parts->vault_key_ : nullptr,
    });
    parts->add_metrics();
    return parts;
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
    web.whatsapp_app_secret = settings_.whatsapp_app_secret;
    web.whatsapp_phone_number_ids = settings_.whatsapp_phone_number_ids;
    return {.database = *database_,
            .clock = clock_,
            .texts = texts(),
            .events = events_,
            .metrics = metrics_,
            .passwords = passwords_,
            .throttle = throttle_,
            .audience = audience_,
            .flows = *flows_,
            .delivery = nullptr,
            .simulator = simulator_.get(),
            .settings = std::move(web)};
}

}  // namespace haat::app
