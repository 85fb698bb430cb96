#include "judge.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>

#include "base/assert.hpp"
#include "net/hmac.hpp"

namespace haat::sim {

namespace {

constexpr std::size_t kHexDigits = 16;
constexpr std::uint16_t kHasHexTail = 0x8000;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Two bytes of length, then the text; a tail of 16 hexadecimal digits takes 8 bytes. Equal texts,
/// and only those, have equal packed forms.
std::string pack(std::string_view text) {
    std::string out(2, '\0');
    std::uint64_t tail = 0;
    bool has_tail = text.size() >= kHexDigits;
    const std::string_view digits = text.substr(has_tail ? text.size() - kHexDigits : 0);
    for (std::size_t i = 0; has_tail && i < kHexDigits; ++i) {
        const int value = hex_value(digits[i]);
        has_tail = value >= 0;
        tail = tail << 4 | static_cast<std::uint64_t>(value);
    }
    out.append(has_tail ? text.substr(0, text.size() - kHexDigits) : text);
    if (has_tail) out.append(reinterpret_cast<const char*>(&tail), sizeof tail);
    const auto length = static_cast<std::uint16_t>((out.size() - 2) | (has_tail ? kHasHexTail : 0));
    std::memcpy(out.data(), &length, sizeof length);
    return out;
}

std::string unpack(std::string_view packed) {
    std::uint16_t length = 0;
    std::memcpy(&length, packed.data(), sizeof length);
    packed.remove_prefix(2);
    if ((length & kHasHexTail) == 0) return std::string(packed);
    std::uint64_t tail = 0;
    std::memcpy(&tail, packed.data() + packed.size() - sizeof tail, sizeof tail);
    std::string out(packed.substr(0, packed.size() - sizeof tail));
    for (int shift = 60; shift >= 0; shift -= 4) {
        out += "0123456789abcdef"[tail >> shift & 15];
    }
    return out;
}

std::uint64_t mix(std::uint64_t value) {  // splitmix64
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27) * 0x94D049BB133111EBU;
    return value ^ value >> 31;
}

}  // namespace

std::string wrap_wamid(std::string_view digits, std::string_view unique, bool is_inbound) {
    std::string raw = "\x1c\x18";
    raw += static_cast<char>(digits.size());
    raw += digits;
    raw += std::string_view("\x15\x02\x00", 3);
    raw += is_inbound ? '\x12' : '\x11';
    raw += '\x18';
    raw += static_cast<char>(unique.size());
    raw += unique;
    raw += '\0';
    return "wamid." + net::base64_encode(raw);
}

Judge::Judge(std::uint64_t seed) : seed_(mix(seed)), table_(1024) {}

std::uint16_t Judge::intern(std::string_view text) {
    const auto found = std::find(texts_.begin(), texts_.end(), text);
    const auto at = found - texts_.begin();
    if (found == texts_.end()) texts_.emplace_back(text);
    HAAT_ASSERT(at < 0xFFFF);
    return static_cast<std::uint16_t>(at);
}

std::string_view Judge::packed_at(std::uint32_t at) const {
    const char* const start =
        arena_[at >> kArenaBits]->data() + (at & ((std::uint32_t{1} << kArenaBits) - 1));
    std::uint16_t length = 0;
    std::memcpy(&length, start, sizeof length);
    return {start, std::size_t{2} + (length & ~kHasHexTail)};
}

std::uint32_t Judge::store(std::string_view packed) {
    constexpr std::size_t kBlock = std::size_t{1} << kArenaBits;
    if (arena_.empty() || arena_used_ + packed.size() > kBlock) {
        HAAT_ASSERT(arena_.size() < std::size_t{1} << (32 - kArenaBits));
        arena_.push_back(std::make_unique_for_overwrite<std::array<char, kBlock>>());
        arena_used_ = arena_.size() == 1 ? 1 : 0;  // 0 means none
    }
    std::memcpy(arena_.back()->data() + arena_used_, packed.data(), packed.size());
    const std::size_t at = (arena_.size() - 1) << kArenaBits | arena_used_;
    arena_used_ += packed.size();
    return static_cast<std::uint32_t>(at);
}

std::uint32_t& Judge::slot_of(std::string_view packed) {
    const std::size_t mask = table_.size() - 1;
    for (std::size_t at = std::hash<std::string_view>()(packed) & mask;; at = (at + 1) & mask) {
        if (table_[at] == 0 || packed_at(row(table_[at]).callback_at) == packed) return table_[at];
    }
}

void Judge::grow_table() {
    const std::vector<std::uint32_t> old =
        std::exchange(table_, std::vector<std::uint32_t>(table_.size() * 2));
    for (const std::uint32_t seq : old) {
        if (seq != 0) slot_of(packed_at(row(seq).callback_at)) = seq;
    }
}

