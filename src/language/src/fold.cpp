#include "fold.hpp"

#include <algorithm>
#include <array>

namespace haat::language {
namespace {

constexpr char32_t kVirama = 0x94D;
constexpr char kSchwa = '~';  // an inherent vowel whose fate is not decided yet
constexpr char kNasal = '^';  // anusvara or chandrabindu

// U+0905..U+0914 and the matras U+093E..U+094C, both folded to short vowels.
constexpr std::string_view independent_vowel(char32_t c) {
    switch (c) {
        case 0x905:
        case 0x906:
            return "a";
        case 0x907:
        case 0x908:
            return "i";
        case 0x909:
        case 0x90A:
            return "u";
        case 0x90B:
            return "ri";
        case 0x90D:
        case 0x90E:
        case 0x90F:
            return "e";
        case 0x910:
            return "ai";
        case 0x911:
        case 0x912:
        case 0x913:
            return "o";
        case 0x914:
            return "au";
        default:
            return "";
    }
}

constexpr std::string_view matra(char32_t c) {
    switch (c) {
        case 0x93E:
            return "a";
        case 0x93F:
        case 0x940:
            return "i";
        case 0x941:
        case 0x942:
            return "u";
        case 0x943:
            return "ri";
        case 0x945:
        case 0x946:
        case 0x947:
            return "e";
        case 0x948:
            return "ai";
        case 0x949:
        case 0x94A:
        case 0x94B:
            return "o";
        case 0x94C:
            return "au";
        default:
            return "";
    }
}

// U+0915 (ka) to U+0939 (ha).
constexpr std::array<char, 0x939 - 0x915 + 1> kConsonants = {
    'k', 'K', 'g', 'G', 'n', 'c', 'c', 'j', 'J', 'n', 't', 'T', 'd', 'D', 'n', 't', 'T', 'd', 'D',
    'n', 'n', 'p', 'f', 'b', 'B', 'm', 'y', 'r', 'r', 'l', 'l', 'l', 'v', 's', 's', 's', 'h'};

constexpr bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == kSchwa;
}

bool is_devanagari_consonant(char32_t c) { return c >= 0x915 && c <= 0x939; }

// Sounds of a Devanagari word, schwas and nasals still marked.
Key devanagari_sounds(std::span<const char32_t> word) {
    Key out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char32_t c = word[i];
        const char32_t next = i + 1 < word.size() ? word[i + 1] : 0;
        if (is_devanagari_consonant(c)) {
            if (c == 0x91E && out.back() == 'j') {  // jna is said gya
                out.letters[out.size - 1] = 'g';
                out.push('y');
            } else {
                out.push(kConsonants[c - 0x915]);
            }
            if (matra(next).empty() && next != kVirama) out.push(kSchwa);
        } else if (const std::string_view vowel = independent_vowel(c); !vowel.empty()) {
            for (const char letter : vowel) out.push(letter);
        } else if (const std::string_view sign = matra(c); !sign.empty()) {
            for (const char letter : sign) out.push(letter);
        } else if (c == 0x902 || c == 0x901) {
            out.push(kNasal);
        }
    }
    return out;
}

// Hindi drops the last schwa, and an inner one between a vowel-consonant and a consonant-vowel.
Key drop_schwas(const Key& in) {
    Key out = in;
    const auto consonant_at = [&](int i) {
        return i >= 0 && i < out.size && !is_vowel(out.letters[i]) && out.letters[i] != kNasal;
    };
    const auto vowel_at = [&](int i) { return i >= 0 && i < out.size && is_vowel(out.letters[i]); };
    const auto remove = [&](int i) {
        std::copy(out.letters + i + 1, out.letters + out.size, out.letters + i);
        --out.size;
    };
    if (out.size > 2 && out.back() == kSchwa &&
        !(out.size > 3 && out.back(2) == 'y' && !is_vowel(out.back(3)))) {
        remove(out.size - 1);
    }
    for (int i = out.size - 2; i > 1; --i) {
        if (out.letters[i] != kSchwa || !consonant_at(i - 1) || !consonant_at(i + 1)) continue;
        const bool before = vowel_at(i - 2) || (i >= 2 && out.letters[i - 2] == kNasal && i >= 3);
        if (before && vowel_at(i + 2)) remove(i);
    }
    std::replace(out.letters, out.letters + out.size, kSchwa, 'a');
    return out;
}

// Roman letters to sounds: digraphs first, then single letters.
Key roman_sounds(std::span<const char32_t> word) {
    Key out;
    const auto at = [&](std::size_t i) {
        return i < word.size() ? static_cast<char>(word[i]) : '\0';
    };
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = at(i);
        const char next = at(i + 1);
        if (next == 'h') {
            constexpr std::string_view kFrom = "kgjtdbpsc";
            constexpr std::string_view kTo = "KGJTDBfsc";
            if (const std::size_t found = kFrom.find(c); found != std::string_view::npos) {
                out.push(kTo[found]);
                while (at(i + 1) == 'h') ++i;  // chhath, chhhath
                continue;
            }
        }
        switch (c) {
            case 'w':
                out.push('v');
                break;
            case 'z':
                out.push('j');
                break;
            case 'q':
                out.push('k');
                if (next == 'u') out.push('v'), ++i;
                break;
            case 'x':
                out.push('k'), out.push('s');
                break;
            case 'c':
                if (next == 'c' && at(i + 2) == 'h') break;  // acchar, achar
                if (next != 'k') out.push(next == 'e' || next == 'i' || next == 'y' ? 's' : 'k');
                break;
            default:
                if (c >= 'a' && c <= 'z') out.push(c);
        }
    }
    return out;
}

