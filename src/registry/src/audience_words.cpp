#include "audience_words.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "registry/channels.hpp"

namespace haat::registry {
namespace {

// The language of the queries is a notation, like the columns of an import file: its words are
// here and not in i18n/. The first word of each is the canonical one.

template <typename Value>
struct Word {
    Value value;
    std::string_view word;
};

constexpr std::array kFieldWords{
    Word{AudienceField::kPlace, "place"},
    Word{AudienceField::kPlace, "in"},
    Word{AudienceField::kPlace, "जगह"},
    Word{AudienceField::kPlace, "स्थान"},
    Word{AudienceField::kMakes, "makes"},
    Word{AudienceField::kMakes, "product"},
    Word{AudienceField::kMakes, "उत्पाद"},
    Word{AudienceField::kMakes, "बनाती"},
    Word{AudienceField::kGroup, "group"},
    Word{AudienceField::kGroup, "समूह"},
    Word{AudienceField::kSpeaks, "speaks"},
    Word{AudienceField::kSpeaks, "language"},
    Word{AudienceField::kSpeaks, "भाषा"},
    Word{AudienceField::kReach, "reach"},
    Word{AudienceField::kReach, "channel"},
    Word{AudienceField::kReach, "पहुँच"},
    Word{AudienceField::kReach, "पहुंच"},
    Word{AudienceField::kReach, "माध्यम"},
    Word{AudienceField::kConsent, "consent"},
    Word{AudienceField::kConsent, "सहमति"},
    Word{AudienceField::kTag, "tag"},
    Word{AudienceField::kTag, "टैग"},
    Word{AudienceField::kTag, "निशान"},
    Word{AudienceField::kStage, "stage"},
    Word{AudienceField::kStage, "चरण"},
    Word{AudienceField::kSaved, "saved"},
    Word{AudienceField::kSaved, "सहेजी"},
    Word{AudienceField::kSaved, "सूची"},
    Word{AudienceField::kContacted, "contacted"},
    Word{AudienceField::kContacted, "संपर्क"},
    Word{AudienceField::kContacted, "सम्पर्क"},
};

constexpr std::array kJoinWords{
    Word{Join::kAnd, "and"},
    Word{Join::kAnd, "और"},
    Word{Join::kAnd, "एवं"},
    Word{Join::kOr, "or"},
    Word{Join::kOr, "या"},
    Word{Join::kOr, "अथवा"},
    Word{Join::kNot, "not"},
    Word{Join::kNot, "नहीं"},
    Word{Join::kNot, "बिना"},
    Word{Join::kNot, "छोड़कर"},
    Word{Join::kEverybody, "everybody"},
    Word{Join::kEverybody, "all"},
    Word{Join::kEverybody, "सब"},
    Word{Join::kEverybody, "सभी"},
};

constexpr std::array kLanguageWords{
    Word{std::string_view("hi"), "hi"},        Word{std::string_view("hi"), "hindi"},
    Word{std::string_view("hi"), "हिंदी"},      Word{std::string_view("hi"), "हिन्दी"},
    Word{std::string_view("en"), "en"},        Word{std::string_view("en"), "english"},
    Word{std::string_view("en"), "अंग्रेज़ी"},     Word{std::string_view("en"), "अंग्रेजी"},
    Word{std::string_view("bho"), "bho"},      Word{std::string_view("bho"), "bhojpuri"},
    Word{std::string_view("bho"), "भोजपुरी"},   Word{std::string_view("mai"), "mai"},
    Word{std::string_view("mai"), "maithili"}, Word{std::string_view("mai"), "मैथिली"},
    Word{std::string_view("mag"), "mag"},      Word{std::string_view("mag"), "magahi"},
    Word{std::string_view("mag"), "मगही"},     Word{std::string_view("anp"), "anp"},
    Word{std::string_view("anp"), "angika"},   Word{std::string_view("anp"), "अंगिका"},
    Word{std::string_view("ur"), "ur"},        Word{std::string_view("ur"), "urdu"},
    Word{std::string_view("ur"), "उर्दू"},
};

constexpr std::array kChannelWords{
    Word{std::string_view("whatsapp"), "whatsapp"}, Word{std::string_view("whatsapp"), "व्हाट्सऐप"},
    Word{std::string_view("whatsapp"), "व्हाट्सएप"},  Word{std::string_view("sms"), "sms"},
    Word{std::string_view("sms"), "एसएमएस"},        Word{std::string_view("telegram"), "telegram"},
    Word{std::string_view("telegram"), "टेलीग्राम"},  Word{std::string_view("voice"), "voice"},
    Word{std::string_view("voice"), "call"},        Word{std::string_view("voice"), "कॉल"},
};

constexpr std::array kPurposeWords{
    Word{std::string_view("market"), "market"}, Word{std::string_view("market"), "बाज़ार"},
    Word{std::string_view("market"), "बाजार"},  Word{std::string_view("notice"), "notice"},
    Word{std::string_view("notice"), "सूचना"},   Word{std::string_view("order"), "order"},
    Word{std::string_view("order"), "ऑर्डर"},    Word{std::string_view("payment"), "payment"},
    Word{std::string_view("payment"), "भुगतान"},
};

std::span<const Word<std::string_view>> words_of(AudienceField field) {
    switch (field) {
        case AudienceField::kSpeaks:
            return kLanguageWords;
        case AudienceField::kReach:
            return kChannelWords;
        case AudienceField::kConsent:
            return kPurposeWords;
        default:
            return {};
    }
}

/// Steps (put in, leave out, replace, swap neighbours) from one word to the other, in bytes.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::string lower(std::string_view word) {
    std::string folded(word);
    for (char& c : folded) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return folded;
}

std::string_view audience_field_name(AudienceField field) {
    return std::ranges::find(kFieldWords, field, &Word<AudienceField>::value)->word;
}

bool audience_field_from(std::string_view word, AudienceField& field) {
    const std::string folded = lower(word);
    const auto* found = std::ranges::find(kFieldWords, folded, &Word<AudienceField>::word);
    if (found == kFieldWords.end()) {
        return false;
    }
    field = found->value;
    return true;
}

std::optional<Join> join_from(std::string_view word) {
    const std::string folded = lower(word);
    const auto* found = std::ranges::find(kJoinWords, folded, &Word<Join>::word);
    return found == kJoinWords.end() ? std::nullopt : std::optional(found->value);
}

std::string_view code_of(AudienceField field, std::string_view word) {
    const std::string folded = lower(word);
    const std::span<const Word<std::string_view>> words = words_of(field);
    const auto found = std::ranges::find(words, folded, &Word<std::string_view>::word);
    return found == words.end() ? "" : found->value;
}

std::vector<std::string> codes_of(AudienceField field) {
    std::vector<std::string> codes;
    for (const Word<std::string_view>& word : words_of(field)) {
        if (codes.empty() || codes.back() != word.value) {
            codes.emplace_back(word.value);
        }
    }
    return codes;
}

std::vector<std::string> field_words() {
    std::vector<std::string> words;
    for (const Word<AudienceField>& word : kFieldWords) {
        if (words.empty() || audience_field_name(word.value) == word.word) {
            words.emplace_back(word.word);
        }
    }
    return words;
}

std::string nearest_words(std::string_view word, const std::vector<std::string>& words) {
    const std::string folded = lower(word);
    std::vector<std::pair<std::size_t, const std::string*>> ranked;
    for (const std::string& candidate : words) {
        const std::string other = lower(candidate);
        const bool starts = folded.size() >= 2 && other.starts_with(folded);
        const std::size_t steps = starts ? 1 : distance(folded, other);
        // Half of a short word may be wrong; of a long one a third.
        if (steps * 3 <= std::max<std::size_t>(folded.size(), 4) + 2) {
            ranked.emplace_back(steps, &candidate);
        }
    }
    std::ranges::sort(ranked);  // the earlier of two that are as like
    std::string joined;
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < ranked.size() && taken.size() < 3; ++i) {
        const std::string folded_word = lower(*ranked[i].second);
        if (std::ranges::find(taken, folded_word) == taken.end()) {
            joined += (joined.empty() ? "" : ", ") + *ranked[i].second;
            taken.push_back(folded_word);
        }
    }
    return joined;
}

}  // namespace haat::registry
