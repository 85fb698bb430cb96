#include "language/number_words.hpp"

#include <array>
#include <vector>

#include "base/assert.hpp"
#include "match.hpp"
#include "numbers.hpp"

namespace haat::language {
namespace {

constexpr std::array<std::string_view, 100> kHindi = {
    "शून्य",    "एक",      "दो",     "तीन",     "चार",    "पाँच",     "छह",     "सात",    "आठ",
    "नौ",     "दस",      "ग्यारह",  "बारह",    "तेरह",    "चौदह",    "पंद्रह",   "सोलह",   "सत्रह",
    "अठारह",  "उन्नीस",   "बीस",    "इक्कीस",   "बाईस",   "तेईस",     "चौबीस",  "पच्चीस",  "छब्बीस",
    "सत्ताईस", "अट्ठाईस",  "उनतीस",  "तीस",     "इकतीस",  "बत्तीस",   "तैंतीस",   "चौंतीस",  "पैंतीस",
    "छत्तीस",  "सैंतीस",    "अड़तीस",  "उनतालीस", "चालीस",  "इकतालीस", "बयालीस", "तैंतालीस", "चौवालीस",
    "पैंतालीस", "छियालीस", "सैंतालीस", "अड़तालीस", "उनचास",  "पचास",    "इक्यावन", "बावन",   "तिरपन",
    "चौवन",   "पचपन",    "छप्पन",   "सत्तावन",  "अट्ठावन", "उनसठ",    "साठ",    "इकसठ",   "बासठ",
    "तिरसठ",  "चौंसठ",    "पैंसठ",    "छियासठ",  "सड़सठ",   "अड़सठ",    "उनहत्तर", "सत्तर",   "इकहत्तर",
    "बहत्तर",  "तिहत्तर",  "चौहत्तर", "पचहत्तर",  "छिहत्तर", "सतहत्तर",  "अठहत्तर", "उनासी",  "अस्सी",
    "इक्यासी", "बयासी",   "तिरासी", "चौरासी",  "पचासी",  "छियासी",  "सतासी",  "अट्ठासी", "नवासी",
    "नब्बे",    "इक्यानवे",  "बानवे",   "तिरानवे",  "चौरानवे", "पचानवे",   "छियानवे", "सत्तानवे", "अट्ठानवे",
    "निन्यानवे"};

constexpr std::array<std::string_view, 20> kEnglishSmall = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kEnglishTens = {
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};

struct Step {
    std::int64_t value;
    std::string_view hindi;
    std::string_view english;
};
constexpr std::array<Step, 4> kSteps = {{{10'000'000, "करोड़", "crore"},
                                         {100'000, "लाख", "lakh"},
                                         {1'000, "हज़ार", "thousand"},
                                         {100, "सौ", "hundred"}}};

std::string below_hundred(std::int64_t number, Language language) {
    const auto index = static_cast<std::size_t>(number);
    if (language == Language::kHindi) return std::string(kHindi[index]);
    if (number < 20) return std::string(kEnglishSmall[index]);
    std::string text(kEnglishTens[index / 10]);
    if (index % 10 != 0) {
        text += '-';
        text += kEnglishSmall[index % 10];
    }
    return text;
}

// "2.05" after the whole part: "दशमलव शून्य पाँच".
std::string decimals(std::int64_t rest, Language language) {
    std::string text = language == Language::kHindi ? " दशमलव" : " point";
    for (std::int64_t place = kScale / 10; rest > 0; place /= 10) {
        text += ' ';
        text += below_hundred(rest / place, language);
        rest %= place;
    }
    return text;
}

}  // namespace

std::string number_to_words(std::int64_t number, Language language) {
    HAAT_ASSERT(number >= 0 && number < 100'000'000'000);
    if (number < 100) return below_hundred(number, language);
    std::string text;
    for (const Step& step : kSteps) {
        if (number < step.value) continue;
        if (!text.empty()) text += ' ';
        text += number_to_words(number / step.value, language);
        text += ' ';
        text += language == Language::kHindi ? step.hindi : step.english;
        number %= step.value;
    }
    if (number > 0) {
        text += ' ';
        text += below_hundred(number, language);
    }
    return text;
}

std::string quantity_to_words(TenThousandths quantity, Language language) {
    HAAT_ASSERT(quantity.value >= 0);
    const std::int64_t whole = quantity.value / kScale;
    const std::int64_t rest = quantity.value % kScale;
    if (rest == 0) return number_to_words(whole, language);
    if (language == Language::kEnglish) {
        if (rest == kScale / 2 && whole == 0) return "half";
        return number_to_words(whole, language) + decimals(rest, language);
    }
    const std::int64_t quarters = rest * 4 / kScale;
    if (quarters * kScale / 4 != rest)
        return number_to_words(whole, language) + decimals(rest, language);
    if (quarters == 3) return whole == 0 ? "पौन" : "पौने " + number_to_words(whole + 1, language);
    if (quarters == 2) {
        if (whole == 0) return "आधा";
        if (whole == 1) return "डेढ़";
        if (whole == 2) return "ढाई";
        return "साढ़े " + number_to_words(whole, language);
    }
    if (whole == 0) return "चौथाई";
    return whole == 1 ? "सवा" : "सवा " + number_to_words(whole, language);
}

std::optional<TenThousandths> number_from_text(const Lexicon& lexicon, std::string_view text) {
    Message message(lexicon.data(), text, Date{});
    tokenize(text, message.tokens);
    match(message);
    const std::optional<Span> number = parse_number(message, 0);
    if (number && number->end == message.size()) return TenThousandths{number->number};
    // A lone "do" is two where nothing else could be meant.
    if (message.size() == 1) {
        for (const Candidate& candidate : message.candidates) {
            if (candidate.meaning.kind == Kind::kNumber) {
                return TenThousandths{candidate.meaning.value * kScale};
            }
        }
    }
    return std::nullopt;
}

}  // namespace haat::language
