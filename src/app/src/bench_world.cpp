#include "bench_world.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"
#include "output.hpp"
#include "registry/places.hpp"

namespace haat::app {
namespace {

constexpr int kTenMinutes = 600'000;
constexpr int kStopMilliseconds = 30'000;
constexpr std::string_view kSecret = "bench-secret";
constexpr std::string_view kToken = "bench-token";

std::string number_name(int i) { return std::to_string(200'000 + i); }

std::vector<std::string> simulator_arguments(const BenchWorldOptions& options,
                                             const std::string& folder) {
    std::vector<std::string> arguments{program_folder() + "/provider_sim",
                                       "--port",
                                       "0",
                                       "--app-secret",
                                       std::string(kSecret),
                                       "--access-token",
                                       std::string(kToken),
                                       "--tls",
                                       folder,
                                       "--hold-statuses",
                                       "--pair-limit",
                                       "off",
                                       "--rate-per-number",
                                       "1000000",
                                       "--unknown-numbers",
                                       "deliver",
                                       "--round-trip-ms",
                                       std::to_string(options.round_trip_milliseconds)};
    for (int i = 0; i < options.numbers; ++i) {
        arguments.insert(arguments.end(), {"--phone-number-id", number_name(i)});
    }
    return arguments;
}

Settings settings_for(const storage::OpenOptions& database, const BenchWorldOptions& options,
                      const std::string& simulator_url, const std::string& folder) {
    Settings settings;
    settings.data = database.sqlite_directory;
    settings.database = database.postgres_url;
    settings.schema = database.postgres_schema;
    settings.listen_port = 0;
    settings.whatsapp_base_url = simulator_url + "/v24.0";
    settings.whatsapp_ca_file = folder + "/certificate.pem";  // the simulator signed it itself
    settings.whatsapp_token = kToken;
    settings.whatsapp_app_secret = kSecret;
    settings.whatsapp_verify_token = "bench-verify";
    settings.whatsapp_rate = options.rate_per_number;
    for (int i = 0; i < options.numbers; ++i) {
        settings.whatsapp_phone_number_ids.push_back(number_name(i));
    }
    settings.quiet_hours = false;
    settings.synthetic = true;
    settings.commit_milliseconds = options.commit_milliseconds;
    return settings;
}

}  // namespace

BenchWorld::BenchWorld(const storage::OpenOptions& database, const BenchWorldOptions& options) {
    set_log_level(LogLevel::kWarning);
    folder_ = (std::filesystem::temp_directory_path() / "haat-bench-sim-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) {
        throw std::runtime_error("cannot make a folder in " + folder_);
    }
    simulator_ =
        std::make_unique<WatchedProcess>(simulator_arguments(options, folder_),
                                         std::vector<std::string>{}, folder_ + "/simulator.log");
    const std::string ready = simulator_->wait_until_ready(20'000);
    if (ready.empty()) {
        throw std::runtime_error("provider_sim did not start: see " + folder_ + "/simulator.log");
    }
    simulator_url_ =
        fmt::format("https://127.0.0.1:{}", boost::json::parse(ready).at("port").to_number<int>());
    net::ClientOptions control;
    control.base_url = simulator_url_;
    control.verify_peer = false;
    control.deadline_milliseconds = kTenMinutes;
    control.max_response_bytes = 64 << 20;
    control_ = std::make_unique<net::Client>(std::move(control));
    (void)simulator("POST", "/sim/templates",
                    R"({"templates":[{"name":"bench","language":"hi","body":"{{1}}"},)"
                    R"({"name":"bench","language":"en","body":"{{1}}"}]})");

    auto parts = Parts::make(settings_for(database, options, simulator_url_, folder_));
    if (!parts) {
        throw std::runtime_error("cannot start: " + parts.error().code);
    }
    parts_ = std::move(*parts);
    services_.emplace(parts_->services());
    http::ListenOptions listen;
    listen.port = 0;
    listen.certificate_file = folder_ + "/certificate.pem";  // webhooks come by TLS, as they do
    listen.key_file = folder_ + "/key.pem";
    server_.emplace(listen, *services_);
    workers_.emplace(*parts_);
    (void)simulator(
        "POST", "/sim/config",
        fmt::format(R"({{"webhook_url":"https://127.0.0.1:{}/hooks/whatsapp"}})", server_->port()));
}

BenchWorld::~BenchWorld() {
    stop();
    control_.reset();
    simulator_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void BenchWorld::stop() {
    if (workers_) {
        if (plain_) {
            plain_->stop(kStopMilliseconds);
        }
        server_->stop(kStopMilliseconds);
        workers_->stop(kStopMilliseconds);
        plain_.reset();
        server_.reset();
        workers_.reset();
    }
}

std::uint16_t BenchWorld::listen_plainly() {
    http::ListenOptions listen;
    listen.port = 0;
    plain_.emplace(listen, *services_);
    return plain_->port();
}

std::string_view BenchWorld::app_secret() { return kSecret; }

std::string BenchWorld::first_number() { return number_name(0); }

std::string BenchWorld::simulator(const std::string& method, const std::string& path,
                                  const std::string& body) {
    net::ClientRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    net::ClientResult result = control_->send_blocking(std::move(request));
    if (result.outcome != net::Outcome::kAnswered || result.status >= 300) {
        throw std::runtime_error(
            fmt::format("{} {}: {} {}", method, path, result.status, result.body.substr(0, 300)));
    }
    return std::move(result.body);
}

messaging::NewBroadcast bench_message() {
    messaging::NewBroadcast broadcast;
    broadcast.device_id = fmt::format("bench-{}", system_clock().now_micros().value);
    broadcast.purpose = registry::MessagePurpose::kNotice;
    broadcast.template_name = "bench";
    broadcast.params_json =
        R"({"hi":["कल सुबह 10 बजे पंचायत भवन में बैठक है। ज़रूर आइए।"],)"
        R"("en":["Meeting at the panchayat house tomorrow at 10."],"buttons":[],)"
        R"("text_hi":"कल सुबह 10 बजे बैठक है।","text_en":"Meeting tomorrow at 10."})";
    broadcast.audience_json = "{}";
    broadcast.place_id = registry::kBihar;
    broadcast.expires_at = {system_clock().now().value + 86'400};
    return broadcast;
}

Result<messaging::Broadcast> make_broadcast(BenchWorld& world, std::int64_t people) {
    Parts& parts = world.parts();
    std::vector<std::uint32_t> ordinals = parts.audience().select(
        system_viewer(), registry::AudienceQuery{.channel = registry::Channel::kWhatsapp,
                                                 .purpose = registry::MessagePurpose::kNotice});
    if (static_cast<std::int64_t>(ordinals.size()) > people) {
        ordinals.resize(static_cast<std::size_t>(people));
    }
    return messaging::create_broadcast(parts.database(), bench_message(), ordinals,
                                       parts.clock().now());
}

messaging::Progress wait_sent(messaging::Delivery& delivery, BroadcastId id) {
    ProgressBar bar("sent");
    while (true) {
        const messaging::Progress progress = delivery.progress(id);
        bar.show(progress.recipients - progress.missing(), progress.recipients);
        if (progress.recipients > 0 && progress.missing() == 0) {
            return progress;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace haat::app
