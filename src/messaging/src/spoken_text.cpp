/// Texts as they are said: an engine reads "1,24,000" digit by digit, or in English.
#include "base/text.hpp"
#include "language/number_words.hpp"
#include "messaging/audio.hpp"

namespace haat::messaging {
namespace {

using language::Language;

constexpr std::size_t kSpelledOut = 10;  // phone numbers and the like

/// 0..9 at the front of `text` in either script, and its length in bytes; -1 if there is none.
struct Digit {
    int value = -1;
    std::size_t bytes = 0;
};
Digit digit_at(std::string_view text) {
    if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        return {text[0] - '0', 1};
    }
    if (text.starts_with("\xE0\xA5") && text.size() >= 3) {  // U+0966..U+096F
        const int value = static_cast<unsigned char>(text[2]) - 0xA6;
        return value >= 0 && value <= 9 ? Digit{value, 3} : Digit{};
    }
    return {};
}

struct Number {
    std::string whole;     ///< ASCII digits.
    std::string fraction;  ///< Without zeros at its end.
    std::size_t bytes = 0;
};

/// The number at the front: commas between digits belong to it, and one point before digits.
Number number_at(std::string_view text) {
    Number number;
    bool after_point = false;
    for (;;) {
        std::string_view rest = text.substr(number.bytes);
        std::size_t mark = 0;
        if (!number.whole.empty() && !after_point &&
            (rest.starts_with(',') || rest.starts_with('.'))) {
            mark = 1;
        }
        const Digit digit = digit_at(rest.substr(mark));
        if (digit.value < 0) {
            break;
        }
        after_point = after_point || (mark == 1 && rest[0] == '.');
        (after_point ? number.fraction : number.whole) += static_cast<char>('0' + digit.value);
        number.bytes += mark + digit.bytes;
    }
    while (number.fraction.ends_with('0')) {
        number.fraction.pop_back();
    }
    return number;
}

std::string said(const Number& number, Language in) {
    constexpr std::size_t kFractionMax = 4;
    const bool one_by_one = number.whole.size() >= kSpelledOut ||
                            (number.whole.size() > 1 && number.whole.front() == '0') ||
                            number.fraction.size() > kFractionMax;
    if (one_by_one) {
        std::string out;
        for (const char digit : number.whole + number.fraction) {
            out += (out.empty() ? "" : " ") + language::number_to_words(digit - '0', in);
        }
        return out;
    }
    const long long whole = parse_integer(number.whole).value_or(0);
    if (number.fraction.empty()) {
        return language::number_to_words(whole, in);
    }
    std::string fraction = number.fraction;
    fraction.resize(kFractionMax, '0');
    return language::quantity_to_words({whole * 10'000 + parse_integer(fraction).value_or(0)}, in);
}

bool starts_with_rupees(std::string_view text, std::size_t& bytes) {
    for (const std::string_view sign : {"₹", "Rs.", "Rs", "रु.", "रु"}) {
        if (text.starts_with(sign)) {
            bytes = sign.size();
            while (text.substr(bytes).starts_with(' ')) {
                ++bytes;
            }
            return digit_at(text.substr(bytes)).value >= 0;
        }
    }
    return false;
}

std::size_t code_point_bytes(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Emoji, which an engine would describe, and marks that it would name.
bool is_silent(std::string_view point) {
    return point.size() == 4 || point == "\xEF\xB8\x8F" || point == "*" || point == "_" ||
           point == "~" || point == "#";
}

}  // namespace

std::string spoken_text(std::string_view text, std::string_view language) {
    const Language in = language == "en" ? Language::kEnglish : Language::kHindi;
    const std::string_view rupees = in == Language::kEnglish ? " rupees" : " रुपये";
    const std::string_view percent = in == Language::kEnglish ? " percent" : " प्रतिशत";
    std::string out;
    while (!text.empty()) {
        std::size_t sign_bytes = 0;
        const bool is_money = starts_with_rupees(text, sign_bytes);
        const Number number = number_at(text.substr(is_money ? sign_bytes : 0));
        if (number.bytes > 0) {
            text.remove_prefix((is_money ? sign_bytes : 0) + number.bytes);
            out += said(number, in);
            out += is_money ? rupees : std::string_view();
            if (text.starts_with('%')) {
                text.remove_prefix(1);
                out += percent;
            } else if (text.starts_with("/")) {
                text.remove_prefix(1);  // "₹24/kg"
                out += ' ';
            }
            continue;
        }
        const std::string_view point = text.substr(0, code_point_bytes(text.front()));
        if (!is_silent(point)) {
            out += point;
        }
        text.remove_prefix(point.size());
    }
    return out;
}

}  // namespace haat::messaging
