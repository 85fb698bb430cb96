#include "http/event_hub.hpp"

#include <chrono>
#include <string>

#include "base/json_writer.hpp"
#include "http/hub_notifier.hpp"
#include "net/event_stream.hpp"

namespace haat::http {
namespace {

constexpr std::size_t kMaxStreams = 1000;
constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::chrono::seconds kTodayPause{1};

struct TopicRow {
    std::string_view name;
    access::Action action;  ///< Who may be told.
};

const TopicRow& row_of(Topic topic) {
    static constexpr TopicRow kRows[] = {
        {"today", access::Action::kSeeToday},      {"broadcast", access::Action::kSeeMessages},
        {"message", access::Action::kAnswerInbox}, {"offer", access::Action::kSeeMarket},
        {"order", access::Action::kSeeOrders},     {"lot", access::Action::kSeeLots},
        {"sale", access::Action::kSeeLedger},      {"ticket", access::Action::kAnswerInbox},
    };
    return kRows[static_cast<std::size_t>(topic)];
}

/// LiveEvent of the contract.
std::string data_of(const LiveEvent& event, UnixSeconds now) {
    JsonWriter json;
    json.begin_object().field("id", event.id).field("change", event.change);
    json.field("at", now).end_object();
    return json.take();
}

bool concerns(const Viewer& viewer, const LiveEvent& event) {
    if (!access::may(viewer.role, row_of(event.topic).action)) {
        return false;
    }
    if (viewer.role == Role::kBuyer) {
        // Buyers see offers of every place, and of orders their own.
        return !event.organisation_id || event.organisation_id == viewer.organisation_id;
    }
    return event.place_number == 0 ||
           (viewer.places.first <= event.place_number && event.place_number <= viewer.places.last);
}

}  // namespace

std::string_view topic_name(Topic topic) { return row_of(topic).name; }

std::optional<Topic> topic_from_name(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(Topic::kTicket); ++i) {
        if (topic_name(static_cast<Topic>(i)) == name) {
            return static_cast<Topic>(i);
        }
    }
    return std::nullopt;
}

EventHub::EventHub(const Clock& clock)
    : clock_(clock), today_([this](const std::stop_token& stop) { tell_today(stop); }) {}

EventHub::~EventHub() { close(); }

std::shared_ptr<net::EventStream> EventHub::subscribe(const Viewer& viewer) {
    auto stream = std::make_shared<net::EventStream>(kBufferBytes);
    const std::lock_guard lock(mutex_);
    std::erase_if(subscribers_, [](const Subscriber& one) { return one.stream->is_closed(); });
    if (subscribers_.size() >= kMaxStreams) {
        return nullptr;
    }
    if (closed_) {
        stream->close();
        return stream;
    }
    subscribers_.push_back({viewer, stream});
    return stream;
}

void EventHub::send(const LiveEvent& event, const std::string& data) {
    const std::lock_guard lock(mutex_);
    std::erase_if(subscribers_, [&](const Subscriber& one) {
        return concerns(one.viewer, event) ? !one.stream->push(topic_name(event.topic), data)
                                           : one.stream->is_closed();
    });
}

void EventHub::note_today() {
    {
        const std::lock_guard lock(mutex_);
        today_due_ = true;
    }
    wake_.notify_one();
}

void EventHub::publish(const LiveEvent& event) {
    if (event.topic != Topic::kToday) {
        send(event, data_of(event, clock_.now()));
    }
    note_today();
}

void EventHub::publish_json(Topic topic, const std::string& data) {
    if (topic != Topic::kToday) {
        send({.topic = topic}, data);
    }
    note_today();
}

void EventHub::tell_today(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [this] { return today_due_; })) {
                return;
            }
            today_due_ = false;
        }
        const LiveEvent today{.topic = Topic::kToday, .change = "counts"};
        send(today, data_of(today, clock_.now()));
        std::unique_lock lock(mutex_);
        // Nothing sets this predicate: it is a pause that a stop cuts short.
        wake_.wait_for(lock, stop, kTodayPause, [] { return false; });
    }
}

void EventHub::close() {
    today_.request_stop();
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const Subscriber& one : subscribers_) {
        one.stream->close();
    }
    subscribers_.clear();
}

std::size_t EventHub::streams() const {
    const std::lock_guard lock(mutex_);
    return subscribers_.size();
}

void HubNotifier::changed(std::string_view topic, std::string json) {
    hub_.publish_json(topic_from_name(topic).value_or(Topic::kToday), json);
}

}  // namespace haat::http
