// What does not change the meaning must not change the reading: courtesy, capitals, glued units,
// short forms, a slip of the thumb. Every annotated message that is read rightly is said in these
// ways too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "fixture.hpp"
#include "score.hpp"

namespace haat::language {
namespace {

using Change = std::string (*)(std::string);

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

bool is_roman(char c) { return c >= 'a' && c <= 'z'; }

bool is_devanagari(const std::string& text) { return text.find("\xE0\xA4") != std::string::npos; }

std::string politely(std::string text) {
    return is_devanagari(text) ? "नमस्ते दीदी, " + text + " धन्यवाद"
                               : "namaste sir, " + text + " thanks";
}

std::string in_capitals(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return is_roman(c) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    });
    return text;
}

std::string glued(std::string text) {
    for (std::size_t at = 1; at + 2 < text.size(); ++at) {
        const bool digit = text[at - 1] >= '0' && text[at - 1] <= '9';
        for (const std::string_view unit : {"kg", "kilo", "rs", "packet", "किलो", "रु"}) {
            if (digit && text[at] == ' ' && text.substr(at + 1).starts_with(unit)) {
                text.erase(at, 1);
                break;
            }
        }
    }
    return text;
}

std::string shortened(std::string text) {
    text = replaced(" " + text + " ", " hai ", " h ");
    text = replaced(text, " nahi ", " nhi ");
    return text.substr(1, text.size() - 2);
}

// The third letter of the longest Roman word comes twice.
std::string with_a_slip(std::string text) {
    std::size_t best = 0;
    std::size_t length = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin;
        while (end < text.size() && is_roman(text[end])) ++end;
        if (end - begin > length) best = begin, length = end - begin;
        begin = end + 1;
    }
    if (length >= 6) text.insert(best + 2, 1, text[best + 2]);
    return text;
}

std::vector<GoldMessage> every_message() {
    std::vector<GoldMessage> all;
    for (const auto& file :
         std::filesystem::directory_iterator(HAAT_SOURCE_DIR "/src/language/tests/data")) {
        const std::string name = file.path().filename().string();
        if (!name.starts_with("round") && !name.starts_with("dev") && !name.starts_with("own"))
            continue;
        for (GoldMessage& message : read_gold(("src/language/tests/data/" + name).c_str())) {
            message.id.insert(0, name);
            all.push_back(std::move(message));
        }
    }
    return all;
}

// How many of those that are read rightly, and that `change` changes, are read wrongly then, in
// per mille.
int misled(const std::vector<GoldMessage>& messages, Change change) {
    const Score before = score(shipped_lexicon(), messages);
    const std::set<std::string> wrong(before.wrong.begin(), before.wrong.end());
    std::vector<GoldMessage> changed;
    for (GoldMessage message : messages) {
        const std::string text = change(message.text);
        if (wrong.contains(message.id) || text == message.text) continue;
        message.text = text;
        changed.push_back(std::move(message));
    }
    EXPECT_GE(changed.size(), 200U);
    const Score after = score(shipped_lexicon(), changed);
    return Score::share(static_cast<int>(after.wrong.size()), after.messages);
}

std::vector<GoldMessage> of_goods(std::vector<GoldMessage> messages) {
    std::erase_if(messages, [](const GoldMessage& message) {
        static const std::set<std::string> kBare = {"greeting", "other", "help", "opt_in",
                                                    "opt_out"};
        return kBare.contains(message.intent);
    });
    return messages;
}

TEST(Robustness, CourtesyChangesNothing) {
    EXPECT_LE(misled(of_goods(every_message()), politely), 5);
}

TEST(Robustness, CapitalsChangeNothing) { EXPECT_LE(misled(every_message(), in_capitals), 5); }

TEST(Robustness, AGluedUnitChangesNothing) { EXPECT_LE(misled(every_message(), glued), 5); }

TEST(Robustness, ShortFormsChangeNothing) { EXPECT_LE(misled(every_message(), shortened), 10); }

TEST(Robustness, ASlipOfTheThumbMisleadsFew) {
    EXPECT_LE(misled(every_message(), with_a_slip), 40);
}

}  // namespace
}  // namespace haat::language
