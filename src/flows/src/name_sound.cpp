#include "name_sound.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace haat::flows {
namespace {

/// From U+0915 क on; '.' has no sound here.
constexpr std::string_view kConsonants =
    "kkggncc"   // क ख ग घ ङ च छ
    "jjnttddn"  // ज झ ञ ट ठ ड ढ ण
    "ttddnnpp"  // त थ द ध न ऩ प फ
    "bbm.rrl"   // ब भ म य र ऱ ल
    "llbsss.";  // ळ ऴ व श ष स ह
constexpr int kFirst = 0x915;
constexpr int kLast = kFirst + static_cast<int>(kConsonants.size()) - 1;
constexpr int kAnusvara = 0x902;
constexpr int kCandrabindu = 0x901;

char latin(char c) {
    switch (c) {
        case 'c':
            return 'c';
        case 'q':
        case 'k':
            return 'k';
        case 'x':
            return 's';
        case 'f':
            return 'p';
        case 'v':
        case 'w':
            return 'b';
        case 'z':
            return 'j';
        case 'a':
        case 'e':
        case 'i':
        case 'o':
        case 'u':
        case 'h':
        case 'y':
            return '.';
        default:
            return c >= 'b' && c <= 't' ? c : '.';
    }
}

char devanagari(int code_point) {
    if (code_point == kAnusvara || code_point == kCandrabindu) {
        return 'n';
    }
    if (code_point >= 0x958 && code_point <= 0x95E) {  // क़ ख़ ग़ ज़ ड़ ढ़ फ़
        return "kkgjddp"[code_point - 0x958];
    }
    return code_point >= kFirst && code_point <= kLast
               ? kConsonants[static_cast<std::size_t>(code_point - kFirst)]
               : '.';
}

}  // namespace

std::string name_sound(std::string_view name) {
    std::string sound;
    const auto add = [&](char c) {
        if (c == '.') {
            return;
        }
        if ((c == 'p' || c == 'b') && sound.ends_with('m')) {
            sound.back() = 'n';  // "Champaran" is "चंपारण"
        }
        if (!sound.ends_with(c)) {
            sound += c;
        }
    };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if (byte < 0x80) {
            add(latin(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : name[i]));
        } else if (byte == 0xE0 && i + 2 < name.size()) {
            const int code_point = ((static_cast<unsigned char>(name[i + 1]) & 0x3F) << 6) |
                                   (static_cast<unsigned char>(name[i + 2]) & 0x3F);
            add(devanagari(code_point));
            i += 2;
        }
    }
    return sound;
}

int sound_distance(std::string_view a, std::string_view b, int most) {
    if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > most) {
        return most + 1;
    }
    std::vector<int> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        int before = row[0];
        row[0] = static_cast<int>(i) + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const int changed = before + (a[i] == b[j] ? 0 : 1);
            before = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return std::min(row.back(), most + 1);
}

}  // namespace haat::flows
