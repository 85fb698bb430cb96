#include "smpp_pdu.hpp"

namespace haat::sim::smpp {
namespace {

void put_number(std::string& out, std::uint32_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out += static_cast<char>((value >> shift) & 0xFF);
    }
}

void put_text(std::string& out, std::string_view text) {
    out += text;
    out += '\0';
}

/// Takes a body apart from the front; once something is missing, everything is.
class Cutter {
 public:
    explicit Cutter(std::string_view bytes) : rest_(bytes) {}

    std::uint32_t number(int bytes) {
        const std::string_view taken = bytes_of(static_cast<std::size_t>(bytes));
        std::uint32_t value = 0;
        for (const char c : taken) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
    std::string text() {
        const std::size_t end = rest_.find('\0');
        if (end == std::string_view::npos) {
            is_whole_ = false;
            return {};
        }
        std::string out(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return out;
    }
    std::string_view bytes_of(std::size_t count) {
        if (count > rest_.size() || !is_whole_) {
            is_whole_ = false;
            return {};
        }
        const std::string_view out = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return out;
    }
    [[nodiscard]] bool has_more() const { return is_whole_ && !rest_.empty(); }
    [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
    std::string_view rest_;
    bool is_whole_ = true;
};

constexpr std::uint16_t kMessagePayload = 0x0424;

constexpr std::u32string_view kGsmAlphabet =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    U"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(kGsmAlphabet.size() == 128);

char32_t escaped(unsigned char septet) {
    switch (septet) {
        case 0x0A:
            return U'\f';
        case 0x14:
            return U'^';
        case 0x28:
            return U'{';
        case 0x29:
            return U'}';
        case 0x2F:
            return U'\\';
        case 0x3C:
            return U'[';
        case 0x3D:
            return U'~';
        case 0x3E:
            return U']';
        case 0x40:
            return U'|';
        case 0x65:
            return U'€';
        default:
            return U' ';
    }
}

void append_utf8(std::string& out, char32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (point & 0x3F));
    }
}

std::optional<std::string> text_of_gsm(std::string_view payload) {
    std::string out;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const auto septet = static_cast<unsigned char>(payload[i]);
        if (septet >= kGsmAlphabet.size()) return std::nullopt;
        if (septet == 0x1B && i + 1 < payload.size()) {
            append_utf8(out, escaped(static_cast<unsigned char>(payload[++i])));
        } else {
            append_utf8(out, kGsmAlphabet[septet]);
        }
    }
    return out;
}

std::optional<std::string> text_of_utf16(std::string_view payload) {
    if (payload.size() % 2 != 0) return std::nullopt;
    std::string out;
    Cutter cutter(payload);
    while (cutter.has_more()) {
        char32_t point = cutter.number(2);
        if (point >= 0xD800 && point < 0xDC00) {
            const std::uint32_t low = cutter.number(2);
            if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        } else if (point >= 0xDC00 && point <= 0xDFFF) {
            return std::nullopt;
        }
        append_utf8(out, point);
    }
    return out;
}

}  // namespace

std::string encode(const Pdu& pdu) {
    std::string out;
    put_number(out, static_cast<std::uint32_t>(kHeaderBytes + pdu.body.size()), 4);
    put_number(out, pdu.command, 4);
    put_number(out, pdu.status, 4);
    put_number(out, pdu.sequence, 4);
    return out + pdu.body;
}

std::uint32_t length_of(std::string_view header) { return Cutter(header).number(4); }

Pdu header_of(std::string_view header) {
    Cutter cutter(header);
    cutter.number(4);
    Pdu pdu;
    pdu.command = cutter.number(4);
    pdu.status = cutter.number(4);
    pdu.sequence = cutter.number(4);
    return pdu;
}

