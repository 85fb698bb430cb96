#include "dialogue_labels.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace haat::messaging {
namespace {

constexpr char32_t kNukta = 0x093C;
constexpr char32_t kVirama = 0x094D;

/// Letters with a nukta that are one code point, U+0958 to U+095F, without it.
constexpr std::u32string_view kPlain = U"\u0915\u0916\u0917\u091C\u0921\u0922\u092B\u092F";

/// Malformed bytes become U+FFFD.
std::u32string code_points_of(std::string_view text) {
    std::u32string points;
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
        if (length > text.size() || (first >= 0x80 && first < 0xC0)) {
            points += U'\uFFFD';
            text.remove_prefix(1);
            continue;
        }
        for (const char c : text.substr(1, length - 1)) {
            point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
        }
        points += point;
        text.remove_prefix(length);
    }
    return points;
}

bool is_consonant(char32_t c) { return c >= 0x0915 && c <= 0x0939; }

/// ङ ञ ण न म, which a bindu stands for before another consonant.
bool is_nasal(char32_t c) { return std::u32string_view(U"ङञणनम").contains(c); }

bool is_joiner(char32_t c) { return c == 0x200C || c == 0x200D; }

bool is_dropped(char32_t c) { return c == kNukta || c == 0x0901 || c == 0x0902 || is_joiner(c); }

/// Punctuation, blanks, signs and emoji of every script that haat reads.
bool is_between(char32_t c) {
    const bool is_ascii_word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return (c < 0x80 && !is_ascii_word) || (c >= 0x80 && c < 0xC0) || c == 0x0964 || c == 0x0965 ||
           c == 0x0970 || (c >= 0x2000 && c < 0x2E80) || c >= 0xFE00;
}

bool is_emoji(char32_t c) { return (c >= 0x2190 && c < 0x2C00) || (c >= 0x1F000 && c < 0x20000); }

/// What only colours an emoji.
bool is_modifier(char32_t c) {
    return is_joiner(c) || c == 0xFE0F || (c >= 0x1F3FB && c <= 0x1F3FF);
}

char32_t plain(char32_t c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 'a';
    }
    return c >= 0x0958 && c <= 0x095F ? kPlain[c - 0x0958] : c;
}

std::vector<std::u32string> words_of(std::u32string_view folded) {
    std::vector<std::u32string> words;
    while (!folded.empty()) {
        const std::size_t end = std::min(folded.find(U' '), folded.size());
        words.emplace_back(folded.substr(0, end));
        folded.remove_prefix(std::min(end + 1, folded.size()));
    }
    return words;
}

std::u32string without_blanks(std::u32string text) {
    std::erase(text, U' ');
    return text;
}

bool is_digit(char32_t c) { return (c >= '0' && c <= '9') || (c >= 0x0966 && c <= 0x096F); }

bool is_not(const std::u32string& word) {
    constexpr std::array<std::u32string_view, 8> kNot{U"नही",  U"ना", U"न",     U"मत",
                                                      U"nahi", U"na", U"nahin", U"not"};
    return std::ranges::find(kNot, word) != kNot.end();
}

bool is_one_of(std::u32string_view said, std::span<const std::u32string_view> words) {
    return std::ranges::find(words, said) != words.end();
}

std::vector<std::string_view> parts_of(std::string_view title) {
    std::vector<std::string_view> parts{title};
    while (!title.empty()) {
        const std::size_t end = std::min(title.find_first_of(" ,("), title.size());
        parts.push_back(title.substr(0, end));
        title.remove_prefix(std::min(end + 1, title.size()));
    }
    return parts;
}

template <typename Fits>
const ListedChoice* only(std::span<const ListedChoice> choices, const Fits& fits) {
    const auto found = std::ranges::find_if(choices, fits);
    const bool is_only =
        found != choices.end() && std::find_if(found + 1, choices.end(), fits) == choices.end();
    return is_only ? &*found : nullptr;
}

}  // namespace

