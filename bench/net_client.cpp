/// The same messages as net_floor sends, through net::Client: what its queue, outcomes and
/// deadlines add (bench/README.md).
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include "load.hpp"
#include "net/client.hpp"

namespace {

using haat::bench::Load;
namespace net = haat::net;

net::ClientOptions client_options(const Load& load) {
    net::ClientOptions options;
    options.base_url = load.url;
    options.protocol = net::Protocol::kHttp2;
    options.connections = load.connections;
    options.streams_per_connection = static_cast<std::uint32_t>(load.streams);
    options.verify_peer = false;
    return options;
}

/// Keeps a window of messages open, twice what the connections carry at once.
class Sender {
 public:
    explicit Sender(const Load& load)
        : messages_(load.body_bytes),
          window_(2 * load.connections * load.streams),
          head_(std::make_shared<const net::RequestHead>(
              "POST", load.path,
              std::vector<net::Header>{{"authorization", load.authorization()}})),
          client_(client_options(load)) {}

    void send(std::int64_t count) {
        std::unique_lock lock(mutex_);
        not_ok_ = 0;
        const std::int64_t end = begun_ + count;
        while (begun_ < end) {
            free_.wait(lock, [this] { return open_ <= window_ / 2; });
            std::vector<net::BatchRequest> batch;
            while (open_ < window_ && begun_ < end) {
                const auto tag = static_cast<std::uint64_t>(begun_);
                batch.push_back({head_, messages_.make(begun_++), tag});
                ++open_;
            }
            lock.unlock();
            client_.send_many(std::move(batch), rules());
            lock.lock();
        }
        free_.wait(lock, [this] { return open_ == 0; });
    }
    [[nodiscard]] std::int64_t not_ok() const { return not_ok_; }

 private:
    net::BatchRules rules() {
        net::BatchRules rules;
        rules.may_send = [](std::uint64_t) { return true; };
        rules.done = [this](std::span<net::BatchResult> results) {
            const std::lock_guard lock(mutex_);
            open_ -= results.size();
            for (const net::BatchResult& each : results) {
                if (each.result.status != 200) ++not_ok_;
            }
            if (open_ <= window_ / 2) free_.notify_one();
        };
        return rules;
    }

    haat::bench::Messages messages_;
    std::size_t window_;
    std::shared_ptr<const net::RequestHead> head_;
    std::mutex mutex_;
    std::condition_variable free_;
    std::size_t open_ = 0;
    std::int64_t begun_ = 0;
    std::int64_t not_ok_ = 0;
    net::Client client_;  // last: its callbacks use the others
};

}  // namespace

int main(int count, char** words) {
    Load load;
    if (!haat::bench::read_load(count, words, load)) {
        std::fprintf(stderr, "usage: %s URL COUNT PATH BODY_BYTES [CONNECTIONS STREAMS TOKEN]\n",
                     words[0]);
        return 2;
    }
    try {
        Sender sender(load);
        sender.send(load.warm_up());
        haat::bench::Stopwatch watch;
        watch.start();
        sender.send(load.count);
        watch.print(load, sender.not_ok());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", words[0], error.what());
        return 1;
    }
}
