#include "net/url.hpp"

#include "base/text.hpp"

namespace haat::net {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decode_form(std::string_view text) {
    std::string blanks(text);
    for (char& c : blanks) {
        if (c == '+') c = ' ';
    }
    std::optional<std::string> decoded = percent_decode(blanks);
    return decoded && is_utf8(*decoded) ? decoded : std::nullopt;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        const std::size_t end = path.find('/');
        const std::string_view segment = path.substr(0, end);
        if (segment == "." || segment == "..") return true;
        path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    }
    return false;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
                              c == '~';
        if (is_plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4];
            out += kDigits[byte & 15];
        }
    }
    return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
    constexpr std::size_t kMaxPairs = 1000;
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view part = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        std::optional<std::string> name = decode_form(part.substr(0, equals));
        std::optional<std::string> value = decode_form(
            equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1));
        if (!name || !value || pairs.size() == kMaxPairs) return std::nullopt;
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

std::optional<std::string> decode_path(std::string_view text) {
    if (!text.starts_with('/')) return std::nullopt;
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (text[i] != '%') continue;
        const int byte = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
        if (byte == '/' || byte == '\\') return std::nullopt;
    }
    std::optional<std::string> path = percent_decode(text);
    if (!path || !is_utf8(*path) || has_dot_segment(*path)) return std::nullopt;
    for (const char c : *path) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    }
    return path;
}

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    if (text.starts_with("https://")) {
        url.is_https = true;
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
    } else {
        return std::nullopt;
    }
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '#' || c == '\\') {
            return std::nullopt;
        }
    }
    const std::size_t slash = text.find_first_of("/?");
    const std::string_view authority = text.substr(0, slash);
    url.path = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
    if (!url.path.starts_with('/')) url.path.insert(0, "/");
    if (authority.contains('@')) return std::nullopt;

    const std::uint16_t usual_port = url.is_https ? 443 : 80;
    std::string_view host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = authority.substr(1, end - 1);
        const std::string_view rest = authority.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
        port = rest.empty() ? rest : rest.substr(1);
        if (!rest.empty() && port.empty()) return std::nullopt;
    } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon + 1);
        if (port.empty()) return std::nullopt;
    }
    if (host.empty()) return std::nullopt;
    url.host = host;
    url.port = usual_port;
    if (!port.empty()) {
        const std::optional<long long> number = parse_integer(port);
        if (!number || *number < 1 || *number > 65535) return std::nullopt;
        url.port = static_cast<std::uint16_t>(*number);
    }
    url.authority = authority.starts_with('[') ? "[" + url.host + "]" : url.host;
    if (url.port != usual_port) url.authority += ":" + std::to_string(url.port);
    return url;
}

}  // namespace haat::net
