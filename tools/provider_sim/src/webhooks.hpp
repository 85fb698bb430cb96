/// @file Posts what happens to the business: batched, signed over the raw bytes, repeated with
/// growing pauses until it is answered with 200.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "net/client.hpp"
#include "options.hpp"
#include "scheduler.hpp"

namespace haat::sim {

/// One thing to tell. Finished JSON; UTF-8.
struct Update {
    std::string phone_number_id;
    std::string display_number;
    std::string kind;     ///< "messages" or "statuses"; otherwise the name of a field of its own.
    std::string item;     ///< One message or status; for a field of its own, its whole value.
    std::string contact;  ///< For a message.
};

struct WebhookCounts {
    std::uint64_t posted = 0;        ///< POSTs, repetitions included.
    std::uint64_t acknowledged = 0;  ///< Answered with 200.
    std::uint64_t waiting = 0;       ///< Updates not yet acknowledged.
};

/// Safe from any thread.
class WebhookPoster {
 public:
    WebhookPoster(const Options& options, Scheduler& scheduler);
    ~WebhookPoster();
    WebhookPoster(const WebhookPoster&) = delete;
    WebhookPoster& operator=(const WebhookPoster&) = delete;

    /// Where to post from now on. Without a URL updates wait. @throws net::Failure if it is none.
    void aim(const std::string& url, const std::string& app_secret);
    void add(Update update);
    [[nodiscard]] WebhookCounts counts() const;

 private:
    struct Post;
    void flush();
    void send(std::shared_ptr<Post> post);
    void finish(const std::shared_ptr<Post>& post, bool is_acknowledged);

    const Options& options_;
    Scheduler& scheduler_;
    mutable std::mutex mutex_;
    std::deque<Update> queue_;
    bool is_flush_planned_ = false;
    std::size_t in_flight_ = 0;
    WebhookCounts counts_;
    std::string app_secret_;
    std::string path_;
    std::shared_ptr<net::Client> client_;
};

/// The body of one POST for these updates, in ASCII.
[[nodiscard]] std::string render_webhook(const std::deque<Update>& updates,
                                         const std::string& waba_id);

}  // namespace haat::sim
