#include "base/phone.hpp"

#include "base/text.hpp"

namespace haat {
namespace {

/// Digits of `text` as ASCII, without blanks, dots, hyphens and brackets; none if anything else
/// stands in it. A '+' is kept at the start only.
std::optional<std::string> plain_digits(std::string_view text) {
    std::string digits;
    while (!text.empty()) {
        const char c = text.front();
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c == '+' && digits.empty()) {
            digits += c;
        } else if (text.starts_with("\xE0\xA5") && text.size() >= 3 && text[2] >= '\xA6' &&
                   text[2] <= '\xAF') {  // ० to ९
            digits += static_cast<char>('0' + (text[2] - '\xA6'));
            text.remove_prefix(2);
        } else if (text.starts_with("\xC2\xA0")) {  // no-break space
            text.remove_prefix(1);
        } else if (std::string_view(" -.()\t").find(c) == std::string_view::npos) {
            return std::nullopt;
        }
        text.remove_prefix(1);
    }
    return digits;
}

}  // namespace

std::optional<std::string> normalise_phone(std::string_view text) {
    const std::optional<std::string> plain = plain_digits(trim(text));
    if (!plain) {
        return std::nullopt;
    }
    std::string_view digits = *plain;
    const bool international = digits.starts_with('+');
    if (international) {
        digits.remove_prefix(1);
        if (!digits.starts_with("91")) {
            const bool plausible = digits.size() >= 8 && digits.size() <= 15;
            return plausible ? std::optional("+" + std::string(digits)) : std::nullopt;
        }
    }
    if (digits.size() == 12 && digits.starts_with("91")) {
        digits.remove_prefix(2);
    } else if (digits.size() == 11 && digits.starts_with('0') && !international) {
        digits.remove_prefix(1);
    }
    if (digits.size() != 10 || digits.front() < '6') {
        return std::nullopt;
    }
    return "+91" + std::string(digits);
}

std::string mask_phone(std::string_view phone) {
    if (phone.starts_with("+91")) {
        phone.remove_prefix(3);
    }
    constexpr std::string_view kDots = "••••";
    if (phone.size() < 8) {
        return std::string(kDots);
    }
    return std::string(phone.substr(0, 2)) + std::string(kDots) +
           std::string(phone.substr(phone.size() - 4));
}

}  // namespace haat
