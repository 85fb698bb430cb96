/// @file What the network benches share: the command line, the messages, the clock of this process.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"

namespace haat::bench {

/// haat_net_… URL COUNT PATH BODY_BYTES [CONNECTIONS [STREAMS [TOKEN]]]
struct Load {
    std::string url;
    std::int64_t count = 100'000;
    std::string path = "/v24.0/200000000000001/messages";
    std::size_t body_bytes = 400;
    std::size_t connections = 10;
    std::size_t streams = 100;
    std::string token = "access-token";

    /// Sent before the measurement begins, so that connecting is not part of it.
    [[nodiscard]] std::int64_t warm_up() const {
        return static_cast<std::int64_t>(connections * streams * 3);
    }
    [[nodiscard]] std::string authorization() const { return "Bearer " + token; }
};

inline bool read_load(int count, char** words, Load& load) {
    const auto number = [&](int at, auto& into) {
        if (at >= count) return true;
        const std::optional<long long> read = parse_integer(words[at]);
        if (!read || *read <= 0) return false;
        into = static_cast<std::remove_reference_t<decltype(into)>>(*read);
        return true;
    };
    if (count < 2) return false;
    load.url = words[1];
    if (count > 3) load.path = words[3];
    if (count > 7) load.token = words[7];
    return number(2, load.count) && number(4, load.body_bytes) && number(5, load.connections) &&
           number(6, load.streams);
}

/// A template message of exactly that many bytes (or the few that it needs), each to another
/// number and with another callback, so that servers do what they do for real ones.
class Messages {
 public:
    explicit Messages(std::size_t bytes) {
        tail_ = R"(","type":"template","template":{"name":"bench","language":{"code":"hi"},)"
                R"("components":[{"type":"body","parameters":[{"type":"text","text":")";
        constexpr std::string_view kEnd = R"("}]}]}})";
        const std::size_t used =
            kHead.size() + 10 + kMiddle.size() + 12 + tail_.size() + kEnd.size();
        tail_.append(bytes > used ? bytes - used : 1, 'x');
        tail_ += kEnd;
    }
    [[nodiscard]] std::string make(std::int64_t number) const {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%010lld%012lld",
                      static_cast<long long>(number % 10'000'000'000),
                      static_cast<long long>(number));
        std::string out;
        out.reserve(kHead.size() + kMiddle.size() + 22 + tail_.size());
        out.append(kHead).append(digits, 10).append(kMiddle).append(digits + 10, 12);
        return out.append(tail_);
    }

 private:
    static constexpr std::string_view kHead =
        R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+91)";
    static constexpr std::string_view kMiddle = R"(","biz_opaque_callback_data":"bench:)";
    std::string tail_;
};

/// Microseconds of CPU that this process has used, its part of the kernel's work included.
inline std::int64_t cpu_micros() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * std::int64_t{1'000'000} +
           used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

/// Starts when the warm-up is over, prints one line of JSON at the end.
class Stopwatch {
 public:
    void start() {
        wall_ = system_clock().monotonic_micros();
        cpu_ = cpu_micros();
    }
    void print(const Load& load, std::int64_t not_ok) const {
        const auto messages = static_cast<double>(load.count);
        const double seconds =
            static_cast<double>(system_clock().monotonic_micros() - wall_) / 1'000'000;
        std::printf(
            "{\"messages\":%lld,\"not_ok\":%lld,\"seconds\":%.3f,\"per_second\":%.0f,"
            "\"cpu_us_per_message\":%.2f}\n",
            static_cast<long long>(load.count), static_cast<long long>(not_ok), seconds,
            messages / seconds, static_cast<double>(cpu_micros() - cpu_) / messages);
    }

 private:
    std::int64_t wall_ = 0;
    std::int64_t cpu_ = 0;
};

}  // namespace haat::bench
