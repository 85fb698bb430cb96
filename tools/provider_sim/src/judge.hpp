/// @file The simulator's own record of what it was asked to send: the judge of "at most once".
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/json_writer.hpp"
#include "validate.hpp"

namespace haat::sim {

/// One request to send, as it was decided before any answer was written.
struct LogEntry {
    std::int64_t at_micros = 0;
    std::string to;
    std::string phone_number_id;
    std::string type;
    std::string template_name;
    std::string callback_data;
    std::string wamid;  ///< Empty if refused.
    int error_code = 0;
    std::uint32_t attempt = 1;  ///< Requests with this callback data so far, this one included.
};

class Judge {
 public:
    void record(LogEntry entry);
    /// {"entries":[…],"last":N}: those with seq > after, at most `limit`.
    void write_log(JsonWriter& out, std::uint64_t after, std::size_t limit) const;
    /// The members of the summary that are the judge's.
    void write_summary(JsonWriter& out) const;

 private:
    struct Seen {
        std::uint32_t requests = 0;
        std::uint32_t accepted = 0;
    };
    std::deque<LogEntry> entries_;  ///< Entry i has seq i + 1.
    std::unordered_map<std::string, Seen> by_callback_;
    std::vector<std::string> twice_;  ///< Callback data at its second acceptance.
    std::uint64_t accepted_ = 0;
};

}  // namespace haat::sim
