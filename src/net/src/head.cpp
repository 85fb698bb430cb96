#include "head.hpp"

#include "base/text.hpp"
#include "net/http.hpp"

namespace haat::net {

namespace {

constexpr int kBadRequest = 400;
constexpr int kTargetTooLong = 414;
constexpr int kExpectationFailed = 417;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionUnknown = 505;

bool is_token_char(char c) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.contains(c);
}

/// Counts of the headers of which two would contradict each other.
struct Framing {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    bool says_close = false;
    bool says_keep_alive = false;
};

int check_request_line(std::string_view line, Head& head, bool& is_http_1_1) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return kBadRequest;
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(head.method)) return kBadRequest;
    if (head.target.size() > kMaxTargetBytes) return kTargetTooLong;
    if (!head.target.starts_with('/')) return kBadRequest;
    for (const char c : head.target) {
        if (c <= 0x20 || c >= 0x7F || c == '#') return kBadRequest;
    }
    is_http_1_1 = version == "HTTP/1.1";
    if (is_http_1_1 || version == "HTTP/1.0") return 0;
    return version.starts_with("HTTP/") ? kVersionUnknown : kBadRequest;
}

bool has_list_item(std::string_view list, std::string_view item) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (equals_ignoring_case(trim(list.substr(0, comma)), item)) return true;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

int note_header(std::string_view name, std::string_view value, Head& head, Framing& framing) {
    if (equals_ignoring_case(name, "host")) {
        ++framing.hosts;
        if (value.contains(' ') || value.contains(',')) return kBadRequest;
    } else if (equals_ignoring_case(name, "content-length")) {
        ++framing.lengths;
        constexpr std::size_t kMaxDigits = 15;
        if (value.empty() || value.size() > kMaxDigits) return kBadRequest;
        for (const char c : value) {
            if (c < '0' || c > '9') return kBadRequest;
            head.content_length = head.content_length * 10 + static_cast<std::uint64_t>(c - '0');
        }
    } else if (equals_ignoring_case(name, "transfer-encoding")) {
        ++framing.encodings;
        if (!equals_ignoring_case(value, "chunked")) return kBadRequest;
        head.is_chunked = true;
    } else if (equals_ignoring_case(name, "connection")) {
        framing.says_close |= has_list_item(value, "close");
        framing.says_keep_alive |= has_list_item(value, "keep-alive");
    } else if (equals_ignoring_case(name, "expect")) {
        if (!equals_ignoring_case(value, "100-continue")) return kExpectationFailed;
        head.expects_continue = true;
    }
    return 0;
}

int check_header_line(std::string_view line, Head& head, Framing& framing) {
    // A line that starts with a blank is a folded header, a name before " :" a disguised one.
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return kBadRequest;
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) return kBadRequest;
    return note_header(line.substr(0, colon), value, head, framing);
}

}  // namespace

bool is_token(std::string_view text) {
    for (const char c : text) {
        if (!is_token_char(c)) return false;
    }
    return !text.empty();
}

bool is_field_value(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
    }
    return true;
}

int check_partial_head(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) return kBadRequest;
        if (bytes[i] == '\0') return kBadRequest;
    }
    if (bytes.starts_with("\r")) return kBadRequest;
    const std::size_t line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos && bytes.size() > kMaxTargetBytes + 64) {
        return kTargetTooLong;
    }
    return bytes.size() > kMaxHeadBytes ? kHeadTooLarge : 0;
}

Head check_head(std::string_view bytes) {
    Head head;
    head.refusal = check_partial_head(bytes);
    if (head.refusal != 0) return head;

    bool is_http_1_1 = false;
    std::size_t at = bytes.find("\r\n");
    head.refusal = check_request_line(bytes.substr(0, at), head, is_http_1_1);
    Framing framing;
    std::size_t count = 0;
    for (at += 2; head.refusal == 0; ++count) {
        const std::size_t end = bytes.find("\r\n", at);
        const std::string_view line = bytes.substr(at, end - at);
        at = end + 2;
        if (line.empty()) break;
        if (line.contains('\r')) {
            head.refusal = kBadRequest;
        } else if (count == kMaxHeaders) {
            head.refusal = kHeadTooLarge;
        } else {
            head.refusal = check_header_line(line, head, framing);
        }
    }
    if (head.refusal != 0) return head;

    const bool is_ambiguous = framing.lengths > 1 || framing.encodings > 1 ||
                              (framing.lengths > 0 && framing.encodings > 0) ||
                              (framing.encodings > 0 && !is_http_1_1);
    const bool has_hosts = framing.hosts == 1 || (framing.hosts == 0 && !is_http_1_1);
    if (is_ambiguous || !has_hosts) head.refusal = kBadRequest;
    head.keep_alive = !framing.says_close && (is_http_1_1 || framing.says_keep_alive);
    return head;
}

}  // namespace haat::net