std::optional<ShortMessage> read_short_message(std::string_view body) {
    Cutter cutter(body);
    ShortMessage message;
    cutter.text();  // service_type
    message.source_ton = cutter.byte();
    cutter.byte();  // source_npi
    message.source = cutter.text();
    cutter.number(2);  // dest_ton, dest_npi
    message.destination = cutter.text();
    message.esm_class = cutter.byte();
    cutter.number(2);  // protocol_id, priority_flag
    cutter.text();     // schedule_delivery_time
    message.validity = cutter.text();
    message.registered_delivery = cutter.byte();
    cutter.byte();  // replace_if_present_flag
    message.data_coding = cutter.byte();
    cutter.byte();  // sm_default_msg_id
    message.content = cutter.bytes_of(cutter.byte());
    while (cutter.has_more()) {
        const auto tag = static_cast<std::uint16_t>(cutter.number(2));
        message.tlvs[tag] = cutter.bytes_of(cutter.number(2));
    }
    if (const auto payload = message.tlvs.find(kMessagePayload); payload != message.tlvs.end()) {
        message.content = payload->second;
    }
    return cutter.is_whole() ? std::optional(std::move(message)) : std::nullopt;
}

std::string write_short_message(const ShortMessage& message) {
    std::string out;
    put_text(out, "");
    put_number(out, message.source_ton, 1);
    put_number(out, 1, 1);  // ISDN
    put_text(out, message.source);
    put_number(out, 0, 1);
    put_number(out, 1, 1);
    put_text(out, message.destination);
    put_number(out, message.esm_class, 1);
    put_number(out, 0, 2);
    put_text(out, "");
    put_text(out, message.validity);
    put_number(out, message.registered_delivery, 1);
    put_number(out, 0, 1);
    put_number(out, message.data_coding, 1);
    put_number(out, 0, 1);
    put_number(out, static_cast<std::uint32_t>(message.content.size()), 1);
    out += message.content;
    for (const auto& [tag, value] : message.tlvs) {
        put_number(out, tag, 2);
        put_number(out, static_cast<std::uint32_t>(value.size()), 2);
        out += value;
    }
    return out;
}

std::optional<Bind> read_bind(std::string_view body) {
    Cutter cutter(body);
    Bind bind;
    bind.system_id = cutter.text();
    bind.password = cutter.text();
    return cutter.is_whole() ? std::optional(std::move(bind)) : std::nullopt;
}

std::optional<Part> read_part(const ShortMessage& message) {
    if ((message.esm_class & kHasUserDataHeader) == 0) return Part{.payload = message.content};
    Cutter cutter(message.content);
    Cutter header(cutter.bytes_of(cutter.byte()));
    if (!cutter.is_whole()) return std::nullopt;
    Part part;
    while (header.has_more()) {
        constexpr std::uint8_t kConcatenated = 0;
        constexpr std::uint8_t kConcatenatedWide = 8;
        const std::uint8_t element = header.byte();
        const std::uint8_t length = header.byte();
        if (element != kConcatenated && element != kConcatenatedWide) {
            header.bytes_of(length);
            continue;
        }
        part.reference = static_cast<int>(header.number(element == kConcatenated ? 1 : 2));
        part.total = header.byte();
        part.number = header.byte();
    }
    if (!header.is_whole() || part.number < 1 || part.number > part.total) return std::nullopt;
    const std::size_t header_bytes = static_cast<unsigned char>(message.content.front()) + 1U;
    part.payload = message.content.substr(header_bytes);
    return part;
}

std::optional<std::string> text_of(std::string_view payload, std::uint8_t data_coding) {
    if (data_coding == kUcs2) return text_of_utf16(payload);
    return data_coding == 0 ? text_of_gsm(payload) : std::nullopt;
}

std::string ucs2_of(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k) {
            point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
        }
        if (point > 0xFFFF) {
            put_number(out, 0xD800 + ((point - 0x10000) >> 10), 2);
            put_number(out, 0xDC00 + ((point - 0x10000) & 0x3FF), 2);
        } else {
            put_number(out, point, 2);
        }
        i += length;
    }
    return out;
}

}  // namespace haat::sim::smpp
