#include "judge.hpp"

#include <algorithm>

namespace haat::sim {

void Judge::record(LogEntry entry) {
    const bool is_accepted = !entry.wamid.empty();
    if (is_accepted) ++accepted_;
    if (!entry.callback_data.empty()) {
        Seen& seen = by_callback_[entry.callback_data];
        entry.attempt = ++seen.requests;
        if (is_accepted && ++seen.accepted == 2) twice_.push_back(entry.callback_data);
    }
    entries_.push_back(std::move(entry));
}

void Judge::write_log(JsonWriter& out, std::uint64_t after, std::size_t limit) const {
    out.begin_object().key("entries").begin_array();
    const std::uint64_t end = std::min<std::uint64_t>(entries_.size(), after + limit);
    for (std::uint64_t i = after; i < end; ++i) {
        const LogEntry& entry = entries_[i];
        out.begin_object().field("seq", i + 1).field("at_micros", entry.at_micros);
        out.field("to", entry.to).field("phone_number_id", entry.phone_number_id);
        out.field("type", entry.type).field("template", entry.template_name);
        out.field("callback_data", entry.callback_data).field("wamid", entry.wamid);
        out.field("accepted", !entry.wamid.empty()).field("error_code", entry.error_code);
        out.field("attempt", entry.attempt).end_object();
    }
    out.end_array().field("last", std::max(end, after)).field("total", entries_.size());
    out.end_object();
}

void Judge::write_summary(JsonWriter& out) const {
    out.field("requests", entries_.size()).field("accepted", accepted_);
    out.field("rejected", entries_.size() - accepted_);
    out.key("accepted_more_than_once_by_callback").begin_array();
    for (const std::string& callback : twice_) out.string(callback);
    out.end_array();
}

}  // namespace haat::sim
