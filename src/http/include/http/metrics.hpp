/// @file What is counted about requests, and the text that Prometheus reads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace haat::http {

/// Writes metrics in the text exposition format. A name gets its HELP and TYPE lines once.
class MetricsWriter {
 public:
    enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };
    /// Starts a metric: "haat_database_commits_total".
    void metric(std::string_view name, Kind kind, std::string_view help);
    /// One sample of it. `labels` as `route="GET /healthz"`, or empty; `suffix` as "_bucket".
    void sample(std::int64_t value, std::string_view labels = {}, std::string_view suffix = {});
    /// The same for a value in microseconds, shown as seconds.
    void sample_seconds(std::int64_t micros, std::string_view labels = {},
                        std::string_view suffix = {});
    /// A metric with one sample.
    void gauge(std::string_view name, std::string_view help, std::int64_t value);
    void counter(std::string_view name, std::string_view help, std::int64_t value);

    [[nodiscard]] std::string take() { return std::move(out_); }

 private:
    void begin_sample(std::string_view labels, std::string_view suffix);
    std::string out_;
    std::string name_;
};

/// Counts requests by route and status class, and how long they took. Lock-free; any thread.
class Metrics {
 public:
    Metrics();
    ~Metrics();

    /// `route` is an index into the route table; kOther for what has no route.
    void count(std::size_t route, int status, std::int64_t micros);
    static constexpr std::size_t kOther = static_cast<std::size_t>(-1);

    /// Adds a part that other modules fill: delivery counters, memory. Called for each scrape.
    void add_source(std::function<void(MetricsWriter&)> source);

    [[nodiscard]] std::string text() const;

    static constexpr std::array<std::int64_t, 8> kBucketMicros{
        1'000, 5'000, 25'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000};

 private:
    struct Row;
    std::unique_ptr<Row[]> rows_;
    std::size_t routes_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::function<void(MetricsWriter&)>> sources_;
};

}  // namespace haat::http
