#include "hook_poster.hpp"

#include "net/url.hpp"

namespace haat::sim {

HookPoster::~HookPoster() {
    for (const auto& [origin, client] : clients_) client->stop();
}

void HookPoster::post(Hook hook) {
    if (!net::parse_url(hook.url)) return;
    {
        const std::lock_guard lock(mutex_);
        ++waiting_;
    }
    // Never on the caller's thread, which may hold the simulator's lock.
    scheduler_.after(0,
                     [this, kept = std::make_shared<Hook>(std::move(hook))] { send(kept, 100); });
}

std::uint64_t HookPoster::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
}

void HookPoster::send(const std::shared_ptr<Hook>& hook, std::int64_t pause_ms) {
    const net::Url url = *net::parse_url(hook->url);
    const std::string origin = (url.is_https ? "https://" : "http://") + url.authority;
    std::shared_ptr<net::Client> client;
    {
        const std::lock_guard lock(mutex_);
        std::shared_ptr<net::Client>& known = clients_[origin];
        if (!known) {
            net::ClientOptions options;
            options.base_url = origin;
            options.verify_peer = false;
            known = std::make_shared<net::Client>(std::move(options));
        }
        client = known;
    }
    net::ClientRequest request;
    request.method = hook->method;
    request.path = url.path;
    request.headers = hook->headers;
    request.body = hook->body;
    request.content_type = hook->content_type;
    client->send(std::move(request), [this, hook, pause_ms](net::ClientResult result) {
        finish(hook, pause_ms,
               result.outcome == net::Outcome::kAnswered && result.status / 100 == 2);
    });
}

/// On the client's thread: whatever sends again goes through the scheduler.
void HookPoster::finish(const std::shared_ptr<Hook>& hook, std::int64_t pause_ms,
                        bool is_acknowledged) {
    constexpr std::int64_t kLongestPauseMs = 5000;
    if (is_acknowledged || --hook->tries <= 0) {
        const std::lock_guard lock(mutex_);
        --waiting_;
        return;
    }
    scheduler_.after(pause_ms, [this, hook, next = std::min(pause_ms * 2, kLongestPauseMs)] {
        send(hook, next);
    });
}

}  // namespace haat::sim
