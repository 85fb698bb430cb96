/// How many segments a text takes: GSM 03.38's alphabet, else UCS-2.
#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "messaging/channel_sms.hpp"

namespace haat::messaging::sms {
namespace {

/// Of the default alphabet beside ASCII's part of it.
constexpr std::u32string_view kBeyondAscii = U"@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// Escaped: each costs two septets.
constexpr std::u32string_view kEscaped = U"^{}\\[~]|€\f";
constexpr std::string_view kAsciiPart =
    "\n\r !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr int kGsmSingle = 160;
constexpr int kGsmPart = 153;
constexpr int kUcsSingle = 70;
constexpr int kUcsPart = 67;

/// The code point at the front of well-formed UTF-8, taken off.
char32_t take_code_point(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    HAAT_ASSERT(length <= text.size());
    char32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        point = (point << 6) | (byte(i) & 0x3FU);
    }
    text.remove_prefix(length);
    return point;
}

/// 1 or 2 septets, 0 if it is not in the alphabet.
int septets_of(char32_t point) {
    if (point < 0x80 && kAsciiPart.find(static_cast<char>(point)) != std::string_view::npos) {
        return 1;
    }
    if (kBeyondAscii.find(point) != std::u32string_view::npos) {
        return 1;
    }
    return kEscaped.find(point) != std::u32string_view::npos ? 2 : 0;
}

/// Characters of several units are not cut between two segments.
class Counter {
 public:
    Counter(int single, int part) : single_(single), part_(part) {}
    void add(int units) {
        units_ += units;
        if (in_part_ + units > part_) {
            ++parts_;
            in_part_ = 0;
        }
        in_part_ += units;
    }
    [[nodiscard]] int units() const { return units_; }
    [[nodiscard]] int segments() const { return units_ <= single_ ? 1 : parts_; }

 private:
    int single_;
    int part_;
    int units_ = 0;
    int parts_ = 1;
    int in_part_ = 0;
};

}  // namespace

Segments segments_of(std::string_view text) {
    Counter gsm(kGsmSingle, kGsmPart);
    Counter ucs(kUcsSingle, kUcsPart);
    bool is_gsm = true;
    for (std::string_view rest = text; !rest.empty();) {
        const char32_t point = take_code_point(rest);
        const int septets = septets_of(point);
        is_gsm = is_gsm && septets > 0;
        gsm.add(septets);
        ucs.add(point > 0xFFFF ? 2 : 1);
    }
    const Counter& counter = is_gsm ? gsm : ucs;
    return {.encoding = is_gsm ? Encoding::kGsm7 : Encoding::kUcs2,
            .units = counter.units(),
            .segments = counter.segments()};
}

Paise price_of(const Settings& settings, std::string_view text) {
    return {settings.segment_price_paise.value * segments_of(text).segments};
}

}  // namespace haat::messaging::sms
