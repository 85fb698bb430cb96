#include "http/metrics.hpp"

#include <fmt/format.h>

#include "router.hpp"

namespace haat::http {

void MetricsWriter::metric(std::string_view name, Kind kind, std::string_view help) {
    static constexpr std::array<std::string_view, 3> kKinds{"counter", "gauge", "histogram"};
    name_ = name;
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                        kKinds[static_cast<std::size_t>(kind)]);
}

void MetricsWriter::begin_sample(std::string_view labels, std::string_view suffix) {
    out_ += name_;
    out_ += suffix;
    if (!labels.empty()) {
        out_ += '{';
        out_ += labels;
        out_ += '}';
    }
    out_ += ' ';
}

void MetricsWriter::sample(std::int64_t value, std::string_view labels, std::string_view suffix) {
    begin_sample(labels, suffix);
    out_ += std::to_string(value);
    out_ += '\n';
}

void MetricsWriter::sample_seconds(std::int64_t micros, std::string_view labels,
                                   std::string_view suffix) {
    begin_sample(labels, suffix);
    out_ += fmt::format("{}.{:06}\n", micros / 1'000'000, micros % 1'000'000);
}

void MetricsWriter::gauge(std::string_view name, std::string_view help, std::int64_t value) {
    metric(name, Kind::kGauge, help);
    sample(value);
}

void MetricsWriter::counter(std::string_view name, std::string_view help, std::int64_t value) {
    metric(name, Kind::kCounter, help);
    sample(value);
}

/// One route: answers by status class 1xx..5xx, a histogram of durations, and their sum.
struct Metrics::Row {
    std::array<std::atomic<std::int64_t>, 6> classes{};
    std::array<std::atomic<std::int64_t>, kBucketMicros.size() + 1> buckets{};
    std::atomic<std::int64_t> micros{0};
};

Metrics::Metrics() : routes_(all_routes().size()) {
    rows_ = std::make_unique<Row[]>(routes_ + 1);  // the last one is kOther
}
Metrics::~Metrics() = default;

void Metrics::count(std::size_t route, int status, std::int64_t micros) {
    Row& row = rows_[route == kOther ? routes_ : route];
    row.classes[static_cast<std::size_t>(status / 100) % 6].fetch_add(1, std::memory_order_relaxed);
    std::size_t bucket = 0;
    while (bucket < kBucketMicros.size() && micros > kBucketMicros[bucket]) {
        ++bucket;
    }
    row.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    row.micros.fetch_add(micros, std::memory_order_relaxed);
}

void Metrics::add_source(std::function<void(MetricsWriter&)> source) {
    const std::lock_guard lock(mutex_);
    sources_.push_back(std::move(source));
}

std::string Metrics::text() const {
    MetricsWriter out;
    const auto label_of = [&](std::size_t i) {
        return i == routes_
                   ? std::string("route=\"other\"")
                   : fmt::format("route=\"{} {}\"", all_routes()[i].method, all_routes()[i].path);
    };
    out.metric("haat_http_requests_total", MetricsWriter::Kind::kCounter,
               "Answers by route and class of status.");
    for (std::size_t i = 0; i <= routes_; ++i) {
        for (std::size_t status = 1; status < 6; ++status) {
            const std::int64_t value = rows_[i].classes[status].load(std::memory_order_relaxed);
            if (value != 0) {
                out.sample(value, fmt::format("{},class=\"{}xx\"", label_of(i), status));
            }
        }
    }
    out.metric("haat_http_request_seconds", MetricsWriter::Kind::kHistogram,
               "From the whole request to its answer.");
    for (std::size_t i = 0; i <= routes_; ++i) {
        std::int64_t sum = 0;
        std::string rows;
        for (std::size_t b = 0; b <= kBucketMicros.size(); ++b) {
            sum += rows_[i].buckets[b].load(std::memory_order_relaxed);
        }
        if (sum == 0) {
            continue;
        }
        std::int64_t below = 0;
        for (std::size_t b = 0; b < kBucketMicros.size(); ++b) {
            below += rows_[i].buckets[b].load(std::memory_order_relaxed);
            out.sample(below,
                       fmt::format("{},le=\"{}.{:06}\"", label_of(i), kBucketMicros[b] / 1'000'000,
                                   kBucketMicros[b] % 1'000'000),
                       "_bucket");
        }
        out.sample(sum, label_of(i) + ",le=\"+Inf\"", "_bucket");
        out.sample_seconds(rows_[i].micros.load(std::memory_order_relaxed), label_of(i), "_sum");
        out.sample(sum, label_of(i), "_count");
    }
    const std::lock_guard lock(mutex_);
    for (const auto& source : sources_) {
        source(out);
    }
    return out.take();
}

}  // namespace haat::http