std::u32string fold_label(std::string_view text) {
    const std::u32string points = code_points_of(text);
    std::u32string folded;
    bool is_gap = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const char32_t c = plain(points[i]);
        const bool is_bindu = is_nasal(c) && i + 2 < points.size() && points[i + 1] == kVirama &&
                              is_consonant(plain(points[i + 2]));
        if (is_bindu) {
            ++i;
        } else if (is_between(c) && !is_joiner(c)) {
            is_gap = true;
        } else if (!is_dropped(c)) {
            folded += is_gap && !folded.empty() ? U" " : U"";
            folded += c;
            is_gap = false;
        }
    }
    return folded;
}

bool is_label(std::string_view said, std::string_view label) {
    const std::u32string folded = without_blanks(fold_label(said));
    return !folded.empty() && folded == without_blanks(fold_label(label));
}

const ListedChoice* named_by_part(std::string_view said, std::span<const ListedChoice> choices,
                                  const std::function<std::string(std::string_view)>& sound) {
    constexpr std::size_t kWordsMost = 8;
    constexpr std::size_t kSoundLeast = 2;  // one consonant says nothing
    const std::u32string folded = fold_label(said);
    const std::vector<std::u32string> words = words_of(folded);
    if (words.empty() || words.size() > kWordsMost || std::ranges::any_of(folded, is_digit) ||
        std::ranges::any_of(words, is_not)) {
        return nullptr;
    }
    const ListedChoice* shared = only(choices, [&](const ListedChoice& choice) {
        return std::ranges::any_of(words_of(fold_label(choice.title)), [&](const auto& word) {
            return word.size() > 1 && std::ranges::find(words, word) != words.end();
        });
    });
    const std::string heard = shared == nullptr ? sound(said) : std::string();
    if (heard.size() < kSoundLeast) {
        return shared;
    }
    return only(choices, [&](const ListedChoice& choice) {
        return std::ranges::any_of(parts_of(choice.title),
                                   [&](std::string_view part) { return heard == sound(part); });
    });
}

Sign sign_of(std::string_view text) {
    char32_t first = 0;
    for (const char32_t c : code_points_of(text)) {
        if (is_modifier(c) || c == U' ' || c == U'\n') {
            continue;
        }
        if (!is_emoji(c)) {
            return Sign::kNone;
        }
        first = first == 0 ? c : first;
    }
    if (first == 0) {
        return Sign::kNone;
    }
    if (std::u32string_view(U"👍👌✅✔☑🆗").contains(first)) {
        return Sign::kYes;
    }
    return std::u32string_view(U"👎❌✖🚫").contains(first) ? Sign::kNo : Sign::kThanks;
}

Aside aside_of(std::string_view text) {
    constexpr std::array<std::u32string_view, 14> kBack{
        U"back",  U"go back",    U"पीछे",       U"पीछे जाओ", U"पीछे जाना है", U"पीछे चलो", U"peeche",
        U"piche", U"peeche jao", U"piche jao", U"वापस",    U"वापस जाओ",   U"wapas",   U"wapas jao"};
    constexpr std::array<std::u32string_view, 20> kLeave{
        U"रहने दो",    U"रहने दीजिए", U"रहने दिजिए", U"जाने दो",  U"छोडो",     U"छोड दो", U"छोडिए",
        U"छोड दीजिए", U"rehne do",  U"rahne do",  U"jane do", U"jaane do", U"chhodo", U"chodo",
        U"chhod do",  U"chod do",   U"leave it",  U"leave",   U"cancel",   U"कैसिल"};
    constexpr std::array<std::u32string_view, 14> kAgain{
        U"फिर से",  U"फिर से पूछो", U"फिर से बोलो", U"फिर से बताओ", U"दुबारा",
        U"दोबारा", U"दुबारा पूछो", U"दुबारा बताओ", U"phir se",    U"fir se",
        U"dubara", U"dobara",    U"again",      U"repeat"};
    const std::u32string said = fold_label(text);
    if (is_one_of(said, kBack)) {
        return Aside::kBack;
    }
    if (is_one_of(said, kLeave)) {
        return Aside::kLeave;
    }
    return is_one_of(said, kAgain) ? Aside::kAgain : Aside::kNone;
}

}  // namespace haat::messaging