void Judge::append(Row row_to_add, std::string_view callback_data) {
    const std::uint64_t seq = count_ + 1;
    HAAT_ASSERT(seq < 0xFFFF'FFFF);
    if (row_to_add.is_accepted) ++accepted_;
    if (!callback_data.empty()) {
        if (table_used_ * 4 >= table_.size() * 3) grow_table();
        const std::string packed = pack(callback_data);
        std::uint32_t& first = slot_of(packed);
        if (first == 0) {
            first = static_cast<std::uint32_t>(seq);
            ++table_used_;
            row_to_add.callback_at = store(packed);
        } else {
            const Row& earlier = row(first);
            row_to_add.callback_at = earlier.callback_at;
            Seen& seen =
                again_.try_emplace(first, Seen{1, earlier.is_accepted ? 1U : 0U}).first->second;
            ++seen.requests;
            row_to_add.attempt =
                static_cast<std::uint16_t>(std::min<std::uint32_t>(seen.requests, 0xFFFF));
            if (row_to_add.is_accepted && ++seen.accepted == 2) twice_.emplace_back(callback_data);
        }
    }
    if (count_ % kSegment == 0) rows_.emplace_back().reserve(kSegment);
    rows_.back().push_back(row_to_add);
    ++count_;
}

void Judge::record(LogEntry entry) {
    Row added;
    added.is_full = 1;
    added.is_accepted = !entry.wamid.empty();
    added.to_or_full = full_.size();
    const std::string callback_data = std::exchange(entry.callback_data, {});
    full_.push_back(std::move(entry));
    append(added, callback_data);
}

std::string Judge::record(const BulkEntry& entry) {
    if (started_micros_ == 0) started_micros_ = entry.at_micros;
    Row added;
    added.to_or_full = entry.to;
    added.number = entry.number;
    added.form = entry.form;
    added.at_milliseconds = static_cast<std::uint32_t>((entry.at_micros - started_micros_) / 1000);
    added.is_accepted = entry.error_code == 0;
    if (entry.error_code != 0) {
        const auto found = std::find(codes_.begin(), codes_.end(), entry.error_code);
        added.code = static_cast<std::uint8_t>(found - codes_.begin());
        if (found == codes_.end()) codes_.push_back(entry.error_code);
    } else {
        ++bulk_accepted_;
    }
    append(added, entry.callback_data);
    return added.is_accepted ? wamid_of(count_, entry.to) : std::string();
}

std::string Judge::callback_of(const Row& of) const {
    return of.callback_at == 0 ? std::string() : unpack(packed_at(of.callback_at));
}

std::string Judge::wamid_of(std::uint64_t seq, std::uint64_t to) const {
    // Nothing is stored for it: seq makes it unique, and 'F' apart from what Simulator counts.
    std::array<char, 18> unique{};
    const std::uint64_t chance = mix(seed_ ^ seq);
    unique[0] = 'F';
    for (std::size_t i = 1; i < unique.size(); ++i) {
        const std::uint64_t digit = i < 8 ? seq >> (28 - 4 * i) : chance >> (4 * i - 32);
        unique[i] = "0123456789ABCDEF"[digit & 15];
    }
    std::array<char, 20> digits{};
    char* const end = std::to_chars(digits.begin(), digits.end(), to).ptr;
    return wrap_wamid({digits.data(), end}, {unique.data(), unique.size()}, false);
}

LogEntry Judge::entry_of(std::uint64_t seq) const {
    const Row& from = row(seq);
    LogEntry entry;
    if (from.is_full) {
        entry = full_[from.to_or_full];
    } else {
        entry.at_micros = started_micros_ + from.at_milliseconds * std::int64_t{1000};
        entry.to = "+" + std::to_string(from.to_or_full);
        entry.phone_number_id = texts_[from.number];
        entry.type = "template";
        entry.template_name = texts_[from.form];
        entry.error_code = codes_[from.code];
        if (from.is_accepted) entry.wamid = wamid_of(seq, from.to_or_full);
    }
    entry.callback_data = callback_of(from);
    entry.attempt = from.attempt;
    return entry;
}

void Judge::write_log(JsonWriter& out, std::uint64_t after, std::size_t limit) const {
    out.begin_object().key("entries").begin_array();
    const std::uint64_t end = std::min<std::uint64_t>(count_, after + limit);
    for (std::uint64_t seq = after + 1; seq <= end; ++seq) {
        const LogEntry entry = entry_of(seq);
        out.begin_object().field("seq", seq).field("at_micros", entry.at_micros);
        out.field("to", entry.to).field("phone_number_id", entry.phone_number_id);
        out.field("type", entry.type).field("template", entry.template_name);
        out.field("callback_data", entry.callback_data).field("wamid", entry.wamid);
        out.field("accepted", !entry.wamid.empty()).field("error_code", entry.error_code);
        out.field("attempt", entry.attempt).end_object();
    }
    out.end_array().field("last", std::max(end, after)).field("total", count_);
    out.end_object();
}

std::string Judge::accepted_csv(std::uint64_t after, std::size_t limit) const {
    std::string out = "seq,to,callback_data,wamid\n";
    for (std::uint64_t seq = after + 1; seq <= count_ && limit > 0; ++seq) {
        if (!row(seq).is_accepted) continue;
        const LogEntry entry = entry_of(seq);
        out.append(std::to_string(seq)).append(",").append(entry.to).append(",\"");
        for (const char c : entry.callback_data) out.append(c == '"' ? 2 : 1, c);
        out.append("\",").append(entry.wamid).append("\n");
        --limit;
    }
    return out;
}

std::vector<Accepted> Judge::accepted_bulk(std::uint64_t after, std::size_t limit) const {
    std::vector<Accepted> out;
    for (std::uint64_t seq = after + 1; seq <= count_ && out.size() < limit; ++seq) {
        const Row& from = row(seq);
        if (from.is_full || !from.is_accepted) continue;
        out.push_back({seq, from.to_or_full, from.number, from.form, callback_of(from),
                       wamid_of(seq, from.to_or_full)});
    }
    return out;
}

void Judge::write_summary(JsonWriter& out) const {
    out.field("requests", count_).field("accepted", accepted_);
    out.field("rejected", count_ - accepted_);
    out.key("accepted_more_than_once_by_callback").begin_array();
    for (const std::string& callback : twice_) out.string(callback);
    out.end_array();
}

}  // namespace haat::sim
