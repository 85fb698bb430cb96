#include "load.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>

#include "base/clock.hpp"
#include "net/client.hpp"
#include "net/hmac.hpp"
#include "net/url.hpp"

namespace haat::sim {

namespace {

constexpr int kMostTries = 20;
constexpr std::int64_t kRepeatAfterMicros = 250'000;
constexpr std::size_t kMostInOneBatch = 256;

std::int64_t now_micros() { return system_clock().monotonic_micros(); }

net::ClientOptions client_options(const LoadPlan& plan, const net::Url& url) {
    net::ClientOptions options;
    options.base_url = (url.is_https ? "https://" : "http://") + url.authority;
    options.protocol = plan.http2 ? net::Protocol::kHttp2 : net::Protocol::kHttp1;
    options.connections = plan.connections;
    options.queue_limit = 1'000'000;
    options.verify_peer = false;
    options.user_agent = "facebookexternalua";
    return options;
}

class Load {
 public:
    Load(LoadPlan plan, const net::Url& url)
        : plan_(std::move(plan)),
          path_(url.path),
          mac_(plan_.app_secret),
          client_(client_options(plan_, url)) {
        micros_.reserve(plan_.requests);
    }

    LoadReport run(const std::stop_token& stop) {
        const std::int64_t started = now_micros();
        std::uint64_t next = 0;
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested() && ended_ < plan_.requests) {
            std::vector<Post> posts = take_repeats();
            const std::int64_t now = now_micros();
            while (next < plan_.requests && posts.size() < kMostInOneBatch) {
                const std::int64_t due =
                    plan_.per_second == 0
                        ? now
                        : started + static_cast<std::int64_t>(next) * 1'000'000 / plan_.per_second;
                if (due > now ||
                    (plan_.per_second == 0 && open_ + posts.size() >= plan_.in_flight)) {
                    break;
                }
                posts.push_back({next++, due, 1});
            }
            if (posts.empty()) {
                changed_.wait_for(lock, stop, std::chrono::milliseconds(1), [&] {
                    return ended_ == plan_.requests || (next < plan_.requests && has_room());
                });
                continue;
            }
            open_ += posts.size();
            lock.unlock();
            send(std::move(posts));
            lock.lock();
        }
        const std::int64_t ended = now_micros();
        lock.unlock();
        client_.stop();
        return report(static_cast<double>(ended - started) / 1e6);
    }

 private:
    struct Post {
        std::uint64_t number = 0;
        std::int64_t due = 0;
        int tries = 1;
    };

    [[nodiscard]] bool has_room() const {
        return plan_.per_second == 0 && open_ + plan_.in_flight / 4 < plan_.in_flight;
    }

    std::vector<Post> take_repeats() {
        std::vector<Post> due;
        const std::int64_t now = now_micros();
        while (!repeats_.empty() && repeats_.front().due <= now) {
            due.push_back(repeats_.front());
            repeats_.pop_front();
        }
        repeated_ += due.size();
        return due;
    }

    void send(std::vector<Post> posts) {
        std::vector<net::BatchRequest> batch;
        batch.reserve(posts.size());
        for (std::size_t i = 0; i < posts.size(); ++i) {
            std::string body = plan_.body(posts[i].number);
            std::vector<net::Header> headers{
                {"x-hub-signature-256", "sha256=" + net::hex(mac_.sign(body))}};
            auto head = std::make_shared<const net::RequestHead>("POST", path_, std::move(headers));
            batch.push_back({std::move(head), std::move(body), i});
        }
        net::BatchRules rules;
        rules.done = [this, posts = std::move(posts)](std::span<net::BatchResult> results) {
            const std::lock_guard lock(mutex_);
            for (const net::BatchResult& each : results) take(posts[each.tag], each.result);
            changed_.notify_one();
        };
        client_.send_many(std::move(batch), std::move(rules));
    }

    void take(Post post, const net::ClientResult& result) {
        --open_;
        const std::int64_t now = now_micros();
        if (result.outcome == net::Outcome::kAnswered && result.status == 200) {
            micros_.push_back(static_cast<std::uint32_t>(now - post.due));
            ++ended_;
        } else if (post.tries == kMostTries) {
            ++given_up_;
            ++ended_;
        } else {
            repeats_.push_back({post.number, now + kRepeatAfterMicros, post.tries + 1});
        }
    }

    LoadReport report(double seconds) {
        LoadReport report;
        report.requests = plan_.requests;
        report.acknowledged = micros_.size();
        report.repeated = repeated_;
        report.given_up = given_up_;
        report.seconds = seconds;
        std::sort(micros_.begin(), micros_.end());
        const auto at = [this](std::size_t per_mille) {
            if (micros_.empty()) return 0.0;
            const std::size_t index = (micros_.size() - 1) * per_mille / 1000;
            return static_cast<double>(micros_[index]) / 1000;
        };
        report.p50_ms = at(500);
        report.p99_ms = at(990);
        report.max_ms = at(1000);
        return report;
    }

    LoadPlan plan_;
    std::string path_;
    net::HmacSha256 mac_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Post> repeats_;  ///< In the order they are due.
    std::vector<std::uint32_t> micros_;
    std::size_t open_ = 0;
    std::uint64_t ended_ = 0;
    std::uint64_t repeated_ = 0;
    std::uint64_t given_up_ = 0;
    net::Client client_;  // last: its callbacks use the others
};

}  // namespace

void write_fixed(JsonWriter& out, std::string_view key, double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    out.key(key).raw(text);
}

void LoadReport::write(JsonWriter& out) const {
    out.field("requests", requests).field("acknowledged", acknowledged);
    out.field("repeated", repeated).field("given_up", given_up);
    write_fixed(out, "seconds", seconds);
    write_fixed(out, "requests_per_second",
                seconds > 0 ? static_cast<double>(acknowledged) / seconds : 0);
    write_fixed(out, "p50_ms", p50_ms);
    write_fixed(out, "p99_ms", p99_ms);
    write_fixed(out, "max_ms", max_ms);
}

LoadRunner::~LoadRunner() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

bool LoadRunner::start(LoadPlan plan, std::move_only_function<void(LoadReport)> done) {
    const std::optional<net::Url> url = net::parse_url(plan.url);
    if (!url) return false;
    const std::lock_guard lock(mutex_);
    if (is_running_) return false;
    is_running_ = true;
    auto load = std::make_unique<Load>(std::move(plan), *url);
    thread_ = std::jthread([this, load = std::move(load),
                            done = std::move(done)](const std::stop_token& stop) mutable {
        LoadReport report = load->run(stop);
        load.reset();
        {
            const std::lock_guard ended(mutex_);
            is_running_ = false;
        }
        done(std::move(report));
    });
    return true;
}

}  // namespace haat::sim