char aspirate(char c) {
    constexpr std::string_view kPlain = "kgjtdb";
    constexpr std::string_view kAspirated = "KGJTDB";
    const std::size_t found = kPlain.find(c);
    return found == std::string_view::npos ? c : kAspirated[found];
}

// What both scripts share: doubled letters, nasals, glides.
Key settle(const Key& in) {
    Key out;
    for (std::size_t i = 0; i < in.size; ++i) {
        char c = in.letters[i];
        const char next = i + 1 < in.size ? in.letters[i + 1] : '\0';
        if (c == kNasal) {
            if (next == '\0') continue;  // a nasal at the end is written by some, left by others
            c = 'n';
        }
        if (c == 'n' && (next == 'p' || next == 'b' || next == 'B' || next == 'm')) c = 'm';
        if (c == 'e' && next == 'e') c = 'i', ++i;
        if (c == 'o' && next == 'o') c = 'u', ++i;
        if (c == 'o' && next == 'u') c = 'a';                           // "ou" is au
        if (c == 'v' && out.back() == 'u' && is_vowel(next)) continue;  // thekuwa, thekua
        if (c == 'y' && next == '\0' && !is_vowel(out.back())) c = 'i';
        if (c == out.back()) continue;
        if (out.size > 0 && c == aspirate(out.back()) && c != out.back()) {
            out.letters[out.size - 1] = c;  // tth is th
            continue;
        }
        if (out.back() == 'i' && is_vowel(c) && c != 'i') out.push('y');  // dhania, dhaniya
        out.push(c);
    }
    if (out.size > 2 && out.back() == 'h' && is_vowel(out.back(2))) --out.size;
    return out;
}

}  // namespace

Key tight_key(std::span<const char32_t> word) {
    if (word.empty()) return {};
    if (word.front() >= 0x900 && word.front() <= 0x97F) {
        return settle(drop_schwas(devanagari_sounds(word)));
    }
    return settle(roman_sounds(word));
}

Key loose_key(std::string_view tight) {
    Key out;
    for (std::size_t i = 0; i < tight.size(); ++i) {
        char c = tight[i];
        const char next = i + 1 < tight.size() ? tight[i + 1] : '\0';
        if (c == 'a' && i > 0) continue;
        if (c == 'h' && i > 0) continue;
        if (c == 'i' && next == 'y') continue;
        if (c == 'e') c = 'i';
        if (c == 'o') c = 'u';
        if (c == 'v') c = 'b';
        if (c == 'd' || c == 'D') c = 'r';
        if (c == 'm' && (next == 'b' || next == 'p')) c = 'n';
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == out.back()) continue;
        out.push(c);
    }
    return out;
}

Key short_key(std::string_view tight) {
    Key out;
    for (std::size_t i = 0; i < tight.size(); ++i) {
        if (tight[i] != 'a' || i == 0 || i + 1 == tight.size()) out.push(tight[i]);
    }
    return out;
}

int key_distance(std::string_view left, std::string_view right, int limit) {
    constexpr int kMost = 31;
    constexpr int kFirstSound = 1;  // a word is told by how it begins: "उखाड़ी" is no "खादी"
    if (left.size() > kMost || right.size() > kMost) return limit + 1;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto swap_cost = [&](char a, char b) {
        if (a == b) return 0;
        if (lower(a) == lower(b)) return 1;
        if (is_vowel(a) && is_vowel(b)) return 1;
        if ((a == 'i' && b == 'y') || (a == 'y' && b == 'i')) return 1;  // oister, oyster
        if ((a == 'r' && lower(b) == 'd') || (b == 'r' && lower(a) == 'd')) return 1;
        if ((a == 'b' && b == 'v') || (a == 'v' && b == 'b')) return 1;
        return 3;
    };
    const auto drop_cost = [&](char c) { return is_vowel(c) || c == 'h' || c == 'y' ? 1 : 2; };
    std::array<int, kMost + 1> before{};
    std::array<int, kMost + 1> row{};
    std::array<int, kMost + 1> next{};
    for (std::size_t j = 0; j < right.size(); ++j) row[j + 1] = row[j] + drop_cost(right[j]);
    for (std::size_t i = 0; i < left.size(); ++i) {
        next[0] = row[0] + drop_cost(left[i]) + (i == 0 ? kFirstSound : 0);
        int best = next[0];
        for (std::size_t j = 0; j < right.size(); ++j) {
            int cost = std::min(row[j + 1] + drop_cost(left[i]), next[j] + drop_cost(right[j]));
            cost = std::min(cost, row[j] + swap_cost(left[i], right[j]));
            if (i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j]) {
                cost = std::min(cost, before[j - 1] + 2);
            }
            next[j + 1] = cost;
            best = std::min(best, cost);
        }
        if (best > limit) return limit + 1;
        before = row;
        row = next;
    }
    return std::min(row[right.size()], limit + 1);
}

}  // namespace haat::language
