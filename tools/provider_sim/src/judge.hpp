/// @file The simulator's own record of what it was asked to send: the judge of "at most once".
/// About 55 bytes for a request of the common kind, so that it holds the whole state's broadcast.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
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

/// A template message to a number of digits only, as bulk_send.hpp reads it.
struct BulkEntry {
    std::int64_t at_micros = 0;
    std::uint64_t to = 0;      ///< Digits without '+'.
    std::uint16_t number = 0;  ///< Of Judge::intern().
    std::uint16_t form = 0;    ///< Of Judge::intern().
    std::string_view callback_data;
    int error_code = 0;  ///< 0: accepted.
};

/// An accepted bulk message, for its statuses and the export.
struct Accepted {
    std::uint64_t seq = 0;
    std::uint64_t to = 0;
    std::uint16_t number = 0;
    std::uint16_t form = 0;
    std::string callback_data;
    std::string wamid;
};

class Judge {
 public:
    explicit Judge(std::uint64_t seed);

    void record(LogEntry entry);
    /// @return Its wamid; empty if it was refused.
    std::string record(const BulkEntry& entry);
    /// The small number of a text that many entries share: number ids, template names.
    [[nodiscard]] std::uint16_t intern(std::string_view text);
    [[nodiscard]] const std::string& text_of(std::uint16_t interned) const {
        return texts_[interned];
    }

    /// {"entries":[…],"last":N}: those with seq > after, at most `limit`.
    void write_log(JsonWriter& out, std::uint64_t after, std::size_t limit) const;
    /// "seq,to,callback_data,wamid" and a line for each accepted one with seq > after.
    [[nodiscard]] std::string accepted_csv(std::uint64_t after, std::size_t limit) const;
    /// Accepted bulk messages with seq > after, at most `limit`.
    [[nodiscard]] std::vector<Accepted> accepted_bulk(std::uint64_t after, std::size_t limit) const;
    [[nodiscard]] std::uint64_t bulk_count() const { return bulk_accepted_; }
    /// The members of the summary that are the judge's.
    void write_summary(JsonWriter& out) const;

 private:
    /// 24 bytes for each request.
    struct Row {
        std::uint64_t to_or_full = 0;       ///< Digits, or the place in full_.
        std::uint32_t callback_at = 0;      ///< In the arena; 0: none.
        std::uint32_t at_milliseconds = 0;  ///< Since the start; of full ones unused.
        std::uint16_t number = 0;
        std::uint16_t form = 0;
        std::uint16_t attempt = 1;
        std::uint8_t code = 0;  ///< In codes_; 0: none.
        std::uint8_t is_full : 1 = 0;
        std::uint8_t is_accepted : 1 = 0;
    };
    static constexpr std::size_t kSegment = 1 << 16;
    static constexpr std::uint32_t kArenaBits = 20;

    struct Seen {
        std::uint32_t requests = 1;
        std::uint32_t accepted = 0;
    };

    [[nodiscard]] const Row& row(std::uint64_t seq) const {
        return rows_[(seq - 1) / kSegment][(seq - 1) % kSegment];
    }
    void append(Row row, std::string_view callback_data);
    std::uint32_t store(std::string_view packed);
    [[nodiscard]] std::string_view packed_at(std::uint32_t at) const;
    [[nodiscard]] std::string callback_of(const Row& row) const;
    [[nodiscard]] std::string wamid_of(std::uint64_t seq, std::uint64_t to) const;
    [[nodiscard]] LogEntry entry_of(std::uint64_t seq) const;
    std::uint32_t& slot_of(std::string_view packed);
    void grow_table();

    std::uint64_t seed_;
    std::int64_t started_micros_ = 0;  ///< Of the first entry.
    std::uint64_t count_ = 0;          ///< Entry i has seq i + 1.
    std::deque<std::vector<Row>> rows_;
    std::deque<LogEntry> full_;
    std::vector<std::unique_ptr<std::array<char, std::size_t{1} << kArenaBits>>> arena_;
    std::size_t arena_used_ = 0;  ///< Of the last block.
    /// Open addressing: the seq of the first request with that callback data; 0: free.
    std::vector<std::uint32_t> table_;
    std::size_t table_used_ = 0;
    std::unordered_map<std::uint32_t, Seen> again_;  ///< Of callback data that came again.
    std::vector<std::string> texts_;
    std::vector<int> codes_{0};
    std::vector<std::string> twice_;  ///< Callback data at its second acceptance.
    std::uint64_t accepted_ = 0;
    std::uint64_t bulk_accepted_ = 0;
};

/// What WhatsApp calls a message: the user's number and 18 or 20 hexadecimal digits, in a little
/// tagged binary.
[[nodiscard]] std::string wrap_wamid(std::string_view digits, std::string_view unique,
                                     bool is_inbound);

}  // namespace haat::sim
