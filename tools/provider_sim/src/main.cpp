/// @file provider_sim: the providers, simulated. Started by `haat demo`, `haat bench` and tests.
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>

#include "net/certificate.hpp"
#include "net/server.hpp"
#include "simulator.hpp"
#include "simulator_ivr.hpp"
#include "simulator_telegram.hpp"
#include "smpp_server.hpp"

namespace {

using haat::sim::Options;
using haat::sim::Simulator;

haat::net::ServerOptions server_options(const Options& options) {
    haat::net::ServerOptions server;
    server.host = options.host;
    server.port = options.port;
    server.http2_streams = 1000;
    server.idle_seconds = 300;  // longer than any client of it keeps a connection unused
    server.limits = [](std::string_view, std::string_view) {
        return haat::net::RouteLimits{.max_body_bytes = 16 << 20, .deadline_seconds = 3600};
    };
    if (!options.tls_folder.empty()) {
        std::filesystem::create_directories(options.tls_folder);
        server.certificate_file = options.tls_folder + "/certificate.pem";
        server.key_file = options.tls_folder + "/key.pem";
        if (!std::filesystem::exists(server.certificate_file)) {
            static_cast<void>(haat::net::write_self_signed_certificate(options.tls_folder));
        }
    }
    return server;
}

/// Whole at once, so that whoever waits for the file never reads half a number.
bool write_port_file(const std::string& path, std::uint16_t port) {
    const std::string part = path + ".part";
    std::FILE* const file = std::fopen(part.c_str(), "w");
    if (!file) return false;
    const bool is_written = std::fprintf(file, "%u\n", static_cast<unsigned>(port)) > 0;
    const bool is_closed = std::fclose(file) == 0;
    return is_written && is_closed && std::rename(part.c_str(), path.c_str()) == 0;
}

int run(Options options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread starts

    const std::string port_file = options.port_file;
    const haat::net::ServerOptions listening = server_options(options);
    std::optional<haat::sim::SmppServer> smpp;
    if (options.smpp_port >= 0) {
        smpp.emplace(haat::sim::SmppOptions{.host = options.host,
                                            .port = static_cast<std::uint16_t>(options.smpp_port)});
    }
    haat::sim::Scheduler scheduler;
    haat::sim::TelegramSimulator telegram(options.telegram_token, options.seed, scheduler);
    haat::sim::IvrSimulator calls(options.voice_key, options.voice_token, options.seed, scheduler);
    Simulator simulator(std::move(options));
    haat::net::Server server(listening, [&](haat::net::Request request, haat::net::Reply reply) {
        if (haat::sim::TelegramSimulator::owns(request.path)) {
            telegram.handle(request, std::move(reply));
        } else if (haat::sim::IvrSimulator::owns(request.path)) {
            calls.handle(request, std::move(reply));
        } else {
            simulator.handle(std::move(request), std::move(reply));
        }
    });
    if (!port_file.empty() && !write_port_file(port_file, server.port())) {
        std::fprintf(stderr, "provider_sim: cannot write %s\n", port_file.c_str());
        return 1;
    }
    if (smpp) {
        std::printf("{\"port\":%u,\"smpp_port\":%u}\n", static_cast<unsigned>(server.port()),
                    static_cast<unsigned>(smpp->port()));
    } else {
        std::printf("{\"port\":%u}\n", static_cast<unsigned>(server.port()));
    }
    std::fflush(stdout);
    int received = 0;
    sigwait(&signals, &received);
    server.stop(1000);
    scheduler.stop();  // before what its tasks touch is gone
    return 0;
}

}  // namespace

int main(int count, char** words) {
    Options options;
    const std::string wrong = haat::sim::parse_command_line(count, words, options);
    if (!wrong.empty()) {
        std::fprintf(stderr, "provider_sim: %s (see tools/provider_sim/README.md)\n",
                     wrong.c_str());
        return 2;
    }
    try {
        return run(std::move(options));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "provider_sim: %s\n", error.what());
        return 1;
    }
}
