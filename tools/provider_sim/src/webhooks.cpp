#include "webhooks.hpp"

#include <algorithm>
#include <set>

#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "json.hpp"
#include "net/hmac.hpp"
#include "net/url.hpp"

namespace haat::sim {

namespace {

constexpr std::size_t kMostInFlight = 16;
constexpr std::int64_t kLongestPauseMs = 5000;

/// How many updates from `first` on belong into one change.
std::size_t run_length(const std::deque<Update>& updates, std::size_t first) {
    const Update& head = updates[first];
    if (head.kind != "messages" && head.kind != "statuses") return 1;
    std::size_t end = first + 1;
    while (end < updates.size() && updates[end].kind == head.kind &&
           updates[end].phone_number_id == head.phone_number_id) {
        ++end;
    }
    return end - first;
}

void append_value(JsonWriter& out, const std::deque<Update>& updates, std::size_t first,
                  std::size_t count) {
    const Update& head = updates[first];
    out.begin_object().field("messaging_product", "whatsapp");
    out.key("metadata").begin_object();
    out.field("display_phone_number", head.display_number);
    out.field("phone_number_id", head.phone_number_id).end_object();
    if (head.kind == "messages") {
        std::set<std::string> contacts;
        for (std::size_t i = first; i < first + count; ++i) contacts.insert(updates[i].contact);
        out.key("contacts").begin_array();
        for (const std::string& contact : contacts) out.raw(contact);
        out.end_array();
    }
    out.key(head.kind).begin_array();
    for (std::size_t i = first; i < first + count; ++i) out.raw(updates[i].item);
    out.end_array().end_object();
}

}  // namespace

struct WebhookPoster::Post {
    std::string body;
    std::size_t updates = 0;
    std::int64_t pause_ms = 0;
};

std::string render_webhook(const std::deque<Update>& updates, const std::string& waba_id) {
    JsonWriter out;
    out.begin_object().field("object", "whatsapp_business_account");
    out.key("entry").begin_array().begin_object().field("id", waba_id);
    out.key("changes").begin_array();
    for (std::size_t at = 0; at < updates.size();) {
        const std::size_t count = run_length(updates, at);
        const bool is_message = updates[at].kind == "messages" || updates[at].kind == "statuses";
        out.begin_object().key("value");
        if (is_message) {
            append_value(out, updates, at, count);
        } else {
            out.raw(updates[at].item);
        }
        out.field("field", is_message ? std::string("messages") : updates[at].kind).end_object();
        at += count;
    }
    out.end_array().end_object().end_array().end_object();
    return ascii_escaped(out.take());
}

WebhookPoster::WebhookPoster(const Options& options, Scheduler& scheduler)
    : options_(options), scheduler_(scheduler) {
    if (!options.webhook_url.empty()) aim(options.webhook_url, options.app_secret);
}

WebhookPoster::~WebhookPoster() {
    if (client_) client_->stop();
}

void WebhookPoster::aim(const std::string& url, const std::string& app_secret) {
    const std::optional<net::Url> parts = net::parse_url(url);
    if (!parts) throw net::Failure("not a URL: " + url);
    net::ClientOptions client;
    client.base_url = (parts->is_https ? "https://" : "http://") + parts->authority;
    client.connections = kMostInFlight;
    client.verify_peer = false;
    client.user_agent = "facebookexternalua";
    std::shared_ptr<net::Client> replacement = std::make_shared<net::Client>(std::move(client));
    {
        const std::lock_guard lock(mutex_);
        client_.swap(replacement);
        app_secret_ = app_secret;
        path_ = parts->path;
    }
    if (replacement) replacement->stop(1000);  // outside the lock: its callbacks take it
    scheduler_.after(0, [this] { flush(); });
}

void WebhookPoster::add(Update update) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(update));
    ++counts_.waiting;
    if (is_flush_planned_) return;
    is_flush_planned_ = true;
    scheduler_.after(options_.webhook_linger_ms, [this] { flush(); });
}

void WebhookPoster::flush() {
    std::vector<std::shared_ptr<Post>> posts;
    {
        const std::lock_guard lock(mutex_);
        is_flush_planned_ = false;
        while (client_ && !queue_.empty() && in_flight_ < kMostInFlight) {
            const std::size_t count =
                std::min(queue_.size(), static_cast<std::size_t>(options_.webhook_batch));
            const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
            const std::deque<Update> batch(std::make_move_iterator(queue_.begin()),
                                           std::make_move_iterator(end));
            queue_.erase(queue_.begin(), end);
            posts.push_back(std::make_shared<Post>(render_webhook(batch, options_.waba_id), count,
                                                   options_.webhook_retry_ms));
            ++in_flight_;
        }
    }
    for (std::shared_ptr<Post>& post : posts) send(std::move(post));
}

void WebhookPoster::send(std::shared_ptr<Post> post) {
    std::shared_ptr<net::Client> client;
    net::ClientRequest request;
    {
        const std::lock_guard lock(mutex_);
        client = client_;
        ++counts_.posted;
        net::HmacSha256 mac(app_secret_);
        request.headers = {{"X-Hub-Signature-256", "sha256=" + net::hex(mac.sign(post->body))}};
        request.path = path_;
    }
    request.body = post->body;
    client->send(std::move(request), [this, post](net::ClientResult result) {
        finish(post, result.outcome == net::Outcome::kAnswered && result.status == 200);
    });
}

/// On the client's thread: whatever sends again goes through the scheduler.
void WebhookPoster::finish(const std::shared_ptr<Post>& post, bool is_acknowledged) {
    const std::lock_guard lock(mutex_);
    if (is_acknowledged) {
        ++counts_.acknowledged;
        counts_.waiting -= post->updates;
        --in_flight_;
        if (!queue_.empty() && !is_flush_planned_) {
            is_flush_planned_ = true;
            scheduler_.after(0, [this] { flush(); });
        }
        return;
    }
    const std::int64_t pause = post->pause_ms;
    post->pause_ms = std::min(pause * 2, kLongestPauseMs);
    scheduler_.after(pause, [this, post] { send(post); });
}

WebhookCounts WebhookPoster::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace haat::sim
