/// @file Who is told when something moved: every open event stream whose viewer may see it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "access/roles.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/viewer.hpp"

namespace haat::net {
class EventStream;
}

namespace haat::http {

/// The names of events in the contract.
enum class Topic : std::uint8_t { kToday, kBroadcast, kMessage, kOffer, kOrder, kLot, kSale, kTicket };
[[nodiscard]] std::string_view topic_name(Topic topic);
[[nodiscard]] std::optional<Topic> topic_from_name(std::string_view name);

/// What just changed. It carries an id, never content: the client fetches what it may see.
struct LiveEvent {
    Topic topic = Topic::kToday;
    std::int64_t id = 0;                ///< Of the thing that changed; 0 for today.
    std::string_view change = "state";  ///< a-z and '_', as "created", "state", "counts".
    std::int64_t place_number = 0;      ///< Only viewers of that place are told; 0: of any place.
    OrganisationId organisation_id;     ///< A buyer is told only of her own; none: of any.
};

/// Safe from any thread. A stream that reads too slowly is closed by its own buffer limit.
class EventHub {
 public:
    explicit EventHub(const Clock& clock);
    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    /// A new stream for that viewer; it goes when the peer goes. None if 1,000 are open.
    [[nodiscard]] std::shared_ptr<net::EventStream> subscribe(const Viewer& viewer);

    /// Tells everybody whom it concerns, and all of them of `today`, at most once a second.
    void publish(const LiveEvent& event);

    /// The same with the data as it is sent, a LiveEvent of the contract, for viewers of any place.
    void publish_json(Topic topic, const std::string& data);

    /// Ends every stream; later ones end at once.
    void close();

    [[nodiscard]] std::size_t streams() const;

 private:
    struct Subscriber {
        Viewer viewer;
        std::shared_ptr<net::EventStream> stream;
    };
    void send(const LiveEvent& event, const std::string& data);
    void note_today();
    void tell_today(const std::stop_token& stop);

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::vector<Subscriber> subscribers_;
    bool closed_ = false;
    bool today_due_ = false;
    std::condition_variable_any wake_;
    std::jthread today_;
};

}  // namespace haat::http
