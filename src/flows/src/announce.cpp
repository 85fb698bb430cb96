#include "announce.hpp"

#include <string>
#include <utility>

#include "base/json_writer.hpp"

namespace haat::flows {
namespace {

std::string live_event(std::int64_t id, std::string_view change, UnixSeconds at) {
    JsonWriter json;
    json.begin_object().field("id", id).field("change", change).field("at", at).end_object();
    return json.take();
}

}  // namespace

void announce(storage::Transaction& tx, FlowContext& context, std::string_view topic,
              std::int64_t id, std::string_view change, UnixSeconds now) {
    tx.after_commit([&notifier = context.notifier, name = std::string(topic),
                     event = live_event(id, change, now),
                     today = live_event(0, "counts", now)]() mutable {
        notifier.changed(name, std::move(event));
        notifier.changed("today", std::move(today));
    });
}

}  // namespace haat::flows
